import { Icon, ICON_NAMES } from "../../components/Icon.tsx";
import { Panel } from "../../components/states/Panel.tsx";

const ROLES: readonly (readonly [role: string, means: string])[] = [
  ["ground", "Page"],
  ["raised", "Raised strip"],
  ["well", "Recessed well"],
  ["hover", "Pointer"],
  ["selected", "Selected"],
  ["rule", "Hairline"],
  ["rule-strong", "Section rule"],
  ["control", "Control edge"],
  ["ink", "Text"],
  ["ink-2", "Second text"],
  ["ink-3", "Muted text"],
  ["up", "Up"],
  ["down", "Down"],
  ["stale", "Stale, delayed"],
  ["sim", "Simulated, demo"],
  ["danger", "Failure"],
  ["ok", "Good"],
  ["focus", "Focus"],
  ["series-1", "Series 1"],
  ["series-2", "Series 2"],
  ["series-3", "Series 3"],
  ["series-4", "Series 4"],
  ["series-5", "Series 5"],
  ["series-6", "Series 6"],
];

/** Colours by what they mean. */
export function Colours() {
  return (
    <Panel id="colours" title="Colour roles">
      <div class="swatches">
        {ROLES.map(([role, means]) => (
          <div key={role}>
            <svg width="40" height="28" aria-hidden="true">
              <rect class={`sw-${role}`} x="0.5" y="0.5" width="39" height="27" rx="2" />
            </svg>
            <span>
              {means}
              <br />
              <code>--{role}</code>
            </span>
          </div>
        ))}
      </div>
    </Panel>
  );
}

/** Every icon with its name. */
export function Icons() {
  return (
    <Panel id="icons" title="Icons" note="16 px grid, 1.5 px stroke">
      <div class="icons">
        {ICON_NAMES.map((name) => (
          <div key={name}>
            <Icon name={name} />
            {name}
          </div>
        ))}
      </div>
    </Panel>
  );
}

/** The seven sizes of type. */
export function Type() {
  return (
    <Panel id="type" title="Type">
      <div class="specimen">
        <p class="t28">34,235.19</p>
        <p class="t20">Market overview</p>
        <p class="t16">642.10</p>
        <p class="t14">Section title</p>
        <p>Body and table text, 13 px, numbers 0123456789 in one width</p>
        <p class="t12 second">Labels and notes, 12 px</p>
        <p class="t11 muted">Source lines and axes, 11 px</p>
      </div>
    </Panel>
  );
}
