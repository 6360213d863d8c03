import { Icon } from "../../../components/Icon.tsx";
import { Panel } from "../../../components/states/Panel.tsx";
import { SCORE_METHODS } from "../../../services/defi/mod.ts";
import { MAIN_FIELDS, MORE_FIELDS, type RuleField } from "./rule_fields.ts";
import type { SimulationPageData } from "./read_simulation.ts";
import { SIMULATION_PATH } from "./simulation_view.ts";

type Props = Pick<SimulationPageData, "view" | "choices">;

/** Every rule of a simulation in one form, which is its address. */
export function RulesPanel({ view, choices }: Props) {
  const count = Object.keys(view.problems).length;
  const hasMore = MORE_FIELDS.some(({ name }) => view.values[name] !== undefined);
  return (
    <Panel
      id="rules"
      title="Rules"
      note="blank means the default"
      actions={<a class="btn" data-size="s" data-kind="quiet" href={SIMULATION_PATH}>Defaults</a>}
    >
      <form method="get" action={SIMULATION_PATH} class="rules-form" noValidate>
        {count === 0 ? null : (
          <p class="hint form-refusal" data-kind="bad" role="alert">
            <Icon name="error" />
            {count === 1 ? "One rule can't be followed." : `${count} rules can't be followed.`}
          </p>
        )}
        <div class="rules-grid">
          {MAIN_FIELDS.map((field) => (
            <Rule key={field.name} field={field} view={view} choices={choices} />
          ))}
        </div>
        <details open={hasMore}>
          <summary>More rules</summary>
          <div class="rules-grid">
            {MORE_FIELDS.map((field) => (
              <Rule key={field.name} field={field} view={view} choices={choices} />
            ))}
          </div>
        </details>
        <button type="submit" class="btn" data-kind="primary">Simulate</button>
      </form>
    </Panel>
  );
}

function Rule({ field, view, choices }: Props & { readonly field: RuleField }) {
  const { name, label, unit, words, usual } = field;
  const problem = view.problems[name];
  const id = `rule-${name}`;
  const hints = [words, `Default: ${usual(choices)}`].filter(Boolean).join(". ");
  return (
    <div class="field">
      <label for={id}>
        {label} <small class="unit">{unit}</small>
      </label>
      <Control
        field={field}
        id={id}
        value={view.values[name] ?? ""}
        isBad={problem !== undefined}
        choices={choices}
      />
      {problem === undefined ? null : (
        <p class="hint" data-kind="bad" id={`${id}-bad`}>
          <Icon name="error" />
          {problem}
        </p>
      )}
      <p class="hint" id={`${id}-hint`}>{hints}</p>
    </div>
  );
}

interface ControlProps {
  readonly field: RuleField;
  readonly id: string;
  readonly value: string;
  readonly isBad: boolean;
  readonly choices: SimulationPageData["choices"];
}

const ISO_DAY = /^(\d{4}-\d{2}-\d{2})?$/;

function Control({ field, id, value, isBad, choices }: ControlProps) {
  const { name, kind } = field;
  const common = {
    ...{ id, name, class: "input" },
    "aria-invalid": isBad ? ("true" as const) : undefined,
    "aria-describedby": isBad ? `${id}-bad ${id}-hint` : `${id}-hint`,
  };
  switch (kind) {
    case "choice":
      return (
        <select {...common}>
          <option value="" selected={value === ""}>default</option>
          {SCORE_METHODS.map((method) => (
            <option key={method} value={method} selected={method === value}>{method}</option>
          ))}
        </select>
      );
    case "names":
      return (
        <>
          <input
            {...common}
            type="text"
            autocomplete="off"
            spellcheck={false}
            list={`${id}-known`}
            defaultValue={value}
          />
          <datalist id={`${id}-known`}>
            {namesOf(name, choices).map((known) => <option key={known} value={known} />)}
          </datalist>
        </>
      );
    case "day":
      // An instant of an address, or what can't be read, stays to be seen and corrected.
      return ISO_DAY.test(value)
        ? <input {...common} type="date" defaultValue={value} />
        : <input {...common} type="text" autocomplete="off" defaultValue={value} />;
    case "number":
      // As text, since of what is no number a number field would hand over nothing at all.
      return (
        <input
          {...common}
          type="text"
          inputMode="decimal"
          autocomplete="off"
          placeholder={field.blank?.(choices)}
          defaultValue={value}
        />
      );
  }
}

function namesOf(
  name: RuleField["name"],
  { assets, chains, protocols }: SimulationPageData["choices"],
): readonly string[] {
  if (name === "chain") return chains;
  return name === "protocol" ? protocols : assets;
}
