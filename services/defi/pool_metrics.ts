import { changeRatio, finiteOrNull } from "../kernel/numbers.ts";
import { DAY_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import { countUpTo, type PoolHistory } from "./pool_history.ts";
import {
  LEAST_READINGS,
  poolReadings,
  type ScoreInputs,
  scoreInputsAt,
  TREND_DAYS,
} from "./pool_readings.ts";
import type { PoolSettings } from "./pool_settings.ts";

/** A reading this much older than the far end of a trend can't stand for it. */
const TREND_SLACK_DAYS = 3;

/** What a pool's readings say at the newest of them. Yields are fractions; `null` is not known. */
export interface PoolMetrics extends ScoreInputs {
  readonly asof: UtcMs;
  /** Readings in the window. */
  readonly readings: number;
  /** How often a year the source's simple rates are compounded; `null` where it gives APYs. */
  readonly compoundings: number | null;
  /** Median supply APY of 30 days, the newest reading left out: what it was before. */
  readonly median30: number | null;
  /** Median absolute deviation of the supply APY of 30 days from its median, as a fraction. */
  readonly mad30: number | null;
  /** When the kink was told; `null` where it is the settings' limit. */
  readonly kinkAt: UtcMs | null;
  /** Kink minus utilization: below 0 is above the kink. */
  readonly kinkDistance: number | null;
  /** Change of the TVL over 30 days, as a fraction. */
  readonly tvlTrend30: number | null;
  /** Incentives of the whole yield, 0 to 1. */
  readonly rewardShare: number | null;
  /** Change of the supply APY over 30 days, as a difference. */
  readonly organicTrend30: number | null;
  /** Since when nothing moved, or the source says so; `null` while the newest reading is fresh. */
  readonly staleSince: UtcMs | null;
}

/** The metrics at the newest reading, or `null` of none. */
export function poolMetrics(history: PoolHistory, settings: PoolSettings): PoolMetrics | null {
  const { length, ts } = history;
  if (length === 0) return null;
  const row = length - 1;
  const asof = utcMsOf(ts[row] ?? NaN);
  const readings = poolReadings(history);
  const inputs = scoreInputsAt(readings, { row, settings });
  const month = history.supplyApy.subarray(readings.monthFrom[row]);
  const monthAgo = rowAround(history, asof - TREND_DAYS * DAY_MS);
  const { kink, utilization, supplyApy, incentiveApy, tvlUsd } = inputs;
  const since = finiteOrNull(readings.stale.since[row]);
  const kinkAt = finiteOrNull(history.kinkAt[row]);
  return {
    ...inputs,
    asof,
    readings: Math.min(length, settings.window),
    compoundings: finiteOrNull(history.compoundings[row]),
    median30: month.length < LEAST_READINGS ? null : median(month.subarray(0, -1)),
    mad30: month.length < LEAST_READINGS ? null : medianDeviation(month),
    kinkAt: kinkAt === null ? null : utcMsOf(kinkAt),
    kinkDistance: utilization === null ? null : kink - utilization,
    tvlTrend30: monthAgo === null
      ? null
      : changeRatio(finiteOrNull(history.tvlUsd[monthAgo]), tvlUsd),
    rewardShare: rewardShare(supplyApy, incentiveApy),
    organicTrend30: monthAgo === null
      ? null
      : finiteOrNull(supplyApy - (history.supplyApy[monthAgo] ?? NaN)),
    staleSince: since === null ? null : utcMsOf(since),
  };
}

/** Median distance from the median; `null` of no values. */
export function medianDeviation(values: Float64Array): number | null {
  const center = median(values);
  return center === null ? null : median(values.map((value) => Math.abs(value - center)));
}

/** Incentives of the whole yield; 0 where nothing is paid, `null` where the parts are not known. */
export function rewardShare(supplyApy: number, incentiveApy: number | null): number | null {
  if (incentiveApy === null) return null;
  const base = Math.max(supplyApy, 0);
  const reward = Math.max(incentiveApy, 0);
  return base + reward === 0 ? 0 : reward / (base + reward);
}

function median(values: Float64Array): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted();
  const middle = sorted.length >>> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The newest reading at or before the instant, unless it is days older. */
function rowAround({ ts }: PoolHistory, at: number): number | null {
  const row = countUpTo(ts, at) - 1;
  return row >= 0 && at - (ts[row] ?? NaN) <= TREND_SLACK_DAYS * DAY_MS ? row : null;
}
