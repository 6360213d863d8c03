import { finiteOrNull } from "../kernel/numbers.ts";
import { DAY_MS } from "../kernel/time.ts";
import { isKinkFresh } from "./kinks.ts";
import { FLAG, type PoolHistory } from "./pool_history.ts";
import type { PoolSettings } from "./pool_settings.ts";
import { type StaleReadings, staleReadings } from "./stale_readings.ts";

/** Days that a coefficient of variation and trends look back. */
export const TREND_DAYS = 30;
/** Readings below which 30 days say nothing of how steady a yield is. */
export const LEAST_READINGS = 7;

/** A history with what is found in it once, so that reading it at any row is cheap. */
export interface PoolReadings {
  readonly history: PoolHistory;
  readonly stale: StaleReadings;
  /** The first row of the 30 days that end with each row. */
  readonly monthFrom: Int32Array;
  /** When the pool was first there. */
  readonly firstAt: number;
}

/** What scores are made of, at one reading. Yields are fractions; `null` is not known. */
export interface ScoreInputs {
  readonly supplyApy: number;
  readonly borrowApy: number | null;
  readonly incentiveApy: number | null;
  readonly utilization: number | null;
  /** Against the reading before. */
  readonly utilizationChange: number | null;
  /** |change| above the limit of the settings. */
  readonly hasJumped: boolean;
  /** It jumped, or utilization is above the limit of the settings. */
  readonly isSpike: boolean;
  readonly tvlUsd: number | null;
  /** Dollars that could be taken out, TVL x (1 - utilization). */
  readonly withdrawableUsd: number | null;
  /** The pool's own, or the limit of the settings where it is not known. */
  readonly kink: number;
  /** Whether it is the pool's own and, by the settings, not too old for the reading. */
  readonly isKinkFresh: boolean;
  /** Rolling population deviation of the supply APY over the window, in percentage points. */
  readonly volatilityPp: number | null;
  /** Deviation over mean of the supply APY of 30 days. */
  readonly cv30: number | null;
  readonly ageDays: number;
  /** Readings of the window that are old, as a share. */
  readonly staleShare: number;
  readonly isStale: boolean;
  readonly isFrozen: boolean;
  readonly isPaused: boolean;
}

/** A history made ready for reading. */
export function poolReadings(history: PoolHistory): PoolReadings {
  const { pool, ts } = history;
  const firstAt = Math.min(ts[0] ?? Infinity, pool.since ?? Infinity);
  return { history, stale: staleReadings(history), monthFrom: monthStarts(ts), firstAt };
}

/** What is known at row `row` from the readings up to it. */
export function scoreInputsAt(
  { history, stale, monthFrom: starts, firstAt }: PoolReadings,
  { row, settings }: { readonly row: number; readonly settings: PoolSettings },
): ScoreInputs {
  const { ts } = history;
  const at = ts[row] ?? NaN;
  const from = Math.max(0, row + 1 - settings.window);
  const utilization = finiteOrNull(history.utilization[row]);
  const before = row > 0 ? finiteOrNull(history.utilization[row - 1]) : null;
  const utilizationChange = before === null || utilization === null ? null : utilization - before;
  const hasJumped = utilizationChange !== null &&
    Math.abs(utilizationChange) > settings.spike_change;
  const tvlUsd = finiteOrNull(history.tvlUsd[row]);
  const readings = row + 1 - from;
  const spread = spreadOf(history.supplyApy, from, row + 1);
  const monthFrom = starts[row] ?? 0;
  // Of daily readings, 30 days are as a rule the window itself.
  const monthSpread = monthFrom === from ? spread : spreadOf(history.supplyApy, monthFrom, row + 1);
  const flags = history.flags[row] ?? 0;
  const old = (stale.oldUpTo[row + 1] ?? 0) - (stale.oldUpTo[from] ?? 0);
  return {
    supplyApy: history.supplyApy[row] ?? NaN,
    borrowApy: finiteOrNull(history.borrowApy[row]),
    incentiveApy: finiteOrNull(history.incentiveApy[row]),
    utilization,
    utilizationChange,
    hasJumped,
    isSpike: hasJumped || utilization !== null && utilization > settings.utilization_limit,
    tvlUsd,
    withdrawableUsd: withdrawableUsd(tvlUsd, utilization),
    kink: finiteOrNull(history.kink[row]) ?? settings.utilization_limit,
    isKinkFresh: isKinkFresh({ kinkAt: history.kinkAt[row] ?? NaN, ts: at }, settings),
    volatilityPp: readings < 2 ? null : spread.deviation * 100,
    cv30: row + 1 - monthFrom < LEAST_READINGS ? null : overMean(monthSpread),
    ageDays: (at - firstAt) / DAY_MS,
    staleShare: old / readings,
    isStale: !Number.isNaN(stale.since[row] ?? NaN),
    isFrozen: (flags & FLAG.frozen) !== 0,
    isPaused: (flags & FLAG.paused) !== 0,
  };
}

function monthStarts(ts: Float64Array): Int32Array {
  const starts = new Int32Array(ts.length);
  let start = 0;
  for (let row = 0; row < ts.length; row++) {
    const from = (ts[row] ?? NaN) - TREND_DAYS * DAY_MS;
    while ((ts[start] ?? NaN) <= from) start++;
    starts[row] = start;
  }
  return starts;
}

/** Dollars that nobody borrowed, `null` where either is not known. */
export function withdrawableUsd(tvlUsd: number | null, utilization: number | null): number | null {
  if (tvlUsd === null || utilization === null) return null;
  return tvlUsd * (1 - Math.min(1, Math.max(0, utilization)));
}

interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** The coefficient of variation, `null` of a mean that is not positive. */
function overMean({ deviation, mean }: Spread): number | null {
  return mean > 0 ? deviation / mean : null;
}

/**
 * Mean and population standard deviation of a stretch, in one pass and without a copy of it: a
 * simulation asks for them some hundred thousand times. Distances are taken from the first value,
 * so that equal ones deviate by exactly 0. As that value is one of the stretch, its distance from
 * the mean is at most sqrt(n) deviations, so the difference of squares loses two digits at most.
 */
function spreadOf(column: Float64Array, from: number, to: number): Spread {
  const anchor = column[from] ?? NaN;
  const n = to - from;
  let sum = 0;
  let squares = 0;
  for (let i = from; i < to; i++) {
    const gap = (column[i] ?? NaN) - anchor;
    sum += gap;
    squares += gap * gap;
  }
  const center = sum / n;
  const variance = squares / n - center * center;
  return { mean: anchor + center, deviation: Math.sqrt(Math.max(0, variance)) };
}
