import { BASE_CURRENCIES, LOT_METHODS, LOT_POOLS } from "../../../services/portfolio/mod.ts";
import type { RuleFields, SettingsValues, YearFields } from "./portfolio_form.ts";
import { METHOD_LABELS, METHOD_WORDS } from "./portfolio_view.ts";

const POOL_WORDS = {
  account: "of its own account alone",
  universal: "of all accounts",
} as const;

/** Name, currency and rules of a portfolio. */
export function SettingsFields({ fields }: { readonly fields: SettingsValues }) {
  return (
    <>
      <label class="field">
        <span>Name</span>
        <input
          class="input"
          name="name"
          required
          maxLength={80}
          autocomplete="off"
          defaultValue={fields.name}
        />
      </label>
      <label class="field">
        <span>Currency</span>
        <select class="input" name="currency">
          {BASE_CURRENCIES.map((name) => (
            <option key={name} value={name} selected={name === fields.currency}>{name}</option>
          ))}
        </select>
      </label>
      <RuleSelects rule={fields} names={{ method: "method", pools: "pools" }} />
      <YearRules {...fields} />
    </>
  );
}

interface RuleSelectsProps {
  readonly rule: RuleFields;
  /** What the two fields are called. */
  readonly names: { readonly method: string; readonly pools: string };
}

function RuleSelects({ rule, names }: RuleSelectsProps) {
  return (
    <>
      <label class="field">
        <span>A sale takes</span>
        <select class="input" name={names.method}>
          {LOT_METHODS.map((method) => (
            <option key={method} value={method} selected={method === rule.method}>
              {METHOD_LABELS[method]}: {METHOD_WORDS[method].toLowerCase()}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Lots</span>
        <select class="input" name={names.pools}>
          {LOT_POOLS.map((pools) => (
            <option key={pools} value={pools} selected={pools === rule.pools}>
              {POOL_WORDS[pools]}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

/** Tax years with a rule of their own, and a line for another. */
function YearRules({ years, method, pools }: SettingsValues) {
  const lines: readonly YearFields[] = [...years, { year: "", method, pools }];
  return (
    <details open={years.length > 0}>
      <summary>Other rules for single tax years</summary>
      <div class="stack-form">
        {lines.map((line, at) => (
          <fieldset key={at} class="form-grid">
            <legend class="sr">{line.year === "" ? "Another year" : `Year ${line.year}`}</legend>
            <label class="field">
              <span>Tax year, UTC</span>
              <input
                class="input"
                name="year"
                inputMode="numeric"
                maxLength={4}
                placeholder="e.g. 2024"
                autocomplete="off"
                defaultValue={line.year}
              />
            </label>
            <RuleSelects rule={line} names={{ method: "year_method", pools: "year_pools" }} />
          </fieldset>
        ))}
        <p class="hint">Without its year, a rule is taken away. Lots go on from year to year.</p>
      </div>
    </details>
  );
}
