import { percentLabel } from "./candles_ticks.ts";
import {
  formatChange,
  formatCompact,
  formatDecimal,
  formatFiat,
  formatPlain,
  formatShare,
  UNKNOWN,
} from "../format/number.ts";

/**
 * What the values of a chart of lines are:
 * - `change`: a growth as a fraction, always signed; `drawdown`: a fall below a peak, at most 0;
 * - `rate`: a level as a fraction, such as an APY, a utilisation or a weight;
 * - `correlation`: from -1 to 1;
 * - `money`: an amount whose currency the panel names; `usd`: dollars, named with each amount;
 * - `gwei`, `sat_vb`: prices of a chain's space; `count`: how many there are.
 */
export type LineUnit =
  | "change"
  | "drawdown"
  | "rate"
  | "correlation"
  | "money"
  | "usd"
  | "gwei"
  | "sat_vb"
  | "count";

const SIGNIFICANT_DIGITS = 3;

/** A price of a chain's space: whole from 100 on, three significant digits below. */
function feeText(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return formatDecimal(value, 0);
  if (size >= 1) return formatDecimal(value, size >= 10 ? 1 : 2);
  return formatPlain(Number(value.toPrecision(SIGNIFICANT_DIGITS)));
}

/** A value as legends and tables write it; an amount to the `decimals` of its currency. */
export function lineText(
  unit: LineUnit,
  value: number | null | undefined,
  { decimals }: { readonly decimals?: number | undefined } = {},
): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  switch (unit) {
    case "change":
      return formatChange(value);
    case "drawdown":
    case "rate":
      return formatShare(value);
    case "correlation":
      return formatDecimal(value, 2);
    case "gwei":
      return `${feeText(value)} gwei`;
    case "sat_vb":
      return `${feeText(value)} sat/vB`;
    case "count":
      return countText(value);
    case "money":
    case "usd": {
      const shown = formatFiat(value, decimals);
      return shown.text + shown.unit + (unit === "usd" ? " USD" : "");
    }
  }
}

/** A value as its tag on an axis writes it: without the unit, which the legend names. */
export function tagText(
  unit: LineUnit,
  value: number,
  look: { readonly decimals?: number | undefined } = {},
): string {
  if (unit === "gwei" || unit === "sat_vb") return feeText(value);
  return lineText(unit === "usd" ? "money" : unit, value, look);
}

const COMPACT_COUNT_FROM = 1e6;

function countText(value: number): string {
  if (Math.abs(value) < COMPACT_COUNT_FROM) return formatDecimal(value, 0);
  const { text, unit } = formatCompact(value);
  return text + unit;
}

const AMOUNT_STEPS = [
  { divisor: 1e12, suffix: "T" },
  { divisor: 1e9, suffix: "B" },
  { divisor: 1e6, suffix: "M" },
  { divisor: 1e3, suffix: "k" },
  { divisor: 1, suffix: "" },
] as const;

/** A round value as an axis writes it: without the unit, which the legend names. */
export function tickText(unit: LineUnit, value: number): string {
  switch (unit) {
    case "correlation":
      return formatDecimal(value, 1);
    case "change":
    case "drawdown":
      return percentLabel(value);
    case "rate":
      return percentLabel(value).replace("+", "");
    default: {
      const size = Math.abs(value);
      const step = AMOUNT_STEPS.find(({ divisor }) => size >= divisor);
      const { divisor, suffix } = step ?? { divisor: 1, suffix: "" };
      const digits = formatPlain(Number((value / divisor).toPrecision(6)));
      return digits.replace("-", "\u2212") + suffix;
    }
  }
}
