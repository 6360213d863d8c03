/**
 * Exact arithmetic on whole numbers in floating-point words. All numbers are whole, not negative
 * and below 2^52; callers guard that, so that nothing here has to be checked.
 */

/** What whole numbers must stay below, with room for a sum of two. */
export const WORD_LIMIT = 2 ** 52;

/** Cuts a 53-bit number in two halves whose products are exact (Veltkamp). */
const SPLITTER = 2 ** 27 + 1;

/** The rounding error of `product` = `a * b`, exactly (Dekker). */
function errorOfProduct(a: number, b: number, product: number): number {
  const aScaled = SPLITTER * a;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = SPLITTER * b;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

/** `a·b - quotient·divisor`, exactly, for a quotient that is right to within one or two. */
export function restOf({ a, b, quotient, divisor }: {
  readonly a: number;
  readonly b: number;
  readonly quotient: number;
  readonly divisor: number;
}): number {
  const product = a * b;
  const taken = quotient * divisor;
  const productError = errorOfProduct(a, b, product);
  return product - taken + (productError - errorOfProduct(quotient, divisor, taken));
}

/** floor(a·b / divisor), exactly; the quotient must be below 2^52, too. */
export function mulDiv(
  { a, b, divisor }: { readonly a: number; readonly b: number; readonly divisor: number },
): number {
  let quotient = Math.floor(a * b / divisor);
  let rest = restOf({ a, b, quotient, divisor });
  while (rest < 0) {
    quotient--;
    rest += divisor;
  }
  while (rest >= divisor) {
    quotient++;
    rest -= divisor;
  }
  return quotient;
}
