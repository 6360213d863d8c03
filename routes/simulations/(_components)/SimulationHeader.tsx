import { formatCount } from "../../../components/format/number.ts";
import { formatDay, isoInstant } from "../../../components/format/time.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Badge, Banner } from "../../../components/states/States.tsx";
import type { SimulatedAutopilot } from "../../../services/defi/mod.ts";
import { DAY_MS, HOUR_MS } from "../../../services/kernel/time.ts";
import type { SimulationPageData } from "./read_simulation.ts";
import { resultHref, shareHref } from "./simulation_view.ts";

/** What it is, over which range, and what can be taken along. */
export function SimulationHeader(data: SimulationPageData) {
  const { view, choices, outcome, fetcher, isMock } = data;
  const found = outcome.kind === "done" ? outcome.found : null;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>
            Autopilot <Badge kind="forecast">Simulated</Badge>
          </h1>
          <p class="asof">
            {found === null
              ? <span>What rules would have made of the pools' past</span>
              : <Scope {...found} />}
          </p>
        </div>
        {found === null ? null : (
          <div class="scope">
            <Ranges view={view} choices={choices} />
            <a class="btn to-rules" href="#rules">
              <Icon name="settings" />Rules
            </a>
            <a class="btn" href={shareHref(found)} title="The address spells every rule out">
              <Icon name="link" />Link with all rules
            </a>
            <a class="btn" href={`/api${resultHref(view, "")}`}>
              <Icon name="code" />JSON
            </a>
            <a class="btn" href={resultHref(view, "/csv/decisions")} download>
              <Icon name="export" />Decisions CSV
            </a>
          </div>
        )}
      </header>
      {isMock
        ? (
          <Banner kind="demo">
            The pools are made up
            {fetcher.fallback === null ? "" : `: ${fetcher.fallback}`}. The simulation shows how it
            works, not what was paid.
          </Banner>
        )
        : null}
      {found?.isEndMoved
        ? (
          <Banner kind="info">
            Ends on{" "}
            {formatDay(found.constraints.end)}, at the newest reading: what was asked for lies after
            it.
          </Banner>
        )
        : null}
    </>
  );
}

const RANGES = [
  { label: "3M", days: 91 },
  { label: "6M", days: 182 },
  { label: "1Y", days: 365 },
  { label: "ALL", days: Infinity },
] as const;

/** Usual ranges up to the newest reading; the form has any other. */
function Ranges({ view, choices }: Pick<SimulationPageData, "view" | "choices">) {
  if (choices.span === null) return null;
  const { first, last } = choices.span;
  const { end: _, ...rules } = view.values;
  return (
    <nav class="seg" aria-label="Range" data-range-control>
      {RANGES.map(({ label, days }) => {
        const start = isoInstant(Math.max(first, last - days * DAY_MS)).slice(0, DAY_LENGTH);
        const isCurrent = view.values.start === start && view.values.end === undefined;
        return (
          <a
            key={label}
            href={resultHref({ values: { ...rules, start } }, "")}
            aria-current={isCurrent ? "true" : "false"}
          >
            {label}
          </a>
        );
      })}
    </nav>
  );
}

const DAY_LENGTH = "2026-01-01".length;

function Scope({ constraints, simulation }: SimulatedAutopilot) {
  const { start, end, stepMs, method } = constraints;
  const { pools } = simulation.data;
  const steps = formatCount(simulation.times.length);
  return (
    <>
      <span>{formatDay(start)} to {formatDay(end)}</span>
      <span>{steps} steps of {stepMs === DAY_MS ? "a day" : `${stepMs / HOUR_MS} h`}</span>
      <span>score {method}</span>
      <span>{formatCount(pools)} pools to choose among</span>
    </>
  );
}
