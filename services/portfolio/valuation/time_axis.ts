import { DAY_MS, MINUTE_MS, type UtcMs } from "../../kernel/time.ts";
import { type Interval, intervalMs } from "../../market/mod.ts";

/** Buckets that values stand on, the coarsest first, as they come in an ascending axis. */
export const RESOLUTIONS = ["1d", "1h", "5m"] as const satisfies readonly Interval[];
export type Resolution = typeof RESOLUTIONS[number];

const FINE_AGE_MS = DAY_MS;
const HOURLY_AGE_MS = 90 * DAY_MS;

/** How long before the end of a bucket of 5 minutes its last known minute may end. */
const TOLERANCE_MS = 2 * MINUTE_MS;

/**
 * The buckets that a time is valued on, by its age: 5 minutes within a day, hours within 90 days,
 * days before. Throws `RangeError` for a time to come, which has no price.
 */
export function resolutionOf(at: number, now: number): Resolution {
  const ageMs = now - at;
  if (!(ageMs >= 0)) throw new RangeError(`Cannot value ${at}: it is after ${now}, the present`);
  if (ageMs <= FINE_AGE_MS) return "5m";
  return ageMs <= HOURLY_AGE_MS ? "1h" : "1d";
}

/** How far the last known close of a bucket may lie before its end. */
export function toleranceMs(resolution: Resolution): number {
  return resolution === "5m" ? TOLERANCE_MS : 0;
}

/** Times of one resolution, next to each other in an axis. */
export interface AxisPart {
  readonly resolution: Resolution;
  /** Half-open range of indexes. */
  readonly start: number;
  readonly end: number;
}

/**
 * Times to value, ascending, each with the end of the last bucket that was over by then: nothing
 * of a later time is ever in a value.
 *
 * A value is a function of time, `now` and the stored candles. `now` is part of the question and
 * of the answer: who sends it again gets the same bytes. Without it a time moves on to coarser
 * buckets as it ages. A time on the full hour keeps its price while it does, as the last five
 * minutes of an hour close where the hour closes, and likewise midnight UTC; so snapshots stand on
 * full hours and days.
 */
export interface TimeAxis {
  readonly now: UtcMs;
  readonly times: Float64Array;
  readonly ends: Float64Array;
  readonly parts: readonly AxisPart[];
}

/** Puts times on the buckets of their age. Throws `RangeError` unless they ascend up to `now`. */
export function timeAxis(times: ArrayLike<number>, { now }: { readonly now: UtcMs }): TimeAxis {
  const ends = new Float64Array(times.length);
  const parts: AxisPart[] = [];
  let start = 0;
  let current: Resolution | null = null;
  for (let index = 0; index < times.length; index++) {
    const at = times[index] ?? NaN;
    if (index > 0 && !(at >= (times[index - 1] ?? NaN))) {
      throw new RangeError(`Cannot value time ${index}: expected ascending times`);
    }
    const resolution = resolutionOf(at, now);
    if (current !== null && current !== resolution) {
      parts.push({ resolution: current, start, end: index });
      start = index;
    }
    current = resolution;
    const size = intervalMs(resolution);
    ends[index] = Math.floor(at / size) * size;
  }
  if (current !== null) parts.push({ resolution: current, start, end: times.length });
  return { now, times: Float64Array.from(times), ends, parts };
}

/** The resolution of one time of the axis. */
export function resolutionAt({ parts }: TimeAxis, index: number): Resolution {
  const part = parts.find(({ start, end }) => index >= start && index < end);
  if (!part) throw new RangeError(`Cannot read time ${index}: the axis has none there`);
  return part.resolution;
}
