import { type CandleColumns, type Interval, intervalMs } from "./candle.ts";

/** Prices with one row of NaN for each run of missing buckets. */
export interface GapRows {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** The row of each candle. */
  readonly rowOf: Uint32Array;
}

/**
 * Prices for indicators, which a missing bucket resets: one empty row breaks a window as well as
 * a hundred do, so that a long gap costs no more than a short one.
 */
export function withGapRows(candles: CandleColumns, interval: Interval): GapRows {
  const size = intervalMs(interval);
  const rowOf = new Uint32Array(candles.length);
  let rows = 0;
  for (let at = 0; at < candles.length; at++) {
    const gapMs = (candles.openTime[at] ?? 0) - (candles.openTime[at - 1] ?? NaN);
    if (gapMs > size) rows++;
    rowOf[at] = rows++;
  }
  const spread = (values: Float64Array) => {
    const spaced = new Float64Array(rows).fill(NaN);
    for (let at = 0; at < rowOf.length; at++) spaced[rowOf[at] ?? 0] = values[at] ?? NaN;
    return spaced;
  };
  return {
    open: spread(candles.open),
    high: spread(candles.high),
    low: spread(candles.low),
    close: spread(candles.close),
    rowOf,
  };
}

/** Values of gap rows back on their candles, from candle `start` on; `null` where there is none. */
export function onCandles(
  values: Float64Array,
  { rowOf, start }: { rowOf: Uint32Array; start: number },
): (number | null)[] {
  return Array.from(rowOf.subarray(start), (row) => {
    const value = values[row] ?? NaN;
    return Number.isFinite(value) ? value : null;
  });
}
