import { kinkWords } from "./kinks.ts";
import type { Pool } from "./pool.ts";
import type { PoolMetrics } from "./pool_metrics.ts";
import {
  CV_HALF,
  type FactorName,
  FACTORS,
  factorsV1,
  MATURITY_DAYS,
  netApy,
  type ScoreMethodName,
  scoreV0,
  scoreV1,
  stabilityScore,
} from "./pool_scores.ts";
import type { PoolSettings } from "./pool_settings.ts";

/** One term of a score: what went in, what came out, and why it is missing where it is. */
export interface ScorePart {
  readonly name: string;
  /** What was measured, in the unit of `unit`. */
  readonly value: number | null;
  readonly unit: string;
  /** v0: points that it adds. v1: the factor, 0 to 1. */
  readonly result: number | null;
  readonly weight: number;
  readonly formula: string;
  readonly reason: string | null;
  /** False where it stands on an assumption or an old fact: the coverage leaves it out. */
  readonly isSure: boolean;
}

/** A score with all that it is made of. */
export interface ExplainedScore {
  readonly method: ScoreMethodName;
  /** v0 has no fixed range, v1 is 0 to 100; `null` where the pool can't be rated. */
  readonly score: number | null;
  /** Share of the weights that stands on known, fresh readings. */
  readonly coverage: number;
  readonly parts: readonly ScorePart[];
  /** Why there is no score. */
  readonly reason: string | null;
}

/** Both methods, always together. */
export interface PoolScores {
  readonly stabilityScore: number | null;
  readonly v0: ExplainedScore;
  readonly v1: ExplainedScore;
}

/** A pool scored by both methods from its metrics. */
export function poolScores(pool: Pool, { metrics, settings }: Scored): PoolScores {
  return {
    stabilityScore: stabilityScore(metrics, settings),
    v0: explainV0(metrics, settings),
    v1: explainV1(pool, { metrics, settings }),
  };
}

interface Scored {
  readonly metrics: PoolMetrics;
  readonly settings: PoolSettings;
}

function explainV0(metrics: PoolMetrics, settings: PoolSettings): ExplainedScore {
  const { a, b, w1, w2, w3, w4 } = settings.v0;
  const swing = metrics.volatilityPp === null
    ? "swing"
    : `swing of ${metrics.volatilityPp.toFixed(2)}`;
  const spike = metrics.isSpike ? ` − ${b} for the spike` : "";
  const words: Readonly<Record<string, string>> = {
    stability_score: `; stability 100 − ${a} × ${swing} points${spike}, 0 to 100`,
  };
  const points = (apy: number | null) => apy === null ? null : apy * 100;
  const stability = stabilityScore(metrics, settings);
  const rows = [
    { name: "supply_apy", value: points(metrics.supplyApy), unit: "%", weight: w1 },
    { name: "stability_score", value: stability, unit: "points", weight: w2 },
    { name: "incentive_apy", value: points(metrics.incentiveApy), unit: "%", weight: w3 },
    { name: "borrow_apy", value: points(metrics.borrowApy), unit: "%", weight: -w4 },
  ];
  const parts = rows.map(({ value, weight, ...row }): ScorePart => ({
    ...row,
    value,
    weight,
    result: value === null ? null : value * weight,
    formula: `${weight} × ${row.name}${words[row.name] ?? ""}`,
    reason: value === null ? "Not known" : null,
    isSure: true,
  }));
  return {
    method: "v0",
    score: scoreV0(metrics, settings),
    coverage: coverageOf(parts, metrics),
    parts,
    reason: stability === null ? "Fewer than two readings: no volatility" : null,
  };
}

function explainV1(pool: Pool, { metrics, settings }: Scored): ExplainedScore {
  const factors = factorsV1(pool.structure, { inputs: metrics, settings });
  const words = wordsOf(pool, { metrics, settings });
  const parts = FACTORS.map((name): ScorePart => {
    const { missing, ...told } = words[name];
    const result = factors[name];
    const weight = settings.v1.weights[name];
    const isSure = name !== "utilization" || metrics.isKinkFresh;
    return { name, weight, result, ...told, reason: result === null ? missing : null, isSure };
  });
  const coverage = coverageOf(parts, metrics);
  const score = scoreV1(pool.structure, { inputs: metrics, settings });
  const least = percent(settings.v1.min_coverage);
  return {
    method: "v1",
    score,
    coverage,
    parts,
    reason: score === null ? `Coverage ${percent(coverage)} is below ${least}` : null,
  };
}

type FactorWords = Pick<ScorePart, "value" | "unit" | "formula"> & { readonly missing: string };

function wordsOf(
  pool: Pool,
  { metrics, settings }: Scored,
): Readonly<Record<FactorName, FactorWords>> {
  const { cv30, tvlUsd, utilization, ageDays, isKinkFresh } = metrics;
  const uncounted = isKinkFresh ? "" : "; on such a kink it counts for no coverage";
  return {
    yield: {
      value: netApy(metrics, settings),
      unit: "fraction",
      formula: `net / (net + ${settings.v1.risk_free} risk-free)`,
      missing: "",
    },
    stability: {
      value: cv30,
      unit: "ratio",
      formula: `1 / (1 + CV30 / ${CV_HALF})`,
      missing: "Fewer than 7 readings in 30 days, or no yield",
    },
    liquidity: {
      value: tvlUsd,
      unit: "USD",
      formula: "√(TVL from 100 k to 1 B, logarithmic, × (1 − position / withdrawable))",
      missing: "TVL not known",
    },
    structure: {
      value: null,
      unit: pool.structure ?? "",
      formula: "single 1, pegged 0.95, correlated 0.85, uncorrelated 0.6",
      missing: "Tokens not known",
    },
    utilization: {
      value: utilization,
      unit: "fraction",
      formula: `1 up to the ${kinkWords(metrics, percent)}, then down to 0.2 at 100%${uncounted}`,
      missing: "Utilisation not known",
    },
    maturity: {
      value: ageDays,
      unit: "days",
      formula: `1 − e^(−age / ${MATURITY_DAYS} d)`,
      missing: "",
    },
  };
}

/** The share of weight that is surely known, less the share of readings that are old. */
function coverageOf(
  parts: readonly ScorePart[],
  { staleShare }: Pick<PoolMetrics, "staleShare">,
): number {
  const size = (some: readonly ScorePart[]) =>
    some.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
  const all = size(parts);
  const known = size(parts.filter(({ result, isSure }) => result !== null && isSure));
  return all === 0 ? 0 : known / all * (1 - staleShare);
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
