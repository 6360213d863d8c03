/**
 * Exact arithmetic on money and whole numbers in floating-point words. All words are whole, not
 * negative and below 2^52; callers guard that, so that nothing here has to be checked.
 */

/** What words must stay below, with room for a sum of two. */
export const WORD_LIMIT = 2 ** 52;

/** The half of the range that is used: bounds of what is made of words are themselves rounded. */
export const MOST_WORD = WORD_LIMIT / 2;

/** Units of 10^-18 in a millionth. */
export const LOW_LIMIT = 1_000_000_000_000;
export const HIGH_DECIMALS = 6;
export const MONEY_DECIMALS = 18;

const LOW_UNITS = BigInt(LOW_LIMIT);
/** Cuts a 53-bit number in two halves whose products are exact (Veltkamp). */
const SPLITTER = 2 ** 27 + 1;
/** Products up to here are exact as they are. */
const EXACT_PRODUCT = 2 ** 53;

/** An amount of money in two words: `high` millionths and `low` units of 10^-18. */
export interface Money {
  high: number;
  low: number;
}

/** The words of a whole number of 10^-18. */
export function moneyOf(units: bigint): Money {
  return { high: Number(units / LOW_UNITS), low: Number(units % LOW_UNITS) };
}

/** How quantity × price, in their own units, becomes money. */
export interface ProductScale {
  /** Units of the product in a millionth. */
  readonly perHigh: number;
  /** Units of 10^-18 in a unit of the product. */
  readonly perUnit: number;
}

/** Writes `price` × `quantity` to `product`. */
export function multiplyWords(
  price: number,
  quantity: number,
  { scale: { perHigh, perUnit }, product }: {
    readonly scale: ProductScale;
    readonly product: Money;
  },
): void {
  const high = mulDiv(price, quantity, perHigh);
  product.high = high;
  product.low = restOf(price, quantity, high, perHigh) * perUnit;
}

/** Takes the `part` / `whole` share of `rest` away from it, rounded down, and writes it to `share`. */
export function takeShare(
  rest: Money,
  { part, whole, share }: { readonly part: number; readonly whole: number; readonly share: Money },
): void {
  const { high, low } = rest;
  if (part >= whole) {
    share.high = high;
    share.low = low;
    rest.high = 0;
    rest.low = 0;
    return;
  }
  // Long division: what `high` leaves is divided again in units of `low`.
  const highShare = mulDiv(high, part, whole);
  const highRest = restOf(high, part, highShare, whole);
  const middle = mulDiv(highRest, LOW_LIMIT, whole);
  const middleRest = restOf(highRest, LOW_LIMIT, middle, whole);
  const lowShare = mulDiv(low, part, whole);
  const lowRest = restOf(low, part, lowShare, whole);
  const sum = middle + lowShare + (middleRest + lowRest >= whole ? 1 : 0);
  const carry = sum >= LOW_LIMIT ? 1 : 0;
  share.high = highShare + carry;
  share.low = sum - carry * LOW_LIMIT;
  const borrow = low < share.low ? 1 : 0;
  rest.high = high - share.high - borrow;
  rest.low = low - share.low + borrow * LOW_LIMIT;
}

/** floor(a·b / divisor), exactly; the quotient must be below 2^52, too. */
function mulDiv(a: number, b: number, divisor: number): number {
  const quotient = Math.floor(a * b / divisor);
  const rest = restOf(a, b, quotient, divisor);
  // The estimate is off by one at most.
  return rest < 0 ? quotient - 1 : rest >= divisor ? quotient + 1 : quotient;
}

/** a·b - quotient·divisor, exactly, for a quotient that is nearly right. */
function restOf(a: number, b: number, quotient: number, divisor: number): number {
  const product = a * b;
  const taken = quotient * divisor;
  if (product < EXACT_PRODUCT) return product - taken;
  const error = errorOfProduct(a, b, product) - errorOfProduct(quotient, divisor, taken);
  return product - taken + error;
}

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
