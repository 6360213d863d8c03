import {
  checkPeriod,
  closeStream,
  type IndicatorDefinition,
  type IntoColumn,
  namedByPeriod,
  outputFor,
} from "./indicator.ts";

export interface SmaOptions extends IntoColumn {
  readonly period: number;
}

/** Points that are taken in one slide; as many as the window if that is longer. */
const SLIDE_LENGTH = 512;

/**
 * Simple moving average: SMA_i = (x_{i-n+1} + … + x_i) / n, in the unit of `values`; NaN until the
 * window is whole and wherever it holds a missing value.
 *
 * The sum slides along, and is summed anew every `SLIDE_LENGTH` points. A slide rounds safely while
 * its sum s stays near the first one: if all moves d add up to less than s_0 / 2, no later sum is
 * below s_0 / 2 or above 3 s_0 / 2, and rounding takes at most 5e-12 of it. By Cauchy-Schwarz
 * length * sum(d^2) < s_0^2 / 4 says so without a branch a point. Where that fails, after a spike
 * or beside a missing value, the slide is done again by `averageBlocks()`.
 */
export function sma(values: Float64Array, { period, out }: SmaOptions): Float64Array {
  checkPeriod(period);
  const means = outputFor(values, out);
  const share = 1 / period;
  const slideLength = Math.max(SLIDE_LENGTH, period);
  means.fill(NaN, 0, period - 1);
  for (let start = period - 1; start < values.length; start += slideLength) {
    const end = Math.min(start + slideLength, values.length);
    let sum = 0;
    for (let i = start - period + 1; i <= start; i++) sum += values[i] as number;
    means[start] = sum * share;
    const firstSum = sum;
    let squares = 0;
    let i = start + 1;
    // Two points a turn, to count and compare half as often.
    for (; i + 1 < end; i += 2) {
      const move1 = (values[i] as number) - (values[i - period] as number);
      const move2 = (values[i + 1] as number) - (values[i + 1 - period] as number);
      const middle = sum + move1;
      sum = middle + move2;
      squares += move1 * move1 + move2 * move2;
      means[i] = middle * share;
      means[i + 1] = sum * share;
    }
    if (i < end) {
      const move = (values[i] as number) - (values[i - period] as number);
      squares += move * move;
      means[i] = (sum + move) * share;
    }
    if (!(4 * slideLength * squares < firstSum * firstSum)) {
      const windows = values.subarray(start - period + 1, end);
      means.set(averageBlocks(windows, period).subarray(period - 1), start);
    }
  }
  return means;
}

/**
 * The same averages, exact for any values. They are cut into blocks of n: a window is the tail of
 * one block and the head of the next, so its sum is a suffix sum plus a prefix sum. As nothing is
 * ever subtracted, a price that was large for a moment leaves no trace, and NaN reaches exactly
 * the windows that hold it.
 */
function averageBlocks(values: Float64Array, period: number): Float64Array {
  const share = 1 / period;
  const length = values.length;
  // Until a block is reached, `means` holds the suffix sums of the block before it.
  const means = new Float64Array(length).fill(NaN, 0, period - 1);
  for (let start = 0; start < length; start += period) {
    const end = Math.min(start + period, length);
    let prefix = 0;
    for (let i = start; i < end; i++) {
      prefix += values[i] as number;
      means[i] = (means[i] as number + prefix) * share;
    }
    if (end === length) break;
    let suffix = 0;
    for (let i = end - 1, ahead = end + period - 1; ahead >= end; i--, ahead--) {
      if (ahead < length) means[ahead] = suffix;
      suffix += values[i] as number;
    }
  }
  return means;
}

/** The blocks of `averageBlocks()` point by point: suffix sums are made when a block is full. */
class SmaWindow {
  readonly #block: Float64Array;
  readonly #suffixes: Float64Array;
  #filled = 0;
  #prefix = 0;

  constructor(period: number) {
    this.#block = new Float64Array(period);
    this.#suffixes = new Float64Array(period).fill(NaN);
    this.#suffixes[period - 1] = 0;
  }

  step(value: number): number {
    const period = this.#block.length;
    this.#block[this.#filled] = value;
    this.#prefix += value;
    const mean = (this.#suffixes[this.#filled] as number + this.#prefix) / period;
    this.#filled++;
    if (this.#filled === period) this.#turn();
    return mean;
  }

  #turn(): void {
    let suffix = 0;
    for (let i = this.#block.length - 1; i >= 0; i--) {
      this.#suffixes[i] = suffix;
      suffix += this.#block[i] as number;
    }
    this.#filled = 0;
    this.#prefix = 0;
  }
}

export const SMA: IndicatorDefinition<"sma"> = {
  ...namedByPeriod("sma"),
  warmUp: ({ period }) => period - 1,
  memory: () => 0,
  compute: ({ close }, { period }) => sma(close, { period }),
  stream({ period }) {
    const window = new SmaWindow(period);
    return closeStream((close) => window.step(close));
  },
  describe: ({ period }) => ({
    label: `SMA ${period}`,
    words: `The plain average of the last ${period} closes: every bar counts the same, older ` +
      "ones not at all.",
    formula: "SMA(n) = (close_t + close_{t−1} + … + close_{t−n+1}) / n",
    parameters: { period },
  }),
};
