import { formatGrouped, formatPlain, formatShare } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import type { SimulationChoices, SimulationDefaults } from "../../../services/defi/mod.ts";
import type { SimulationParam } from "../../(_api)/simulation_query.ts";

/** A rule as the form asks for it. */
export interface RuleField {
  readonly name: SimulationParam;
  readonly label: string;
  readonly unit: string;
  readonly kind: "day" | "number" | "names" | "choice";
  /** What it means, where the label does not say it all. */
  readonly words: string;
  /** What holds where it is left blank, in words. */
  readonly usual: (choices: SimulationChoices) => string;
  /** The same as it would be typed. */
  readonly blank?: (choices: SimulationChoices) => string;
}

/** A default from the settings, with what it comes to. */
function usually(
  read: (defaults: SimulationDefaults) => number,
  inWords?: (value: number) => string,
): Pick<RuleField, "usual" | "blank"> {
  return {
    blank: ({ defaults }) => formatPlain(read(defaults)),
    usual: ({ defaults }) => {
      const value = read(defaults);
      const text = formatGrouped(value);
      return inWords === undefined ? text : `${text}, ${inWords(value)}`;
    },
  };
}

/** What a simulation is asked for first. */
export const MAIN_FIELDS: readonly RuleField[] = [
  {
    name: "start",
    label: "From",
    unit: "day, UTC",
    kind: "day",
    words: "",
    usual: ({ span }) =>
      span === null
        ? "a year before the end"
        : `a year before the end, or ${formatDay(span.first)}`,
  },
  {
    name: "end",
    label: "To",
    unit: "day, UTC",
    kind: "day",
    words: "",
    usual: ({ span }) =>
      span === null ? "the newest reading" : `the newest reading, ${formatDay(span.last)}`,
  },
  {
    name: "capital",
    label: "Capital",
    unit: "USD",
    kind: "number",
    words: "",
    ...usually(({ capitalUsd }) => capitalUsd),
  },
  {
    name: "max_weight",
    label: "Most in one pool",
    unit: "share",
    kind: "number",
    words: "After each change",
    ...usually(({ maxWeight }) => maxWeight, formatShare),
  },
  {
    name: "min_tvl",
    label: "Least TVL",
    unit: "USD",
    kind: "number",
    words: "Above 0, pools of unknown TVL are left out",
    ...usually(({ minTvlUsd }) => minTvlUsd),
  },
  {
    name: "cooldown_hours",
    label: "Cooldown",
    unit: "hours",
    kind: "number",
    words: "Between two changes",
    ...usually(({ cooldownHours }) => cooldownHours, (hours) => `${hours / 24} days`),
  },
  {
    name: "fee_bps",
    label: "Fee",
    unit: "basis points",
    kind: "number",
    words: "Of every dollar bought or sold",
    ...usually(({ feeBps }) => feeBps, (bps) => formatShare(bps / 10_000)),
  },
  {
    name: "gas_usd",
    label: "Gas",
    unit: "USD",
    kind: "number",
    words: "Of each pool entered or left",
    ...usually(({ gasUsd }) => gasUsd),
  },
  {
    name: "method",
    label: "Ranked by score",
    unit: "method",
    kind: "choice",
    words: "",
    usual: ({ defaults }) => defaults.method,
  },
  {
    name: "assets",
    label: "Assets",
    unit: "symbols, by commas",
    kind: "names",
    words: "",
    usual: ({ assets }) => `all ${assets.length}`,
  },
];

/** What few will change. */
export const MORE_FIELDS: readonly RuleField[] = [
  {
    name: "chain",
    label: "Chains",
    unit: "names, by commas",
    kind: "names",
    words: "",
    usual: ({ chains }) => `all ${chains.length}`,
  },
  {
    name: "protocol",
    label: "Protocols",
    unit: "names, by commas",
    kind: "names",
    words: "",
    usual: ({ protocols }) => `all ${protocols.length}`,
  },
  {
    name: "step_hours",
    label: "Step",
    unit: "hours",
    kind: "number",
    words: "From one decision to the next",
    ...usually(({ stepHours }) => stepHours),
  },
  {
    name: "keep_factor",
    label: "Keep up to",
    unit: "times the places",
    kind: "number",
    words: "A held pool stays while it ranks so well",
    ...usually(({ keepFactor }) => keepFactor),
  },
  {
    name: "vanish_days",
    label: "Gone after",
    unit: "days",
    kind: "number",
    words: "Without a reading",
    ...usually(({ vanishDays }) => vanishDays),
  },
  {
    name: "vanish_penalty",
    label: "Lost in a pool that is gone",
    unit: "share",
    kind: "number",
    words: "Of its last value",
    ...usually(({ vanishPenalty }) => vanishPenalty, formatShare),
  },
];
