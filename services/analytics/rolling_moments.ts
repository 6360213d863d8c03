import { checkPeriod } from "./indicator.ts";

export interface Moments {
  readonly mean: Float64Array;
  /** Population standard deviation, in the unit of the values. */
  readonly deviation: Float64Array;
}

/**
 * Writes the mean and the population standard deviation of every window of `period` values to
 * `into`; NaN until the window is whole and wherever it holds a missing value.
 *
 * Blocks, as in `sma()`: a window is the tail of one block and the head of the next. Sums S and
 * squares Q are taken of y = x - anchor, where the anchor is the first value of the later block,
 * which every such window holds. Then Q <= n * sum((x - mean)^2): the subtraction in
 * variance = (Q - S^2 / n) / n costs at most a factor n of the 16 digits, whatever the price level,
 * and a flat window has a deviation of exactly 0.
 */
export function rollingMoments(
  values: Float64Array,
  { period, into }: { readonly period: number; readonly into: Moments },
): void {
  checkPeriod(period);
  const { mean, deviation } = into;
  const length = values.length;
  for (const column of [mean, deviation]) {
    column.fill(NaN, 0, period - 1);
    if (period <= length) column[period - 1] = 0;
  }
  const share = 1 / period;
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length);
    // Adds the heads of this block to the tails that its windows already hold.
    let anchor = values[start] as number;
    let sum = 0;
    let squares = 0;
    for (let i = start; i < end; i++) {
      const y = values[i] as number - anchor;
      sum += y;
      squares += y * y;
      const windowSum = sum + (mean[i] as number);
      const windowSquares = squares + (deviation[i] as number);
      mean[i] = anchor + windowSum * share;
      deviation[i] = Math.sqrt((windowSquares - windowSum * windowSum * share) * share);
    }
    if (end === length) return;
    // Leaves the tails of this block where the windows end that need them: in the next block.
    anchor = values[end] as number;
    sum = 0;
    squares = 0;
    for (let i = end - 1, ahead = end + period - 1; i >= start; i--, ahead--) {
      if (ahead < length) {
        mean[ahead] = sum;
        deviation[ahead] = squares;
      }
      const y = values[i] as number - anchor;
      sum += y;
      squares += y * y;
    }
  }
}

/** The same blocks, point by point. */
export class MomentsWindow {
  readonly #block: Float64Array;
  readonly #tailSums: Float64Array;
  readonly #tailSquares: Float64Array;
  #filled = 0;
  #anchor = NaN;
  #sum = 0;
  #squares = 0;

  /** Mean and population standard deviation of the window up to the last step, or NaN. */
  mean = NaN;
  deviation = NaN;

  constructor(period: number) {
    checkPeriod(period);
    this.#block = new Float64Array(period);
    this.#tailSums = new Float64Array(period).fill(NaN);
    this.#tailSquares = new Float64Array(period).fill(NaN);
    this.#tailSums[period - 1] = 0;
    this.#tailSquares[period - 1] = 0;
  }

  step(value: number): void {
    const period = this.#block.length;
    if (this.#filled === period) this.#turn(value);
    if (this.#filled === 0) this.#anchor = value;
    const y = value - this.#anchor;
    this.#sum += y;
    this.#squares += y * y;
    const share = 1 / period;
    const sum = this.#sum + (this.#tailSums[this.#filled] as number);
    const squares = this.#squares + (this.#tailSquares[this.#filled] as number);
    this.mean = this.#anchor + sum * share;
    this.deviation = Math.sqrt((squares - sum * sum * share) * share);
    this.#block[this.#filled] = value;
    this.#filled++;
  }

  /** Sums the tails of the full block around the first value of the next one. */
  #turn(anchor: number): void {
    let sum = 0;
    let squares = 0;
    for (let i = this.#block.length - 1; i >= 0; i--) {
      this.#tailSums[i] = sum;
      this.#tailSquares[i] = squares;
      const y = this.#block[i] as number - anchor;
      sum += y;
      squares += y * y;
    }
    this.#filled = 0;
    this.#sum = 0;
    this.#squares = 0;
  }
}
