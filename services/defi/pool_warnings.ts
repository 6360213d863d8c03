import { DAY_MS, isoDayOf } from "../kernel/time.ts";
import { type PoolEpisode, STRESS } from "./episodes.ts";
import { kinkWords } from "./kinks.ts";
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
  /** In a word or three, for a chip. */
  readonly title: string;
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
  const found = [
    metrics.isPaused
      ? danger("paused", "Paused", "The pool is paused: nobody can deposit or withdraw.")
      : null,
    narrowExit(metrics),
    jumped(metrics),
    pastStress(metrics, episodes),
    stoodStill(metrics),
    metrics.isFrozen
      ? caution("frozen", "Frozen", "The pool is frozen: it takes no new deposits.")
      : null,
    rewards(metrics),
    shrinking(metrics),
    pool.maturityAt !== null && pool.maturityAt <= metrics.asof
      ? caution("matured", "Matured", "The pool has matured: it earns no more.")
      : null,
    drifting(pool),
  ];
  return found.filter((warning) => warning !== null);
}

/** Nearly all is lent, or more than the rate is made for: the yield is the price of that. */
function narrowExit(
  metrics: PoolMetrics,
): PoolWarning | null {
  const { utilization, kinkDistance, median30 } = metrics;
  if (utilization === null || kinkDistance === null) return null;
  const isStress = utilization >= STRESS;
  if (!isStress && kinkDistance >= 0) return null;
  const past = kinkDistance < 0 ? `, past the ${kinkWords(metrics, percent)}` : "";
  const before = median30 === null
    ? ""
    : ` Over the 30 days before this the median APY was ${percent(median30)}.`;
  const state = `Utilisation is ${percent(utilization)}${past}. Only ${
    percent(Math.max(0, 1 - utilization))
  } of deposits can be withdrawn now.${before}`;
  return isStress
    ? danger(
      "utilization_stress",
      "Nearly all lent",
      `The rate is high because the pool is nearly empty. ${state}`,
    )
    : caution(
      "above_kink",
      "Above the kink",
      `The rate is high because the way out is narrow. ${state}`,
    );
}

function jumped({ hasJumped, utilizationChange }: PoolMetrics): PoolWarning | null {
  if (!hasJumped || utilizationChange === null) return null;
  const way = utilizationChange > 0 ? "rose" : "fell";
  return caution(
    "utilization_spike",
    "Spike",
    `Utilisation ${way} by ${points(utilizationChange)} since the reading before.`,
  );
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
    "Past stress",
    `Nearly all of it was lent in ${readings} ${readings === 1 ? "reading" : "readings"} of the ` +
      `last ${REMEMBERED_DAYS} days, last ${daysOf(last)}: ` +
      "withdrawals had to wait then.",
  );
}

function daysOf({ from, to }: Pick<PoolEpisode, "from" | "to">): string {
  const [first, last] = [isoDayOf(from), isoDayOf(to)];
  return first === last ? `on ${first}` : `from ${first} to ${last}`;
}

function stoodStill({ staleSince }: PoolMetrics): PoolWarning | null {
  return staleSince === null ? null : caution(
    "stale",
    "Stale",
    `The source's readings stand still since ${isoDayOf(staleSince)}: what they say may be long ` +
      "past.",
  );
}

function rewards({ rewardShare }: PoolMetrics): PoolWarning | null {
  if (rewardShare === null || rewardShare <= REWARD_DEPENDENT) return null;
  return caution(
    "reward_dependent",
    "Mostly rewards",
    `${percent(rewardShare)} of the yield is rewards, which can end any day.`,
  );
}

function shrinking({ tvlTrend30 }: PoolMetrics): PoolWarning | null {
  if (tvlTrend30 === null || tvlTrend30 >= TVL_FALL) return null;
  return caution(
    "tvl_falling",
    "TVL falling",
    `The TVL fell by ${percent(-tvlTrend30)} in 30 days.`,
  );
}

function drifting({ structure }: Pool): PoolWarning | null {
  if (structure !== "uncorrelated" && structure !== "correlated") return null;
  return {
    code: "drift_loss",
    severity: "info",
    title: "Can drift",
    words: "Its tokens can drift apart, which costs against holding them.",
  };
}

function caution(code: PoolWarning["code"], title: string, words: string): PoolWarning {
  return { code, severity: "caution", title, words };
}

function danger(code: PoolWarning["code"], title: string, words: string): PoolWarning {
  return { code, severity: "danger", title, words };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

function points(difference: number): string {
  return `${(Math.abs(difference) * 100).toFixed(2)} points`;
}
