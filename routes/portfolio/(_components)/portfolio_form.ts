import { AppError } from "../../../services/kernel/errors.ts";
import {
  BASE_CURRENCIES,
  LOT_METHODS,
  LOT_POOLS,
  type Portfolio,
  type PortfolioSettings,
} from "../../../services/portfolio/mod.ts";
import { textOf } from "../../forms.ts";

const MAX_NAME = 80;

/** The fields of a portfolio's form as they were sent. */
export interface SettingsFields {
  readonly name: string;
  readonly currency: string;
  readonly method: string;
  readonly pools: string;
  /** What they mean; throws `VALIDATION_FAILED` for what they can't. */
  settings(): Pick<PortfolioSettings, "name" | "baseCurrency" | "rule">;
}

/** What a new portfolio is offered as. */
export const FIRST_SETTINGS = { name: "", currency: "USD", method: "fifo", pools: "account" };

export function readSettings(form: FormData): SettingsFields {
  const fields = {
    name: textOf(form, "name"),
    currency: textOf(form, "currency") || FIRST_SETTINGS.currency,
    method: textOf(form, "method") || FIRST_SETTINGS.method,
    pools: textOf(form, "pools") || FIRST_SETTINGS.pools,
  };
  return { ...fields, settings: () => settingsOf(fields) };
}

/** The fields of a portfolio as it stands. */
export function fieldsOf({ name, baseCurrency, rule }: Portfolio): typeof FIRST_SETTINGS {
  return { name, currency: baseCurrency, method: rule.method, pools: rule.pools };
}

function settingsOf({ name, currency, method, pools }: typeof FIRST_SETTINGS) {
  if (name === "" || name.length > MAX_NAME) {
    throw refusal(`Name it in 1 to ${MAX_NAME} letters`);
  }
  return {
    name,
    baseCurrency: oneOf(BASE_CURRENCIES, currency, "currency"),
    rule: {
      method: oneOf(LOT_METHODS, method, "method"),
      pools: oneOf(LOT_POOLS, pools, "pools"),
    },
  };
}

function oneOf<Name extends string>(names: readonly Name[], text: string, what: string): Name {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw refusal(`Cannot read the ${what} "${text}": expected ${names.join(", ")}`);
}

function refusal(message: string): AppError {
  return new AppError("VALIDATION_FAILED", message);
}
