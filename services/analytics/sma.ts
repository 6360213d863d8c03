import {
  checkPeriod,
  closeStream,
  type IndicatorDefinition,
  type IntoColumn,
  outputFor,
  parsePeriod,
} from "./indicator.ts";

export interface SmaOptions extends IntoColumn {
  readonly period: number;
}

/**
 * Simple moving average: SMA_i = (x_{i-n+1} + … + x_i) / n, in the unit of `values`; NaN until the
 * window is whole and wherever it holds a missing value.
 *
 * The series is cut into blocks of n. A window is the tail of one block and the head of the next,
 * so its sum is a suffix sum plus a prefix sum: two additions a point as in a sliding sum, but
 * nothing is ever subtracted. Rounding can't pile up over a long series, a price that was large
 * for a moment leaves no trace, and NaN reaches exactly the windows that hold it.
 */
export function sma(values: Float64Array, { period, out }: SmaOptions): Float64Array {
  checkPeriod(period);
  const means = outputFor(values, out);
  const length = values.length;
  // Until a block is reached, `means` holds the suffix sums of the block before it.
  means.fill(NaN, 0, period - 1);
  if (period <= length) means[period - 1] = 0;
  let start = 0;
  for (; start + 2 * period <= length; start += period) averageBlock(values, means, period, start);
  for (; start < length; start += period) {
    const end = Math.min(start + period, length);
    let prefix = 0;
    for (let i = start; i < end; i++) {
      prefix += values[i] as number;
      means[i] = (means[i] as number + prefix) / period;
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

/**
 * One whole block that a whole block follows. Both sums run in one loop, two points a turn: their
 * chains of additions are independent, so the processor overlaps them.
 */
function averageBlock(
  values: Float64Array,
  means: Float64Array,
  period: number,
  start: number,
): void {
  const end = start + period;
  let prefix = 0;
  let suffix = 0;
  let i = start;
  let last = end - 1;
  let ahead = end + period - 1;
  for (; i < end - 1; i += 2, last -= 2, ahead -= 2) {
    const first = prefix + (values[i] as number);
    prefix = first + (values[i + 1] as number);
    means[i] = (means[i] as number + first) / period;
    means[i + 1] = (means[i + 1] as number + prefix) / period;
    const next = suffix + (values[last] as number);
    means[ahead] = suffix;
    means[ahead - 1] = next;
    suffix = next + (values[last - 1] as number);
  }
  if (i < end) {
    means[i] = (means[i] as number + (prefix + (values[i] as number))) / period;
    means[ahead] = suffix;
  }
}

/** The same blocks, point by point: the suffix sums are made when a block is full. */
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
  syntax: "sma:N",
  readsRange: false,
  parse(parameters, seed) {
    const period = parsePeriod(parameters, seed);
    return period === null ? null : { kind: "sma", name: `sma:${period}`, period };
  },
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
