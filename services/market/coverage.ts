import { type CandleColumns, type Interval, intervalMs } from "./candle.ts";
import type { TimeRange } from "./ports.ts";
import type { UtcMs } from "../kernel/time.ts";

/** Buckets in a row that have no candle: `from` is the first of them, `to` the next candle. */
export interface CandleGap extends TimeRange {
  readonly buckets: number;
}

/** How much of the span between a series' first and last candle is there. */
export interface Coverage {
  readonly present: number;
  readonly missing: number;
  readonly gaps: readonly CandleGap[];
}

/** Gaps beyond this number are counted in `missing` but not listed. */
const MAX_LISTED_GAPS = 10_000;

/** Buckets between the first and the last candle that have none; none for fewer than two. */
export function countMissing(candles: CandleColumns, interval: Interval): number {
  if (candles.length < 2) return 0;
  const spanMs = (candles.openTime[candles.length - 1] ?? NaN) - (candles.openTime[0] ?? NaN);
  return spanMs / intervalMs(interval) + 1 - candles.length;
}

/** The coverage of ascending candles without a bucket twice, gaps oldest first. */
export function coverageOf(candles: CandleColumns, interval: Interval): Coverage {
  const stepMs = intervalMs(interval);
  const gaps: CandleGap[] = [];
  const missing = countMissing(candles, interval);
  for (let at = 1; missing > 0 && at < candles.length; at++) {
    const from = (candles.openTime[at - 1] ?? NaN) + stepMs;
    const to = candles.openTime[at] ?? NaN;
    if (to === from) continue;
    if (gaps.length === MAX_LISTED_GAPS) break;
    gaps.push({ from: from as UtcMs, to: to as UtcMs, buckets: (to - from) / stepMs });
  }
  return { present: candles.length, missing, gaps };
}
