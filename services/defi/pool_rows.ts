import { finiteOrNull } from "../kernel/numbers.ts";
import { type UtcMs, utcMsOf } from "../kernel/time.ts";
import { STRESS } from "./episodes.ts";
import { countUpTo, FLAG, type PoolHistory } from "./pool_history.ts";
import type { PoolSettings } from "./pool_settings.ts";
import { staleReadings } from "./stale_readings.ts";

/**
 * How a reading stands: `stale` repeats an old state, `stress` finds nearly all lent, `spike` a
 * jump of utilization by more than the settings allow; `final` is none of these.
 */
export type ReadingState = "stale" | "stress" | "spike" | "final";

/** A stored reading with what it is. Yields are fractions; `null` is not known. */
export interface PoolRow {
  readonly ts: UtcMs;
  /** From when it could be known. */
  readonly knownAt: UtcMs;
  readonly supplyApy: number;
  readonly incentiveApy: number | null;
  readonly borrowApy: number | null;
  readonly utilization: number | null;
  /** Against the reading before, as a difference. */
  readonly utilizationChange: number | null;
  readonly tvlUsd: number | null;
  readonly isFrozen: boolean;
  readonly isPaused: boolean;
  readonly state: ReadingState;
}

/** The readings from `from` on, oldest first, the newest `limit` of them. */
export function poolRows(
  history: PoolHistory,
  { from = -Infinity, limit = Infinity, settings }: {
    readonly from?: number;
    readonly limit?: number;
    readonly settings: Pick<PoolSettings, "spike_change">;
  },
): readonly PoolRow[] {
  const { ts, length, utilization } = history;
  const { since } = staleReadings(history);
  const first = Math.max(countUpTo(ts, from - 1), length - limit, 0);
  return Array.from({ length: length - first }, (_, index) => {
    const row = first + index;
    const lent = finiteOrNull(utilization[row]);
    const before = row === 0 ? null : finiteOrNull(utilization[row - 1]);
    const change = lent === null || before === null ? null : lent - before;
    const flags = history.flags[row] ?? 0;
    const isStale = !Number.isNaN(since[row] ?? NaN);
    return {
      ts: utcMsOf(ts[row] ?? NaN),
      knownAt: utcMsOf(history.knownAt[row] ?? NaN),
      supplyApy: history.supplyApy[row] ?? NaN,
      incentiveApy: finiteOrNull(history.incentiveApy[row]),
      borrowApy: finiteOrNull(history.borrowApy[row]),
      utilization: lent,
      utilizationChange: change,
      tvlUsd: finiteOrNull(history.tvlUsd[row]),
      isFrozen: (flags & FLAG.frozen) !== 0,
      isPaused: (flags & FLAG.paused) !== 0,
      state: isStale
        ? "stale"
        : lent !== null && lent >= STRESS
        ? "stress"
        : change !== null && Math.abs(change) > settings.spike_change
        ? "spike"
        : "final",
    };
  });
}
