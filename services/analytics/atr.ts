import {
  checkAligned,
  checkPeriod,
  type IndicatorDefinition,
  type IntoColumn,
  outputFor,
  parsePeriods,
  type RangeColumns,
  rangeStream,
} from "./indicator.ts";
import { doubledTrueRange } from "./true_range.ts";

export interface AtrOptions extends IntoColumn {
  readonly period: number;
  /** `wilder` starts at the second bar's range; `hl` counts the first bar's high - low too. */
  readonly seed?: "wilder" | "hl" | undefined;
}

/**
 * Average true range after Wilder, in the unit of the prices: the mean of the first n true ranges,
 * then ATR_i = ((n - 1) ATR_{i-1} + TR_i) / n. NaN until then, and again from a missing bar on.
 */
export function atr(
  bars: RangeColumns,
  { period, seed = "wilder", out }: AtrOptions,
): Float64Array {
  checkAligned(bars);
  const { high, low, close } = bars;
  const averages = outputFor(close, out);
  const state = new AtrState(period, seed);
  for (let i = 0; i < averages.length; i++) {
    if (state.isSeeded) i = state.run(bars, averages, i);
    if (i === averages.length) break;
    averages[i] = state.step(high[i] as number, low[i] as number, close[i] as number);
  }
  return averages;
}

class AtrState {
  readonly #period: number;
  readonly #countsFirstBar: boolean;
  readonly #keep: number;
  /** Half of 1 / n, as it weighs doubled ranges. */
  readonly #weight: number;
  #previous = NaN;
  /** True ranges in a row, counted up to n; their sum is doubled while it grows. */
  #count = 0;
  #average = 0;

  constructor(period: number, seed: "wilder" | "hl") {
    checkPeriod(period);
    this.#period = period;
    this.#countsFirstBar = seed === "hl";
    this.#keep = 1 - 1 / period;
    this.#weight = 0.5 / period;
  }

  get isSeeded(): boolean {
    return this.#count === this.#period;
  }

  step(high: number, low: number, close: number): number {
    if (Number.isNaN(high - low + close)) {
      this.#previous = NaN;
      this.#count = 0;
      return NaN;
    }
    const isFirst = Number.isNaN(this.#previous);
    const range = isFirst
      ? 2 * (high - low)
      : doubledTrueRange({ high, low, previous: this.#previous });
    this.#previous = close;
    return isFirst && !this.#countsFirstBar ? NaN : this.#add(range);
  }

  #add(range: number): number {
    if (this.isSeeded) {
      this.#average = this.#keep * this.#average + this.#weight * range;
      return this.#average;
    }
    this.#average = (this.#count === 0 ? 0 : this.#average) + range;
    this.#count++;
    if (!this.isSeeded) return NaN;
    this.#average *= this.#weight;
    return this.#average;
  }

  /** Averages from index `from` to the next missing bar or the end; returns the index there. */
  run({ high, low, close }: RangeColumns, averages: Float64Array, from: number): number {
    const [keep, weight] = [this.#keep, this.#weight];
    let [average, previous] = [this.#average, this.#previous];
    let i = from;
    for (; i < averages.length; i++) {
      const newest = close[i] as number;
      const range = doubledTrueRange({
        high: high[i] as number,
        low: low[i] as number,
        previous,
      });
      if (Number.isNaN(range + newest)) break;
      previous = newest;
      average = keep * average + weight * range;
      averages[i] = average;
    }
    [this.#average, this.#previous] = [average, previous];
    return i;
  }
}

export const ATR: IndicatorDefinition<"atr"> = {
  syntax: "atr:N[@hl]",
  readsRange: true,
  parse(parameters, seed) {
    const [period] = parsePeriods(parameters, 1) ?? [];
    if (period === undefined) return null;
    if (seed === "") return { kind: "atr", name: `atr:${period}`, period, seed: "wilder" };
    return seed === "hl" ? { kind: "atr", name: `atr:${period}@hl`, period, seed } : null;
  },
  warmUp: ({ period, seed }) => seed === "hl" ? period - 1 : period,
  memory: ({ period }) => 1 - 1 / period,
  compute: (bars, { period, seed }) => atr(bars, { period, seed }),
  stream({ period, seed }) {
    const state = new AtrState(period, seed);
    return rangeStream((high, low, close) => state.step(high, low, close));
  },
  describe: ({ period, seed }) => ({
    label: `ATR ${period}`,
    words: "How far the price usually travels in a bar, gaps included. It says nothing about the " +
      `direction. It starts from the mean of the first ${period} true ranges` +
      (seed === "hl" ? ", the first bar's high − low among them." : "."),
    formula: "ATR_t = ((n − 1) · ATR_{t−1} + TR_t) / n",
    parameters: { period, seed },
  }),
};
