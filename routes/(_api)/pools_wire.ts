import { z } from "zod";
import {
  type Interval,
  POOL_KINDS,
  type PoolCard,
  type PoolDetail,
  type PoolHistory,
  type ScorePart,
  STRUCTURES,
} from "../../services/defi/mod.ts";
import { finiteOrNull } from "../../services/kernel/numbers.ts";
import { formatUtcMs, HOUR_MS, MINUTE_MS, type UtcMs } from "../../services/kernel/time.ts";
import { Epoch, Freshness, Instant } from "./schemas.ts";

const Value = z.number().nullable();
const Line = z.array(Value);
const Range = z.tuple([z.number(), z.number()]);

const Warning = z.object({
  code: z.string(),
  severity: z.enum(["info", "caution", "danger"]),
  title: z.string().describe("In a word or three"),
  words: z.string(),
});

/** A line of the leaderboard. */
export const PoolRow = z.object({
  id: z.string(),
  protocol: z.string(),
  chain: z.string(),
  pool_address: z.string(),
  symbol: z.string(),
  kind: z.enum(POOL_KINDS).nullable(),
  structure: z.enum(STRUCTURES).nullable(),
  supply_apy: z.number().describe("Fraction a year, compounded: 0.05 is 5 %"),
  borrow_apy: Value,
  incentive_apy: Value.describe("null where the source does not tell it from supply_apy"),
  utilization: Value.describe("Borrowed / supplied"),
  tvl_usd: Value,
  stability_score: Value.describe("0 to 100"),
  risk_adjusted_score: Value.describe("Method v0"),
  score: Value.describe("By the method asked for, v1 if none is; null is not rated"),
  scores: z.object({ v0: Value, v1: Value }),
  coverage: z.number().describe("Share of the score that stands on known, fresh facts"),
  volatility_pp: Value.describe("Percentage points, over the window of the settings"),
  kink_distance: Value.describe("Kink less utilization; below 0 is above the kink"),
  withdrawable_usd: Value,
  tvl_trend_30d: Value,
  reward_share: Value,
  is_stale: z.boolean().describe("The source's readings stand still, or it says they are old"),
  freshness: Freshness,
  warnings: z.array(Warning),
  asof: Instant,
  source: z.string(),
}).meta({ id: "PoolRow" });

/** How old a reading may be. */
const LIVE_MS = 5 * MINUTE_MS;
const DELAYED_MS = 26 * HOUR_MS;

export function poolToWire(
  { pool, source, metrics, scores, warnings }: PoolCard,
  { now, method }: { readonly now: UtcMs; readonly method: "v0" | "v1" },
): z.output<typeof PoolRow> {
  const ageMs = now - metrics.asof;
  return {
    id: pool.id,
    protocol: pool.protocol,
    chain: pool.chain,
    pool_address: pool.poolAddress,
    symbol: pool.symbol,
    kind: pool.kind,
    structure: pool.structure,
    supply_apy: metrics.supplyApy,
    borrow_apy: metrics.borrowApy,
    incentive_apy: metrics.incentiveApy,
    utilization: metrics.utilization,
    tvl_usd: metrics.tvlUsd,
    stability_score: scores.stabilityScore,
    risk_adjusted_score: scores.v0.score,
    score: scores[method].score,
    scores: { v0: scores.v0.score, v1: scores.v1.score },
    coverage: scores[method].coverage,
    volatility_pp: metrics.volatilityPp,
    kink_distance: metrics.kinkDistance,
    withdrawable_usd: metrics.withdrawableUsd,
    tvl_trend_30d: metrics.tvlTrend30,
    reward_share: metrics.rewardShare,
    is_stale: metrics.isStale,
    freshness: ageMs <= LIVE_MS ? "live" : ageMs <= DELAYED_MS ? "delayed" : "stale",
    warnings: [...warnings],
    asof: formatUtcMs(metrics.asof),
    source,
  };
}

/** A term of a score: what went in, what came out, why it is missing where it is. */
export const Part = z.object({
  name: z.string(),
  value: Value,
  unit: z.string(),
  result: Value,
  weight: z.number(),
  formula: z.string(),
  reason: z.string().nullable(),
  is_sure: z.boolean()
    .describe("False on an assumption or an old fact: it then counts for no coverage"),
});
const Score = z.object({
  method: z.enum(["v0", "v1"]),
  score: Value,
  coverage: z.number(),
  parts: z.array(Part),
  reason: z.string().nullable(),
});

/** One pool with its past, its scores explained and its yield taken apart. */
export const PoolPage = z.object({
  pool: PoolRow,
  about: z.object({
    kink: z.number().describe("Of the newest reading; the settings' limit where none is known"),
    kink_asof: Instant.nullable().describe("When it was told; null is assumed"),
    is_kink_fresh: z.boolean()
      .describe(
        "Told at most kink_max_age_days before the reading, else it counts for no coverage",
      ),
    compoundings_per_year: Value
      .describe("Of the simple rates that its source gives; null where it gives APYs"),
    reserve_factor: Value,
    maturity_at: Instant.nullable(),
    age_days: z.number(),
    sources: z.array(z.object({
      name: z.string(),
      newest_at: Instant.nullable(),
      stale_since: Instant.nullable(),
    })).describe("All that read it, the one that is used first: it has the newest fresh reading"),
    held: z.int().nullable()
      .describe("Readings that jumped and wait to be confirmed; null as of the past"),
  }),
  metrics: z.object({
    readings: z.int().describe("In the window"),
    median_30d: Value.describe("Median supply APY of 30 days before the newest reading"),
    cv_30d: Value,
    mad_30d: Value,
    utilization_change: Value,
    is_spike: z.boolean(),
    organic_trend_30d: Value,
    stale_share: z.number(),
    stale_since: Instant.nullable(),
  }),
  episodes: z.array(z.object({
    kind: z.enum(["utilization_stress", "stale"]),
    from: Instant,
    to: Instant,
    readings: z.int(),
    peak_utilization: Value,
    peak_apy: z.number(),
  })).describe("Stretches in which nearly all was lent, or readings were old"),
  explained: z.object({ v0: Score, v1: Score }),
  settings: z.record(z.string(), z.unknown()).describe("Parameters of metrics and scores"),
  decomposition: z.object({
    steps: z.array(z.object({
      name: z.string(),
      range: Range,
      total: Range,
      is_known: z.boolean(),
      words: z.string(),
    })),
    net: Range,
    is_exact: z.boolean(),
    net_without_incentives: Range,
    has_impermanent_loss: z.boolean(),
  }),
  series: z.object({
    t: z.array(Epoch),
    supply_apy: Line,
    borrow_apy: Line,
    incentive_apy: Line,
    utilization: Line,
    tvl_usd: Line,
    known_at: z.array(Epoch).describe("When each reading could be known"),
  }),
}).meta({ id: "PoolPage" });

export function poolPageToWire(
  detail: PoolDetail,
  { now, points }: { readonly now: UtcMs; readonly points: number },
): z.output<typeof PoolPage> {
  const { pool, metrics, scores, decomposition, settings, sources, held } = detail;
  return {
    pool: poolToWire(detail, { now, method: "v1" }),
    about: {
      kink: metrics.kink,
      kink_asof: metrics.kinkAt === null ? null : formatUtcMs(metrics.kinkAt),
      is_kink_fresh: metrics.isKinkFresh,
      compoundings_per_year: metrics.compoundings,
      reserve_factor: pool.reserveFactor,
      maturity_at: pool.maturityAt === null ? null : formatUtcMs(pool.maturityAt),
      age_days: metrics.ageDays,
      sources: sources.map(({ name, newestAt, staleSince }) => ({
        name,
        newest_at: newestAt === null ? null : formatUtcMs(newestAt),
        stale_since: staleSince === null ? null : formatUtcMs(staleSince),
      })),
      held,
    },
    metrics: {
      readings: metrics.readings,
      median_30d: metrics.median30,
      cv_30d: metrics.cv30,
      mad_30d: metrics.mad30,
      utilization_change: metrics.utilizationChange,
      is_spike: metrics.isSpike,
      organic_trend_30d: metrics.organicTrend30,
      stale_share: metrics.staleShare,
      stale_since: metrics.staleSince === null ? null : formatUtcMs(metrics.staleSince),
    },
    episodes: detail.episodes.map(({ kind, from, to, readings, peakUtilization, peakApy }) => ({
      kind,
      from: formatUtcMs(from),
      to: formatUtcMs(to),
      readings,
      peak_utilization: peakUtilization,
      peak_apy: peakApy,
    })),
    explained: { v0: scoreToWire(scores.v0), v1: scoreToWire(scores.v1) },
    settings,
    decomposition: {
      steps: decomposition.steps.map(({ name, range, total, isKnown, words }) => ({
        ...{ name, words, is_known: isKnown },
        range: rangeToWire(range),
        total: rangeToWire(total),
      })),
      net: rangeToWire(decomposition.net),
      is_exact: decomposition.isExact,
      net_without_incentives: rangeToWire(decomposition.netWithoutIncentives),
      has_impermanent_loss: decomposition.hasImpermanentLoss,
    },
    series: seriesToWire(detail.history, points),
  };
}

/** A term of a score, as the API tells it. */
export function partToWire({ isSure, ...part }: ScorePart): z.output<typeof Part> {
  return { ...part, is_sure: isSure };
}

function scoreToWire({ parts, ...score }: PoolDetail["scores"]["v1"]): z.output<typeof Score> {
  return { ...score, parts: parts.map(partToWire) };
}

function rangeToWire([low, high]: Interval): [number, number] {
  return [low, high];
}

/** The newest points. */
function seriesToWire(history: PoolHistory, points: number) {
  const from = Math.max(0, history.length - points);
  const line = (column: Float64Array) => Array.from(column.subarray(from), finiteOrNull);
  return {
    t: [...history.ts.subarray(from)],
    supply_apy: line(history.supplyApy),
    borrow_apy: line(history.borrowApy),
    incentive_apy: line(history.incentiveApy),
    utilization: line(history.utilization),
    tvl_usd: line(history.tvlUsd),
    known_at: [...history.knownAt.subarray(from)],
  };
}
