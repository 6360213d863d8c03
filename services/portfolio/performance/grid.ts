import { type UtcMs, YEAR_MS } from "../../kernel/time.ts";
import { bucketStart, type Interval, intervalMs } from "../../market/mod.ts";

/** Buckets that follow each other without a gap; a value stands at the end of its bucket. */
export interface Grid {
  /** Start of the first bucket. */
  readonly start: UtcMs;
  /** When each bucket ends, which is not part of it. */
  readonly ends: Float64Array;
  /**
   * How long every bucket is, which is then valued at its own close whenever in it something
   * happens; `null` where buckets end at the very instants at which something happens.
   */
  readonly widthMs: number | null;
}

/** The buckets from the one that holds `from` to the last that is over at `until`. */
export function gridBetween(
  interval: Interval,
  { from, until }: { readonly from: UtcMs; readonly until: UtcMs },
): Grid {
  const start = bucketStart(from, interval);
  const widthMs = intervalMs(interval);
  const length = Math.max(0, Math.floor((until - start) / widthMs));
  const ends = Float64Array.from({ length }, (_, bucket) => start + (bucket + 1) * widthMs);
  return { start, ends, widthMs };
}

/** Buckets that end at given instants, in any order: those of all flows, and of prices. */
export function gridOfInstants(start: UtcMs, instants: Iterable<number>): Grid {
  const ends = Float64Array.from(new Set(instants)).sort().filter((end) => end > start);
  return { start, ends, widthMs: null };
}

/** The bucket that an instant is in; -1 before the grid, the number of buckets after it. */
export function bucketOf({ start, ends, widthMs }: Grid, at: number): number {
  if (at < start) return -1;
  if (widthMs !== null) return Math.min(ends.length, Math.floor((at - start) / widthMs));
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** When a bucket of the grid ends. */
export function bucketEnd({ ends }: Grid, bucket: number): UtcMs {
  return ends[bucket] as UtcMs;
}

/** The last bucket that is over at an instant; -1 before the first one ends. */
export function lastBucketBy(grid: Grid, at: number): number {
  return Math.max(0, bucketOf(grid, at)) - 1;
}

/** Buckets in 365 days, on average. */
export function bucketsPerYear({ start, ends, widthMs }: Grid): number {
  return YEAR_MS / (widthMs ?? ((ends.at(-1) ?? NaN) - start) / ends.length);
}
