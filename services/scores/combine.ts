import type { ScoreMethod } from "./method.ts";

/** Where an asset without any strength or weakness stands. */
export const NEUTRAL = 50;

/**
 * Scores and their parts are whole multiples of 1 / 1024: sums of such numbers are exact in
 * float64, in any order, so that parts add up to their score to the last bit.
 */
const UNITS_PER_POINT = 1024;

/** A pillar that has a score, with its share of the weights after re-sharing. */
export interface WeightedPillar {
  readonly score: number;
  readonly weight: number;
  /** Percentiles of its present metrics, whose mean is `score`. */
  readonly percentiles: readonly number[];
}

/** A score as it is published: the nearest multiple of 1 / 1024. */
export function roundScore(score: number): number {
  return Math.round(score * UNITS_PER_POINT) / UNITS_PER_POINT;
}

/** The overall score of present pillars whose weights add up to 1; all scores above 0. */
export function combinePillars(
  pillars: readonly Pick<WeightedPillar, "score" | "weight">[],
  combine: ScoreMethod["combine"],
): number {
  if (combine === "arithmetic") {
    return pillars.reduce((sum, { score, weight }) => sum + weight * score, 0);
  }
  return Math.exp(pillars.reduce((sum, { score, weight }) => sum + weight * Math.log(score), 0));
}

/**
 * What each metric of each pillar adds to `NEUTRAL` to make the score, in points, rounded so that
 * `NEUTRAL` and all of them are the rounded score to the last bit.
 *
 * An arithmetic mean splits by itself. A geometric one is split by the logarithmic mean
 * L(a, b) = (a - b) / ln(a / b): score - 50 = L(score, 50) Σ w_k ln(s_k / 50), and
 * ln(s_k / 50) = Σ (p_i - 50) / m / L(s_k, 50), so that nothing is left over (the decomposition
 * known as LMDI-I; Ang 2004).
 */
export function contributionsOf(
  pillars: readonly WeightedPillar[],
  { score, combine }: { score: number; combine: ScoreMethod["combine"] },
): readonly (readonly number[])[] {
  const exact = pillars.map(({ score: pillar, weight, percentiles }) => {
    const factor = combine === "arithmetic"
      ? weight
      : weight * logarithmicMean(score, NEUTRAL) / logarithmicMean(pillar, NEUTRAL);
    return percentiles.map((percentile) => factor * (percentile - NEUTRAL) / percentiles.length);
  });
  const rounded = roundParts(exact.flat(), roundScore(score) - NEUTRAL);
  let taken = 0;
  return exact.map(({ length }) => rounded.slice(taken, taken += length));
}

/** (a - b) / ln(a / b), and `a` where both are equal. */
export function logarithmicMean(a: number, b: number): number {
  const gap = a - b;
  // ln(1 + x) keeps its digits where a and b nearly touch.
  return gap === 0 ? a : gap / Math.log1p(gap / b);
}

/**
 * The parts in whole multiples of 1 / 1024 that add up to `whole`, which is one: each is rounded
 * down, and the units left over go to the largest remainders, the first of equals before.
 */
export function roundParts(parts: readonly number[], whole: number): readonly number[] {
  if (parts.length === 0) return [];
  const floors = parts.map((part) => Math.floor(part * UNITS_PER_POINT));
  const left = Math.round(whole * UNITS_PER_POINT) - floors.reduce((sum, part) => sum + part, 0);
  const order = parts.map((part, at) => ({ at, rest: part * UNITS_PER_POINT - (floors[at] ?? 0) }))
    .sort((a, b) => b.rest - a.rest || a.at - b.at);
  // Every part takes the same share, and those with the largest remainders one unit more.
  const share = Math.floor(left / parts.length);
  const more = new Set(order.slice(0, left - share * parts.length).map(({ at }) => at));
  return floors.map((part, at) => (part + share + Number(more.has(at))) / UNITS_PER_POINT);
}
