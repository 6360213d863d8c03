import type { UtcMs } from "../../kernel/time.ts";
import { bucketStart, type Interval, intervalMs } from "../../market/mod.ts";

/** Buckets that follow each other without a gap; a value stands at the end of its bucket. */
export interface Grid {
  readonly interval: Interval;
  /** Start of the first bucket. */
  readonly start: UtcMs;
  readonly length: number;
}

/** The buckets from the one that holds `from` to the last that is over at `until`. */
export function gridBetween(
  interval: Interval,
  { from, until }: { readonly from: UtcMs; readonly until: UtcMs },
): Grid {
  const start = bucketStart(from, interval);
  const length = Math.floor((until - start) / intervalMs(interval));
  return { interval, start, length: Math.max(0, length) };
}

/** The bucket that an instant is in; below 0 before the grid, its length or more after it. */
export function bucketOf({ interval, start }: Grid, at: number): number {
  return Math.floor((at - start) / intervalMs(interval));
}

/** When a bucket ends; the end of bucket -1 is the start of the grid. */
export function bucketEnd({ interval, start }: Grid, bucket: number): UtcMs {
  return (start + (bucket + 1) * intervalMs(interval)) as UtcMs;
}

/** The last bucket that is over at an instant; -1 before the first one ends. */
export function lastBucketBy(grid: Grid, at: number): number {
  return Math.max(-1, Math.min(grid.length, bucketOf(grid, at)) - 1);
}
