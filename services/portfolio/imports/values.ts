import { Decimal, parseDecimal } from "../../kernel/decimal.ts";
import { DAY_MS, parseUtcMs, type UtcMs } from "../../kernel/time.ts";
import type { DecimalText } from "../transaction.ts";
import { RowFault, shown } from "./row_fault.ts";

/** Digits of an amount, before and after the point together. */
export const MAX_DIGITS = 38;

const PLAIN = /^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;
const GROUPED = /^([+-]?)[$€£¥]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?$/;
const ZONE_WORD = / ?(?:UTC|GMT)$/;
const SHORT_YEAR = /^\d{2}-\d{2}-\d{2} /;

/** An amount without needless signs and zeros: `-0.50` becomes `-0.5`, `1e3` becomes `1000`. */
export function normalDecimal(text: string): DecimalText | null {
  if (PLAIN.test(text) && text.length <= MAX_DIGITS) return text;
  const decimal = parseDecimal(text);
  if (decimal === null) return null;
  const plain = decimal.isZero() ? "0" : decimal.toFixed();
  return plain.replace(/[-.]/g, "").length <= MAX_DIGITS ? plain : null;
}

/**
 * An amount as exporters write it: with a currency sign before it or commas between thousands too.
 * Throws `RowFault` for anything else.
 */
export function readAmount(text: string, column: string): DecimalText {
  const plain = normalDecimal(text) ?? normalDecimal(ungrouped(text));
  if (plain !== null) return plain;
  throw new RowFault(
    "bad_number",
    `${column} ${shown(text)} is no amount: expected a number like 0.5 ` +
      `of at most ${MAX_DIGITS} digits`,
  );
}

function ungrouped(text: string): string {
  const match = GROUPED.exec(text);
  if (match === null) return text;
  const [, sign = "", whole = "", fraction = ""] = match;
  return `${sign}${whole.replaceAll(",", "")}${fraction}`;
}

/** An amount that is at least 0. */
export function readUnsigned(text: string, column: string): DecimalText {
  const amount = readAmount(text, column);
  if (!amount.startsWith("-")) return amount;
  throw new RowFault("bad_number", `${column} ${shown(text)} is negative: expected 0 or more`);
}

/** An amount that is above 0. */
export function readPositive(text: string, column: string): DecimalText {
  const amount = readUnsigned(text, column);
  if (amount !== "0") return amount;
  throw new RowFault("bad_number", `${column} is 0: expected more`);
}

export function isNegative(amount: DecimalText): boolean {
  return amount.startsWith("-");
}

export function negated(amount: DecimalText): DecimalText {
  return isNegative(amount) ? amount.slice(1) : amount === "0" ? amount : `-${amount}`;
}

export function absolute(amount: DecimalText): DecimalText {
  return isNegative(amount) ? amount.slice(1) : amount;
}

/** Sum, exact. */
export function sumOf(amounts: readonly DecimalText[]): DecimalText {
  return amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0)).toFixed();
}

/** Product, exact. */
export function productOf(a: DecimalText, b: DecimalText): DecimalText {
  return new Decimal(a).times(b).toFixed();
}

/** Digits after the point of a price that an exporter leaves to be worked out. */
const PRICE_DECIMALS = 18;

/** Value of one unit, to 18 digits after the point; `null` of nothing. */
export function unitPrice(value: DecimalText, quantity: DecimalText): DecimalText | null {
  const units = new Decimal(quantity).abs();
  if (units.isZero()) return null;
  const price = new Decimal(value).abs().dividedBy(units).toDecimalPlaces(PRICE_DECIMALS);
  return normalDecimal(price.toFixed());
}

/** The part of a value that belongs to a part of its quantity, to 18 digits after the point. */
export function shareOf(
  value: DecimalText,
  { part, whole }: { part: DecimalText; whole: DecimalText },
): DecimalText {
  if (part === whole) return value;
  return new Decimal(value).times(part).dividedBy(whole).toDecimalPlaces(PRICE_DECIMALS).toFixed();
}

/**
 * An instant in ISO 8601, UTC without a zone; a blank and `UTC` behind it, and years of two digits
 * as exporters write them, are understood. What lies before 1970, or over a day after `now`, is a
 * fault.
 */
export function readInstant(
  text: string,
  { column, now }: { column: string; now: UtcMs },
): UtcMs {
  const iso = text.replace(ZONE_WORD, "");
  const at = parseUtcMs(SHORT_YEAR.test(iso) ? `20${iso}` : iso);
  if (at === null) {
    throw new RowFault(
      "bad_time",
      `${column} ${shown(text)} is no time: expected ISO 8601 like 2024-01-31T12:00:00Z`,
    );
  }
  if (at < 0) throw new RowFault("bad_time", `${column} ${shown(text)} is before 1970`);
  if (at <= now + DAY_MS) return at;
  throw new RowFault("bad_time", `${column} ${shown(text)} is in the future`);
}
