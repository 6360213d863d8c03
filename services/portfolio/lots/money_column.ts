import { mulDiv, restOf } from "./words.ts";

/** Units of 10^-18 in a millionth. */
export const LOW_LIMIT = 1_000_000_000_000;
export const HIGH_DECIMALS = 6;
export const MONEY_DECIMALS = 18;

const FIRST_CAPACITY = 64;
const LOW_UNITS = BigInt(LOW_LIMIT);

/** An amount of money in two words: `high` millionths and `low` units of 10^-18, below a million. */
export interface Money {
  high: number;
  low: number;
}

/** The words of a whole number of 10^-18, which is not negative. */
export function moneyOf(units: bigint): Money {
  return { high: Number(units / LOW_UNITS), low: Number(units % LOW_UNITS) };
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
  const highShare = mulDiv({ a: high, b: part, divisor: whole });
  const highRest = restOf({ a: high, b: part, quotient: highShare, divisor: whole });
  const middle = mulDiv({ a: highRest, b: LOW_LIMIT, divisor: whole });
  const middleRest = restOf({ a: highRest, b: LOW_LIMIT, quotient: middle, divisor: whole });
  const lowShare = mulDiv({ a: low, b: part, divisor: whole });
  const lowRest = restOf({ a: low, b: part, quotient: lowShare, divisor: whole });
  const sum = middle + lowShare + (middleRest + lowRest >= whole ? 1 : 0);
  const carry = sum >= LOW_LIMIT ? 1 : 0;
  share.high = highShare + carry;
  share.low = sum - carry * LOW_LIMIT;
  const borrow = low < share.low ? 1 : 0;
  rest.high = high - share.high - borrow;
  rest.low = low - share.low + borrow * LOW_LIMIT;
}

/** Amounts of money that grow by index. `high` may be negative, `low` never is. */
export class MoneyColumn {
  #high: Float64Array<ArrayBuffer>;
  #low: Float64Array<ArrayBuffer>;

  constructor(length = FIRST_CAPACITY) {
    this.#high = new Float64Array(length);
    this.#low = new Float64Array(length);
  }

  /** Makes room for an index. */
  reserve(index: number): void {
    this.#high = grown(this.#high, index);
    this.#low = grown(this.#low, index);
  }

  read(index: number, into: Money): void {
    into.high = this.#high[index] ?? 0;
    into.low = this.#low[index] ?? 0;
  }

  write(index: number, { high, low }: Money): void {
    this.#high[index] = high;
    this.#low[index] = low;
  }

  add(index: number, { high, low }: Money): void {
    const sum = (this.#low[index] ?? 0) + low;
    const carry = sum >= LOW_LIMIT ? 1 : 0;
    this.#low[index] = sum - carry * LOW_LIMIT;
    this.#high[index] = (this.#high[index] ?? 0) + high + carry;
  }

  subtract(index: number, { high, low }: Money): void {
    const difference = (this.#low[index] ?? 0) - low;
    const borrow = difference < 0 ? 1 : 0;
    this.#low[index] = difference + borrow * LOW_LIMIT;
    this.#high[index] = (this.#high[index] ?? 0) - high - borrow;
  }

  /** In units of 10^-18. */
  unitsAt(index: number): bigint {
    return BigInt(this.#high[index] ?? 0) * LOW_UNITS + BigInt(this.#low[index] ?? 0);
  }
}

/** The column, or a longer copy that has room for the index. */
export function grown(
  column: Float64Array<ArrayBuffer>,
  index: number,
): Float64Array<ArrayBuffer> {
  if (index < column.length) return column;
  const longer = new Float64Array(Math.max(FIRST_CAPACITY, column.length * 2, index + 1));
  longer.set(column);
  return longer;
}
