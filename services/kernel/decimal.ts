import { Decimal as DecimalJs } from "decimal.js";

/**
 * Exact decimal for the ledger. 60 significant digits hold the product of two 30-digit amounts;
 * text never turns to exponent form within the range that a ledger can meet.
 */
export const Decimal = DecimalJs.clone({
  precision: 60,
  rounding: DecimalJs.ROUND_HALF_EVEN,
  toExpNeg: -40,
  toExpPos: 60,
});
export type Decimal = DecimalJs;

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** Reads a plain decimal number, or `null`: no spaces, separators, hex, NaN or infinity. */
export function parseDecimal(text: string): Decimal | null {
  if (text.length > 80 || !DECIMAL.test(text)) return null;
  return new Decimal(text);
}
