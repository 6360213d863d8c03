import { DAY_MS } from "../kernel/time.ts";
import { countUpTo, type PoolHistory } from "./pool_history.ts";

/** Days that a trend looks back at most. */
const TREND_SPAN_DAYS = 90;
const TREND_POINTS = 90;

/** The last days of a pool in equal steps, oldest first; `null` is a step without a reading. */
export interface PoolTrend {
  /** From the first step to the newest reading. */
  readonly spanMs: number;
  readonly supplyApy: readonly (number | null)[];
  readonly tvlUsd: readonly (number | null)[];
}

/**
 * The last 90 days in steps of a day. A pool that is known for less has its own life in as many
 * steps as it has readings, 90 at most.
 */
export function poolTrend({ ts, supplyApy, tvlUsd, length }: PoolHistory): PoolTrend {
  const newest = ts[length - 1];
  if (newest === undefined) return { spanMs: 0, supplyApy: [], tvlUsd: [] };
  const first = countUpTo(ts, newest - TREND_SPAN_DAYS * DAY_MS);
  const readings = length - first;
  const life = newest - (ts[first] ?? newest);
  // Readings a day apart: life is a day less than the days that there are.
  const isShort = life < (TREND_SPAN_DAYS - 2) * DAY_MS;
  const points = isShort ? Math.min(TREND_POINTS, readings) : TREND_POINTS;
  const stepMs = isShort ? life / Math.max(1, points - 1) : DAY_MS;
  const column = (values: Float64Array) => {
    const steps = new Array<number | null>(points).fill(null);
    for (let row = first; row < length; row++) {
      const back = stepMs === 0 ? 0 : Math.round((newest - (ts[row] ?? NaN)) / stepMs);
      const value = values[row] ?? NaN;
      const at = points - 1 - back;
      if (at >= 0 && !Number.isNaN(value)) steps[at] = value;
    }
    return steps;
  };
  return { spanMs: life, supplyApy: column(supplyApy), tvlUsd: column(tvlUsd) };
}
