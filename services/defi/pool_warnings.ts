import { DAY_MS, isoDayOf } from "../kernel/time.ts";
import { type PoolEpisode, STRESS } from "./episodes.ts";
import type { Pool } from "./pool.ts";
import type { PoolMetrics } from "./pool_metrics.ts";

export interface PoolWarning {
  readonly code:
    | "above_kink"
    | "utilization_stress"
    | "past_stress"
    | "utilization_spike"
    | "stale"
    | "frozen"
    | "paused"
    | "reward_dependent"
    | "tvl_falling"
    | "matured"
    | "drift_loss";
  readonly severity: "info" | "caution" | "danger";
  readonly words: string;
}

/** For so long a stretch in which all was lent is told. */
const REMEMBERED_DAYS = 180;
const REWARD_DEPENDENT = 0.5;
const TVL_FALL = -0.3;

/** What a person should know before the yield tempts them, the gravest first. */
export function poolWarnings(
  pool: Pool,
  { metrics, episodes }: {
    readonly metrics: PoolMetrics;
    readonly episodes: readonly PoolEpisode[];
  },
): readonly PoolWarning[] {
  const { utilization, kink, kinkDistance, isKinkAssumed, staleSince } = metrics;
  const found: (PoolWarning | null)[] = [
    metrics.isPaused ? danger("paused", "Paused: nobody can deposit or withdraw") : null,
    (utilization ?? 0) >= STRESS
      ? danger(
        "utilization_stress",
        `${percent(utilization)} of it is lent: withdrawals wait until borrowers repay, and its ` +
          "yield is the price of that",
      )
      : null,
    kinkDistance !== null && kinkDistance < 0 && (utilization ?? 0) < STRESS
      ? caution(
        "above_kink",
        `${percent(utilization)} of it is lent, above the ${isKinkAssumed ? "assumed " : ""}kink ` +
          `at ${percent(kink)}: the yield is high because the way out is narrow`,
      )
      : null,
    metrics.hasJumped
      ? caution(
        "utilization_spike",
        `Utilization moved by ${percent(metrics.utilizationChange)} since the reading before`,
      )
      : null,
    pastStress(metrics, episodes),
    staleSince !== null
      ? caution("stale", "The source's readings stand still: what it says may be long past")
      : null,
    metrics.isFrozen ? caution("frozen", "Frozen: no new deposits") : null,
    (metrics.rewardShare ?? 0) > REWARD_DEPENDENT
      ? caution(
        "reward_dependent",
        `${percent(metrics.rewardShare)} of the yield is rewards, which can end any day`,
      )
      : null,
    (metrics.tvlTrend30 ?? 0) < TVL_FALL
      ? caution("tvl_falling", `TVL changed by ${percent(metrics.tvlTrend30)} in 30 days`)
      : null,
    pool.maturityAt !== null && pool.maturityAt <= metrics.asof
      ? caution("matured", "Matured: it earns no more")
      : null,
    pool.structure === "uncorrelated" || pool.structure === "correlated"
      ? {
        code: "drift_loss",
        severity: "info",
        words: "Its tokens can drift apart, which costs against holding them",
      }
      : null,
  ];
  return found.filter((warning) => warning !== null);
}

function pastStress(
  { asof }: PoolMetrics,
  episodes: readonly PoolEpisode[],
): PoolWarning | null {
  const recent = episodes.filter(({ kind, to }) =>
    kind === "utilization_stress" && to < asof && asof - to <= REMEMBERED_DAYS * DAY_MS
  );
  const last = recent.at(-1);
  if (!last) return null;
  const readings = recent.reduce((sum, one) => sum + one.readings, 0);
  return caution(
    "past_stress",
    `Nearly all of it was lent in ${readings} readings of the last ${REMEMBERED_DAYS} days, last ` +
      `from ${isoDayOf(last.from)} to ${isoDayOf(last.to)}: withdrawals had to wait then`,
  );
}

function caution(code: PoolWarning["code"], words: string): PoolWarning {
  return { code, severity: "caution", words };
}

function danger(code: PoolWarning["code"], words: string): PoolWarning {
  return { code, severity: "danger", words };
}

function percent(share: number | null): string {
  return share === null ? "n/a" : `${(share * 100).toFixed(1)}%`;
}
