import { LOW_LIMIT, type Money } from "./words.ts";

const FIRST_CAPACITY = 64;
const LOW_UNITS = BigInt(LOW_LIMIT);

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

  /** Sets all to nothing. */
  clear(): void {
    this.#high.fill(0);
    this.#low.fill(0);
  }

  /** A copy of what is at some places, in their order. */
  pick(places: Int32Array): MoneyColumn {
    const copy = new MoneyColumn(0);
    copy.#high = picked(this.#high, places);
    copy.#low = picked(this.#low, places);
    return copy;
  }

  /** Brings back to some places what was picked from them. */
  put(places: Int32Array, copy: MoneyColumn): void {
    put(this.#high, { places, values: copy.#high });
    put(this.#low, { places, values: copy.#low });
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

/** A copy of what a column has at some places, in their order. */
export function picked(column: Float64Array, places: Int32Array): Float64Array<ArrayBuffer> {
  const values = new Float64Array(places.length);
  for (let index = 0; index < places.length; index++) {
    values[index] = column[places[index] ?? -1] ?? 0;
  }
  return values;
}

/** Writes values to some places of a column. */
export function put(
  column: Float64Array,
  { places, values }: { readonly places: Int32Array; readonly values: Float64Array },
): void {
  for (let index = 0; index < places.length; index++) {
    column[places[index] ?? -1] = values[index] ?? 0;
  }
}
