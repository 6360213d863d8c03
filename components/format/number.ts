import { CENTS } from "./currency.ts";
import { percentDecimals } from "../../services/kernel/numbers.ts";

/** What stands where a number is not known. */
export const UNKNOWN = "—";
/** What stands where a number does not apply. */
export const NOT_APPLICABLE = "n/a";

const MINUS = "\u2212";
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** A number as it is shown: the digits, the unit set smaller beside them, and the whole of it. */
export interface FormattedNumber {
  readonly text: string;
  /** `k`, `M`, `B`, `T`, `Q`, or nothing. */
  readonly unit: string;
  /** The value in full, for the tooltip and for assistive technology. */
  readonly full: string;
}

export type Direction = "up" | "down" | "flat";

/** Digits of a value with thousands separated; no sign. Hand-written, as it runs for every cell. */
function grouped(value: number, decimals: number): string {
  const fixed = Math.abs(value).toFixed(decimals);
  const point = decimals > 0 ? fixed.length - decimals - 1 : fixed.length;
  // From 1e21 on, `toFixed` answers in exponent form, which has no thousands to separate.
  if (point <= 3 || fixed.includes("e")) return fixed;
  let text = fixed.slice(point);
  let end = point;
  while (end > 3) {
    text = `,${fixed.slice(end - 3, end)}${text}`;
    end -= 3;
  }
  return fixed.slice(0, end) + text;
}

/** `value` rounded to `decimals`: what decides on a sign, so that nothing reads as minus zero. */
function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

function minusOf(value: number, decimals: number): string {
  return rounded(value, decimals) < 0 ? MINUS : "";
}

function signOf(value: number, decimals: number): string {
  const shown = rounded(value, decimals);
  return shown < 0 ? MINUS : shown > 0 ? "+" : "";
}

/** A number with thousands separated and a sign only below zero: `1,234.50`. */
export function formatDecimal(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  return minusOf(value, decimals) + grouped(value, decimals);
}

/** A whole number with thousands separated. */
export function formatCount(value: number): string {
  return formatDecimal(value, 0);
}

/** A number with all its decimals and thousands separated: `0.01`, `10,000`, `1,234.5`. */
export function formatGrouped(value: number): string {
  const decimals = formatPlain(value).split(".")[1];
  return formatDecimal(value, decimals === undefined ? 0 : decimals.length);
}

/** So many of something: `1 asset`, `1,200 assets`. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * The shortest plain decimal that reads back as `value`: no exponent, no separators. For machine
 * fields, for copying and for assistive technology. Empty where there is no finite value.
 */
export function formatPlain(value: number): string {
  if (!Number.isFinite(value)) return "";
  if (value === 0) return "0";
  const text = String(value);
  const at = text.indexOf("e");
  if (at < 0) return text;
  const exponent = Number(text.slice(at + 1));
  const sign = value < 0 ? "-" : "";
  const [whole = "", fraction = ""] = text.slice(sign.length, at).split(".");
  const digits = whole + fraction;
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - whole.length)}${digits}`;
  return sign + digits.padEnd(whole.length + exponent, "0");
}

const SCALES: readonly (readonly [number, string])[] = [
  [1e15, "Q"],
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
];

function compactDecimals(scaled: number): number {
  return scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
}

/** Three significant digits with a unit: 642,103,553,000 is `642` `B`. */
export function formatCompact(value: number): FormattedNumber {
  if (!Number.isFinite(value)) return { text: UNKNOWN, unit: "", full: "" };
  const size = Math.abs(value);
  let at = SCALES.findIndex(([scale]) => size >= scale);
  if (at < 0) at = SCALES.length;
  let scaled = size / (SCALES[at]?.[0] ?? 1);
  // 999.6 k rounds to a thousand of its unit: it is shown as one of the next.
  if (rounded(scaled, compactDecimals(scaled)) >= 1000 && at > 0) {
    at--;
    scaled = size / (SCALES[at]?.[0] ?? 1);
  }
  // 9.996 has one decimal less once it is rounded to 10.00.
  const decimals = compactDecimals(rounded(scaled, compactDecimals(scaled)));
  const text = grouped(scaled, decimals);
  return {
    text: value < 0 && Number(text) !== 0 ? MINUS + text : text,
    unit: SCALES[at]?.[1] ?? "",
    full: formatDecimal(value, 2),
  };
}

const COMPACT_FROM = 100_000;

/**
 * An amount of money: to the cent, or to the `decimals` of its currency, below 100 k, compact from
 * there on.
 */
export function formatFiat(value: number, decimals: number = CENTS): FormattedNumber {
  if (!Number.isFinite(value)) return { text: UNKNOWN, unit: "", full: "" };
  if (Math.abs(rounded(value, decimals)) >= COMPACT_FROM) return formatCompact(value);
  const text = formatDecimal(value, decimals);
  return { text, unit: "", full: text };
}

const COMPACT_HOLDING_FROM = 10_000_000;

/**
 * What somebody holds: to the cent, or to the `decimals` of its currency, up to ten millions, as a
 * statement of account has it.
 */
export function formatHolding(value: number, decimals: number = CENTS): FormattedNumber {
  if (!(Math.abs(value) < COMPACT_HOLDING_FROM)) return formatFiat(value);
  const text = formatDecimal(value, decimals);
  return { text, unit: "", full: text };
}

/** A gain in money with its sign: `+1,234.50`, `−12.30M`. */
export function formatGain(value: number, decimals: number = CENTS): FormattedNumber {
  const shown = formatHolding(Math.abs(value), decimals);
  const sign = signOf(value, decimals);
  return { text: sign + shown.text, unit: shown.unit, full: sign + shown.full };
}

function priceDecimals(size: number): number {
  return size >= 100 ? 2 : size >= 10 ? 3 : 4;
}

/** `0.0₅1234` for 0.000001234: the small digit counts the zeros after the point. */
function subscriptPrice(size: number): string {
  const [mantissa = "", exponent = ""] = size.toExponential(3).split("e-");
  const zeros = Number(exponent) - 1;
  const count = String(zeros).replace(/\d/g, (digit) => SUBSCRIPTS[Number(digit)] ?? "");
  return `0.0${count}${mantissa.replace(".", "")}`;
}

/**
 * A price by its size: two decimals from 1000, two to four from 1, four significant digits below,
 * and below 0.001 the zeros counted in a small digit. `full` is the plain number.
 */
export function formatPrice(value: number): FormattedNumber {
  if (!Number.isFinite(value)) return { text: UNKNOWN, unit: "", full: "" };
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (size === 0) return { text: "0.00", unit: "", full: "0" };
  const full = formatPlain(value);
  const significant = Number(size.toPrecision(4));
  if (significant < 0.001) return { text: sign + subscriptPrice(size), unit: "", full };
  if (significant < 1) {
    const decimals = 3 - Math.floor(Math.log10(significant));
    return { text: sign + significant.toFixed(decimals), unit: "", full };
  }
  const decimals = priceDecimals(rounded(size, priceDecimals(size)));
  return { text: sign + grouped(size, decimals), unit: "", full };
}

/** Whether a price was written with its zeros counted, which nobody should have to read aloud. */
export function hasCountedZeros(text: string): boolean {
  return /[₀-₉]/.test(text);
}

/** A price in plain digits, as many as are shown: for sentences and labels. */
export function formatPricePlain(value: number): string {
  const { text } = formatPrice(value);
  return hasCountedZeros(text) ? formatPlain(Number(value.toPrecision(4))) : text;
}

const COMPACT_PERCENT_FROM = 1_000_000;

/** A change, given as a fraction, as a signed per cent of two decimals: `−4.55%`, `0.00%`. */
export function formatChange(fraction: number): string {
  const percent = fraction * 100;
  if (!Number.isFinite(percent)) return UNKNOWN;
  if (Math.abs(percent) < COMPACT_PERCENT_FROM) {
    return `${signOf(percent, 2)}${grouped(percent, 2)}%`;
  }
  const { text, unit } = formatCompact(Math.abs(percent));
  return `${percent < 0 ? MINUS : "+"}${text}${unit}%`;
}

/** A level (a share, a rate), given as a fraction; it bears a sign only below zero: `55.57%`. */
export function formatShare(fraction: number): string {
  const percent = fraction * 100;
  return Number.isFinite(percent) ? `${formatDecimal(percent, 2)}%` : UNKNOWN;
}

/** A difference of two rates, given as a fraction, in points: `+3.20 pt`. */
export function formatPoints(fraction: number, decimals = 2): string {
  const points = fraction * 100;
  return Number.isFinite(points)
    ? `${signOf(points, decimals)}${grouped(points, decimals)} pt`
    : UNKNOWN;
}

/**
 * A difference of two rates from least to most, `+3.20 pt to +3.75 pt`, with the decimals that tell
 * its ends apart; one figure where none do.
 */
export function formatPointsRange(range: readonly [low: number, high: number]): string {
  const decimals = percentDecimals(range);
  const [low, high] = range.map((end) => formatPoints(end, decimals));
  return low === high ? `${low}` : `${low} to ${high}`;
}

/** Where a change points once it is rounded as shown: a change of 0.00 % is flat. */
export function directionOf(fraction: number): Direction {
  return directionAt(fraction * 100, 2);
}

/** Where a number points once it is rounded to `decimals`. */
export function directionAt(value: number, decimals: number): Direction {
  const shown = rounded(value, decimals);
  return shown > 0 ? "up" : shown < 0 ? "down" : "flat";
}
