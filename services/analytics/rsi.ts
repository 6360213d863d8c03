import {
  checkPeriod,
  closeStream,
  type IndicatorDefinition,
  type IntoColumn,
  outputFor,
  parsePeriod,
} from "./indicator.ts";

export interface RsiOptions extends IntoColumn {
  readonly period: number;
}

/** What a series without losses reads, a flat one included: the convention of StockCharts. */
const NO_LOSSES = 100;

/**
 * Relative strength index after Wilder, 0 to 100: 100 - 100 / (1 + average gain / average loss),
 * the averages smoothed by 1 / n from the mean of the first n changes. NaN until n changes are
 * known, and again from a missing value on; 100 where there was no loss.
 */
export function rsi(values: Float64Array, { period, out }: RsiOptions): Float64Array {
  const indices = outputFor(values, out);
  const state = new RsiState(period);
  for (let i = 0; i < values.length; i++) {
    if (state.isSeeded) i = state.run(values, indices, i);
    if (i < values.length) indices[i] = state.step(values[i] as number);
  }
  return indices;
}

/**
 * Averages of gains and of all moves: RSI = 100 gain / (gain + loss), and gain + loss is the
 * average size of a move. Both have no branch, as a gain is (|change| + change) / 2.
 */
class RsiState {
  readonly #period: number;
  readonly #keep: number;
  readonly #weight: number;
  #previous = NaN;
  /** Changes in a row, counted up to n. */
  #count = 0;
  #gain = 0;
  #move = 0;

  constructor(period: number) {
    checkPeriod(period);
    this.#period = period;
    this.#keep = 1 - 1 / period;
    this.#weight = 1 / period;
  }

  get isSeeded(): boolean {
    return this.#count === this.#period;
  }

  step(value: number): number {
    const change = value - this.#previous;
    this.#previous = value;
    if (Number.isNaN(change)) {
      this.#count = 0;
      this.#gain = 0;
      this.#move = 0;
      return NaN;
    }
    const size = Math.abs(change);
    const gain = size + change;
    if (this.isSeeded) {
      this.#gain = this.#keep * this.#gain + 0.5 * this.#weight * gain;
      this.#move = this.#keep * this.#move + this.#weight * size;
    } else {
      this.#count++;
      this.#gain += 0.5 * this.#weight * gain;
      this.#move += this.#weight * size;
      if (!this.isSeeded) return NaN;
    }
    return this.#move === 0 ? NO_LOSSES : 100 * this.#gain / this.#move;
  }

  /** Indices from index `from` to the next missing value or the end; returns the index there. */
  run(values: Float64Array, indices: Float64Array, from: number): number {
    const [keep, weight, halfWeight] = [this.#keep, this.#weight, 0.5 * this.#weight];
    let [gain, move, previous] = [this.#gain, this.#move, this.#previous];
    let i = from;
    for (; i < values.length; i++) {
      const value = values[i] as number;
      const change = value - previous;
      if (Number.isNaN(change)) break;
      previous = value;
      const size = Math.abs(change);
      gain = keep * gain + halfWeight * (size + change);
      move = keep * move + weight * size;
      indices[i] = move === 0 ? NO_LOSSES : 100 * gain / move;
    }
    [this.#gain, this.#move, this.#previous] = [gain, move, previous];
    return i;
  }
}

export const RSI: IndicatorDefinition<"rsi"> = {
  syntax: "rsi:N",
  readsRange: false,
  parse(parameters, seed) {
    const period = parsePeriod(parameters, seed);
    return period === null ? null : { kind: "rsi", name: `rsi:${period}`, period };
  },
  warmUp: ({ period }) => period,
  memory: ({ period }) => 1 - 1 / period,
  compute: ({ close }, { period }) => rsi(close, { period }),
  stream({ period }) {
    const state = new RsiState(period);
    return closeStream((close) => state.step(close));
  },
  describe: ({ period }) => ({
    label: `RSI ${period}`,
    words: "How much of the recent movement was upward: near 0 the price only fell, near 100 it " +
      "only rose. Above 70 is usually called overbought, below 30 oversold. Without any loss it " +
      "reads 100.",
    formula: "RSI = 100 − 100 / (1 + average gain / average loss), " +
      "average_t = ((n − 1) · average_{t−1} + newest) / n",
    parameters: { period },
  }),
};
