import { clampFraction, logShare } from "./score_curves.ts";
import type { PoolStructure } from "./pool.ts";
import type { ScoreInputs } from "./pool_readings.ts";
import type { PoolSettings } from "./pool_settings.ts";

export const SCORE_METHODS = ["v1", "v0"] as const;
export type ScoreMethodName = typeof SCORE_METHODS[number];

/** `clamp(100 - a volatility - b spike, 0, 100)`, the volatility in percentage points. */
export function stabilityScore(
  { volatilityPp, isSpike }: Pick<ScoreInputs, "volatilityPp" | "isSpike">,
  { v0: { a, b } }: Pick<PoolSettings, "v0">,
): number | null {
  if (volatilityPp === null) return null;
  return Math.min(100, Math.max(0, 100 - a * volatilityPp - (isSpike ? b : 0)));
}

/**
 * Method `v0`: `w1 supply_apy + w2 stability_score + w3 incentive_apy - w4 borrow_apy`, APYs in
 * percentage points. A sum has no term for what is not known: it adds nothing, is told as missing
 * and lowers the coverage. Without stability there is no score.
 */
export function scoreV0(inputs: ScoreInputs, settings: PoolSettings): number | null {
  const stability = stabilityScore(inputs, settings);
  if (stability === null) return null;
  const { w1, w2, w3, w4 } = settings.v0;
  const { supplyApy, incentiveApy, borrowApy } = inputs;
  return w1 * supplyApy * 100 + w2 * stability + w3 * (incentiveApy ?? 0) * 100 -
    w4 * (borrowApy ?? 0) * 100;
}

/**
 * Method `v1`: `100 product of s_k^w_k` over yield, stability, liquidity, structure, utilization
 * and maturity, the weights shared over the factors that are known. Below the least coverage the
 * pool is not rated; utilization against a kink that is assumed or old does not count for it.
 */
export function scoreV1(
  structure: PoolStructure | null,
  { inputs, settings }: { readonly inputs: ScoreInputs; readonly settings: PoolSettings },
): number | null {
  const { weights, min_coverage } = settings.v1;
  const factors = factorsV1(structure, { inputs, settings });
  let logs = 0;
  let known = 0;
  let all = 0;
  const unsure = inputs.isKinkFresh || factors.utilization === null ? 0 : weights.utilization;
  const count = (factor: number | null, weight: number) => {
    all += weight;
    if (factor === null || weight === 0) return;
    logs += weight * Math.log(factor);
    known += weight;
  };
  // Named one by one: a simulation asks often enough for a lookup by a changing name to show.
  count(factors.yield, weights.yield);
  count(factors.stability, weights.stability);
  count(factors.liquidity, weights.liquidity);
  count(factors.structure, weights.structure);
  count(factors.utilization, weights.utilization);
  count(factors.maturity, weights.maturity);
  const isRated = known > 0 && (known - unsure) / all * (1 - inputs.staleShare) >= min_coverage;
  return isRated ? 100 * Math.exp(logs / known) : null;
}

/** Yield after rewards are sold, at least: rewards that nobody tells of are not counted on. */
export function netApy(
  { supplyApy, incentiveApy }: Pick<ScoreInputs, "supplyApy" | "incentiveApy">,
  { reward_haircut }: Pick<PoolSettings, "reward_haircut">,
): number {
  return supplyApy + (incentiveApy ?? 0) * (1 - reward_haircut);
}

export const FACTORS = [
  "yield",
  "stability",
  "liquidity",
  "structure",
  "utilization",
  "maturity",
] as const;
export type FactorName = typeof FACTORS[number];
type Factors = Readonly<Record<FactorName, number | null>>;

const STRUCTURE_FACTORS: Readonly<Record<PoolStructure, number>> = {
  single: 1,
  pegged: 0.95,
  correlated: 0.85,
  uncorrelated: 0.6,
};
/** Deviation of half the mean halves the factor. */
export const CV_HALF = 0.5;
/** What is left of the factor when all is lent. */
const FULL_FACTOR = 0.2;
export const MATURITY_DAYS = 180;
/** TVLs that count for nothing and for all, on a logarithmic scale between. */
const TVL_RANGE = { low: 1e5, high: 1e9 };

/** The factors of `v1`, each from 0 to 1. */
export function factorsV1(
  structure: PoolStructure | null,
  { inputs, settings }: { readonly inputs: ScoreInputs; readonly settings: PoolSettings },
): Factors {
  const { cv30, utilization, kink, ageDays } = inputs;
  const net = netApy(inputs, settings);
  return {
    yield: net > 0 ? net / (net + settings.v1.risk_free) : 0,
    stability: cv30 === null ? null : 1 / (1 + cv30 / CV_HALF),
    liquidity: liquidityFactor(inputs, settings),
    structure: structure && STRUCTURE_FACTORS[structure],
    utilization: utilization === null ? null : utilizationFactor(utilization, kink),
    maturity: 1 - Math.exp(-ageDays / MATURITY_DAYS),
  };
}

/** 1 up to the kink, from there straight down to 0.2 when all is lent. */
export function utilizationFactor(utilization: number, kink: number): number {
  if (utilization <= kink) return 1;
  const above = kink < 1 ? clampFraction((utilization - kink) / (1 - kink)) : 1;
  return 1 - (1 - FULL_FACTOR) * above;
}

function liquidityFactor(
  { tvlUsd, withdrawableUsd }: Pick<ScoreInputs, "tvlUsd" | "withdrawableUsd">,
  { v1: { position_usd } }: PoolSettings,
): number | null {
  if (tvlUsd === null) return null;
  const size = logShare(tvlUsd, TVL_RANGE);
  if (withdrawableUsd === null) return size;
  const exit = withdrawableUsd > 0 ? clampFraction(1 - position_usd / withdrawableUsd) : 0;
  return Math.sqrt(size * exit);
}
