import {
  checkPeriod,
  closeStream,
  type IndicatorDefinition,
  type IntoColumn,
  namedByPeriod,
  outputFor,
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
    if (state.isAtBase) i = state.run(values, indices, i);
    if (i < values.length) indices[i] = state.step(values[i] as number);
  }
  return indices;
}

/**
 * RSI = 100 gain / (gain + loss), where gain + loss is the smoothed size of a move. Both are kept as
 * Wilder's sums, sum_i = (1 - 1/n) sum_{i-1} + x_i: n times the averages, which cancels. Gains count
 * double, |change| + change, which needs no branch.
 *
 * As in `ema()`, two steps are taken from one base, so that the processor need not wait for each.
 */
class RsiState {
  readonly #period: number;
  /** 1 - 1/n and its square. */
  readonly #keep: number;
  readonly #keepTwo: number;
  #previous = NaN;
  /** Changes in a row, counted up to n. */
  #count = 0;
  #gains = 0;
  #moves = 0;
  /** What came in since the base, while half of its stride is done. */
  #isMidStride = false;
  #newGains = 0;
  #newMoves = 0;

  constructor(period: number) {
    checkPeriod(period);
    this.#period = period;
    this.#keep = 1 - 1 / period;
    this.#keepTwo = this.#keep * this.#keep;
  }

  get isAtBase(): boolean {
    return this.#count === this.#period && !this.#isMidStride;
  }

  step(value: number): number {
    const change = value - this.#previous;
    this.#previous = value;
    if (Number.isNaN(change)) {
      this.#count = 0;
      return NaN;
    }
    const move = Math.abs(change);
    const gain = move + change;
    if (this.#count < this.#period) return this.#seed(gain, move);
    if (this.#isMidStride) {
      this.#gains = this.#keepTwo * this.#gains + (this.#keep * this.#newGains + gain);
      this.#moves = this.#keepTwo * this.#moves + (this.#keep * this.#newMoves + move);
      this.#isMidStride = false;
      return strength(this.#gains, this.#moves);
    }
    this.#newGains = gain;
    this.#newMoves = move;
    this.#isMidStride = true;
    return strength(this.#keep * this.#gains + gain, this.#keep * this.#moves + move);
  }

  #seed(gain: number, move: number): number {
    const isFirst = this.#count === 0;
    this.#gains = (isFirst ? 0 : this.#gains) + gain;
    this.#moves = (isFirst ? 0 : this.#moves) + move;
    this.#isMidStride = false;
    this.#count++;
    return this.#count < this.#period ? NaN : strength(this.#gains, this.#moves);
  }

  /** Takes whole strides from index `from` on; returns the index behind them. */
  run(values: Float64Array, indices: Float64Array, from: number): number {
    const [keep, keepTwo] = [this.#keep, this.#keepTwo];
    let [gains, moves, previous] = [this.#gains, this.#moves, this.#previous];
    let i = from;
    for (; i + 1 < values.length; i += 2) {
      const middle = values[i] as number;
      const last = values[i + 1] as number;
      const change1 = middle - previous;
      const change2 = last - middle;
      if (Number.isNaN(change1 + change2)) break;
      previous = last;
      const move1 = Math.abs(change1);
      const move2 = Math.abs(change2);
      const gain1 = move1 + change1;
      const gain2 = move2 + change2;
      indices[i] = strength(keep * gains + gain1, keep * moves + move1);
      gains = keepTwo * gains + (keep * gain1 + gain2);
      moves = keepTwo * moves + (keep * move1 + move2);
      indices[i + 1] = strength(gains, moves);
    }
    [this.#gains, this.#moves, this.#previous] = [gains, moves, previous];
    return i;
  }
}

function strength(doubledGains: number, moves: number): number {
  return moves === 0 ? NO_LOSSES : 50 * (doubledGains / moves);
}

export const RSI: IndicatorDefinition<"rsi"> = {
  ...namedByPeriod("rsi"),
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
