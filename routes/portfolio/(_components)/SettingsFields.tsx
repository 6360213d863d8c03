import { BASE_CURRENCIES, LOT_METHODS } from "../../../services/portfolio/mod.ts";
import type { FIRST_SETTINGS } from "./portfolio_form.ts";
import { METHOD_LABELS, METHOD_WORDS } from "./portfolio_view.ts";

const POOL_WORDS = {
  account: "of its own account alone",
  universal: "of all accounts",
} as const;

/** Name, currency and rule of a portfolio. */
export function SettingsFields({ fields }: { readonly fields: typeof FIRST_SETTINGS }) {
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
      <label class="field">
        <span>A sale takes</span>
        <select class="input" name="method">
          {LOT_METHODS.map((method) => (
            <option key={method} value={method} selected={method === fields.method}>
              {METHOD_LABELS[method]}: {METHOD_WORDS[method].toLowerCase()}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Lots</span>
        <select class="input" name="pools">
          {(["account", "universal"] as const).map((pools) => (
            <option key={pools} value={pools} selected={pools === fields.pools}>
              {POOL_WORDS[pools]}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
