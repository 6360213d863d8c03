import { Decimal as DecimalJs } from "decimal.js";

/** decimal.js turns to exponent form beyond these; they are the largest that it takes. */
const NO_EXPONENT = 9_000_000_000_000_000;

/**
 * Exact decimal for the ledger. 80 significant digits hold the product of two 38-digit amounts;
 * its text never has an exponent.
 */
export const Decimal = DecimalJs.clone({
  precision: 80,
  rounding: DecimalJs.ROUND_HALF_EVEN,
  toExpNeg: -NO_EXPONENT,
  toExpPos: NO_EXPONENT,
});
export type Decimal = DecimalJs;

const MAX_TEXT_LENGTH = 80;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?$/;

/**
 * Reads a plain decimal number, or `null`: no spaces, separators, hex, NaN,
 * infinity, exponents beyond 99 nor more than 80 letters.
 */
export function parseDecimal(text: string): Decimal | null {
  if (text.length > MAX_TEXT_LENGTH || !DECIMAL.test(text)) return null;
  return new Decimal(text);
}
