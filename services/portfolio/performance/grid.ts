import { HOUR_MS, MINUTE_MS, type UtcMs, utcMsOf, YEAR_MS } from "../../kernel/time.ts";
import { bucketStart, type Interval, intervalMs } from "../../market/mod.ts";

/** Buckets that follow each other without a gap; a value stands at the end of its bucket. */
export interface Grid {
  /** Start of the first bucket. */
  readonly start: UtcMs;
  /** When each bucket ends, which is not part of it. */
  readonly ends: Float64Array;
  /**
   * How long a whole bucket is, which is then valued at its own close whenever in it something
   * happens; `null` where buckets end at the very instants at which something happens.
   */
  readonly widthMs: number | null;
  /** The first so many buckets are whole. Shorter ones follow, so that a day has its hours. */
  readonly whole: number;
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
  return { start, ends, widthMs, whole: length };
}

/** What the rest of a bucket that is not over is cut into, the longest first. */
const TAIL_MS = [HOUR_MS, 5 * MINUTE_MS] as const;

/**
 * The same with a tail: of the bucket that is not over come the hours that are, and of the last
 * hour each five minutes. Whatever happens in one of them is valued at its own close, as in any
 * other bucket, so that a return does not depend on where in a day one looks.
 */
export function gridWithTail(
  interval: Interval,
  range: { readonly from: UtcMs; readonly until: UtcMs },
): Grid {
  const grid = gridBetween(interval, range);
  const { start, widthMs } = grid;
  const ends = [...grid.ends];
  let last: number = ends.at(-1) ?? start;
  for (const step of TAIL_MS) {
    if (widthMs !== null && step >= widthMs) continue;
    for (; last + step <= range.until; last += step) ends.push(last + step);
  }
  return { ...grid, ends: Float64Array.from(ends) };
}

/** The buckets of a grid from one on. */
export function gridFrom(grid: Grid, bucket: number): Grid {
  return {
    ...grid,
    start: bucketBegin(grid, bucket),
    ends: grid.ends.subarray(bucket),
    whole: Math.max(0, grid.whole - bucket),
  };
}

/** Buckets that end at given instants, in any order: those of all flows, and of prices. */
export function gridOfInstants(start: UtcMs, instants: Iterable<number>): Grid {
  const ends = Float64Array.from(new Set(instants)).sort().filter((end) => end > start);
  return { start, ends, widthMs: null, whole: 0 };
}

/** The bucket that an instant is in; -1 before the grid, the number of buckets after it. */
export function bucketOf({ start, ends, widthMs, whole }: Grid, at: number): number {
  if (at < start) return -1;
  if (widthMs !== null) {
    const bucket = Math.floor((at - start) / widthMs);
    if (bucket < whole || whole === ends.length) return Math.min(ends.length, bucket);
  }
  let [low, high] = [whole, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a bucket is one of the short ones at the end. */
export function isInTail({ widthMs, whole }: Grid, bucket: number): boolean {
  return widthMs !== null && bucket >= whole;
}

/** When a bucket of the grid ends. */
export function bucketEnd({ ends }: Grid, bucket: number): UtcMs {
  return ends[bucket] as UtcMs;
}

/** When a bucket of the grid begins. */
export function bucketBegin({ start, ends }: Grid, bucket: number): UtcMs {
  return bucket === 0 ? start : utcMsOf(ends[bucket - 1] as number);
}

/** The last bucket that is over at an instant; -1 before the first one ends. */
export function lastBucketBy(grid: Grid, at: number): number {
  return Math.max(0, bucketOf(grid, at)) - 1;
}

/** Buckets in 365 days, on average. */
export function bucketsPerYear({ start, ends, widthMs }: Grid): number {
  return YEAR_MS / (widthMs ?? ((ends.at(-1) ?? NaN) - start) / ends.length);
}

/** The buckets of a range that a chart shows: whole ones, and of the tail its end alone. */
export function shownBuckets(
  { widthMs, whole }: Grid,
  { from, to }: { readonly from: number; readonly to: number },
): Float64Array {
  // A portfolio that began today has nothing but a tail, which is then shown as it is.
  const last = widthMs === null || to < whole || from >= whole ? to : Math.max(from, whole - 1);
  const shown = Array.from({ length: last - from + 1 }, (_, row) => from + row);
  if (last < to) shown.push(to);
  return Float64Array.from(shown);
}
