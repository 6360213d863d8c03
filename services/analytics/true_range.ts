import {
  checkAligned,
  type IndicatorDefinition,
  type IntoColumn,
  outputFor,
  type RangeColumns,
  rangeStream,
} from "./indicator.ts";

/**
 * Twice the true range of a bar after one that closed at `previous`.
 *
 * The true range max(high - low, |high - previous|, |low - previous|) spans three points on a
 * line, and twice a span is the sum of the three distances. That has no branch to guess wrong, and
 * is NaN as soon as one of the points is.
 */
export function doubledTrueRange(
  { high, low, previous }: {
    readonly high: number;
    readonly low: number;
    readonly previous: number;
  },
): number {
  return high - low + Math.abs(high - previous) + Math.abs(low - previous);
}

/** Carries the close that the next true range is measured from. */
class TrueRangeState {
  #previous = NaN;

  step(high: number, low: number, close: number): number {
    const range = doubledTrueRange({ high, low, previous: this.#previous }) / 2;
    // A bar without a range is missing as a whole, its close too.
    this.#previous = Number.isNaN(high - low) ? NaN : close;
    return Number.isNaN(close) ? NaN : range;
  }
}

/**
 * True range in the unit of the prices: max(high - low, |high - previous close|, |low - previous
 * close|). NaN on the first bar, on a missing bar and on the bar after it.
 */
export function trueRange(bars: RangeColumns, { out }: IntoColumn = {}): Float64Array {
  checkAligned(bars);
  const { high, low, close } = bars;
  const ranges = outputFor(close, out);
  const state = new TrueRangeState();
  for (let i = 0; i < ranges.length; i++) {
    ranges[i] = state.step(high[i] as number, low[i] as number, close[i] as number);
  }
  return ranges;
}

export const TRUE_RANGE: IndicatorDefinition<"tr"> = {
  syntax: "tr",
  readsRange: true,
  parse: (parameters, seed) => parameters === "" && seed === "" ? { kind: "tr", name: "tr" } : null,
  warmUp: () => 1,
  memory: () => 0,
  compute: (bars) => trueRange(bars),
  stream() {
    const state = new TrueRangeState();
    return rangeStream((high, low, close) => state.step(high, low, close));
  },
  describe: () => ({
    label: "True range",
    words: "How far the price travelled in a bar, the gap from the close before included.",
    formula: "TR_t = max(high_t − low_t, |high_t − close_{t−1}|, |low_t − close_{t−1}|)",
    parameters: {},
  }),
};
