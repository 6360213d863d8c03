import { AppError } from "../../../services/kernel/errors.ts";
import {
  BASE_CURRENCIES,
  LOT_METHODS,
  LOT_POOLS,
  type LotRule,
  type Portfolio,
  type PortfolioSettings,
} from "../../../services/portfolio/mod.ts";
import { textOf } from "../../forms.ts";

const MAX_NAME = 80;
const YEAR = /^(?:19|20)\d\d$/;

/** A lot rule as a form has it. */
export interface RuleFields {
  readonly method: string;
  readonly pools: string;
}

/** The rule of one tax year; without a year the line says nothing. */
export interface YearFields extends RuleFields {
  readonly year: string;
}

/** What the fields of a portfolio's form hold. */
export interface SettingsValues extends RuleFields {
  readonly name: string;
  readonly currency: string;
  readonly years: readonly YearFields[];
}

/** The fields of a portfolio's form as they were sent. */
export interface SettingsFields extends SettingsValues {
  /** What they mean; throws `VALIDATION_FAILED` for what they can't. */
  settings(): PortfolioSettings;
}

/** What a new portfolio is offered as. */
export const FIRST_SETTINGS: SettingsValues = {
  ...{ name: "", currency: "USD", method: "fifo", pools: "account", years: [] },
};

/** Reads the fields; lines of years stand in the order of the form, each with all of its parts. */
export function readSettings(form: FormData): SettingsFields {
  const texts = (name: string) => form.getAll(name).map((text) => String(text).trim());
  const [methods, pools] = [texts("year_method"), texts("year_pools")];
  const fields = {
    name: textOf(form, "name"),
    currency: textOf(form, "currency") || FIRST_SETTINGS.currency,
    method: textOf(form, "method") || FIRST_SETTINGS.method,
    pools: textOf(form, "pools") || FIRST_SETTINGS.pools,
    years: texts("year").map((year, at) => ({
      year,
      method: methods[at] ?? "",
      pools: pools[at] ?? "",
    })).filter(({ year }) => year !== ""),
  };
  return { ...fields, settings: () => settingsOf(fields) };
}

/** The fields of a portfolio as it stands. */
export function fieldsOf({ name, baseCurrency, rule, rulesByYear }: Portfolio): SettingsValues {
  const years = Object.entries(rulesByYear).map(([year, own]) => ({ year, ...own }));
  return { name, currency: baseCurrency, ...rule, years };
}

function settingsOf({ name, currency, years, ...rule }: SettingsValues): PortfolioSettings {
  if (name === "" || name.length > MAX_NAME) {
    throw refusal(`Name it in 1 to ${MAX_NAME} letters`);
  }
  return {
    name,
    baseCurrency: oneOf(BASE_CURRENCIES, currency, "currency"),
    rule: ruleOf(rule),
    rulesByYear: rulesOf(years),
  };
}

function rulesOf(years: readonly YearFields[]): Readonly<Record<number, LotRule>> {
  const rules: Record<number, LotRule> = {};
  for (const { year, ...rule } of years) {
    if (!YEAR.test(year)) {
      throw refusal(`Cannot read the tax year "${year}": expected 1900 to 2099`);
    }
    if (Object.hasOwn(rules, year)) throw refusal(`The tax year ${year} has two rules`);
    rules[Number(year)] = ruleOf(rule);
  }
  return rules;
}

function ruleOf({ method, pools }: RuleFields): LotRule {
  return {
    method: oneOf(LOT_METHODS, method, "method"),
    pools: oneOf(LOT_POOLS, pools, "pools"),
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
