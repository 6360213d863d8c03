import { utcMsOf } from "../kernel/time.ts";
import { bucketStart, type Interval, intervalMs } from "../market/candle.ts";
import type { TimeRange } from "../market/ports.ts";

/** Calls that one question may lead to; longer histories are asked for in parts. */
const MAX_PAGES = 200;

/**
 * The range from its first whole bucket on and no further than `now`. Throws `RangeError` if it
 * would take more than `MAX_PAGES` calls of `rowsPerPage` candles.
 */
export function pagedRange(
  range: TimeRange,
  { interval, now, rowsPerPage }: { interval: Interval; now: number; rowsPerPage: number },
): TimeRange {
  const stepMs = intervalMs(interval);
  const start = bucketStart(range.from, interval);
  const from = start === range.from ? start : start + stepMs;
  const to = Math.min(range.to, now + 1);
  const pages = Math.ceil((to - from) / (stepMs * rowsPerPage));
  if (pages > MAX_PAGES) {
    throw new RangeError(
      `Cannot fetch ${pages} pages of ${interval} candles at once: expected at most ${MAX_PAGES}`,
    );
  }
  return { from: utcMsOf(from), to: utcMsOf(to) };
}
