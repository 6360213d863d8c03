import type { Random } from "../ports/mod.ts";
import { roundScore } from "./combine.ts";
import { WEIGHT_TOLERANCE } from "./method.ts";
import { rankOf } from "./percentile.ts";
import type { ScoreTables } from "./score_tables.ts";
import type { PlainScore } from "./scorecard.ts";
import { seededRandom } from "./seeded_random.ts";

export type Span = readonly [low: number, high: number];

/** How far a score and a rank move under methods that are as good as ours. */
export interface Uncertainty {
  /** Holds the score; `null` without one, and where too few draws gave one. */
  readonly band: Span | null;
  /** Best and worst rank; holds the rank. */
  readonly rankInterval: Span | null;
}

/** What one draw changes of the method. */
interface Variation {
  readonly weights: Float64Array;
  /** Window of the grid by metric; `DROPPED` for one that is left out. */
  readonly windows: Int8Array;
}

const DROPPED = -1;
/** Share of the draws that must give a score for there to be a band. */
const MIN_DRAWS = 0.5;

/**
 * Scores the market under seeded variations of the method: weights and windows within their
 * spreads, a few metrics dropped. The same tables give the same numbers to the last bit.
 */
export function drawUncertainty(
  tables: ScoreTables,
  scores: readonly Pick<PlainScore, "score" | "rank">[],
): readonly Uncertainty[] {
  const { seed, draws, band } = tables.method.uncertainty;
  const random = seededRandom(seed);
  const drawnScores = scores.map(() => new Float64Array(draws));
  const drawnRanks = scores.map(() => new Float64Array(draws));
  for (let draw = 0; draw < draws; draw++) {
    const drawn = scoreDraw(tables, vary(tables, random));
    const ranks = rankOf(drawn, tables.isMember);
    drawnScores.forEach((column, asset) => column[draw] = drawn[asset] ?? NaN);
    drawnRanks.forEach((column, asset) => column[draw] = ranks[asset] ?? NaN);
  }
  return scores.map(({ score, rank }, asset) => ({
    band: intervalOf(drawnScores[asset], { around: score, quantiles: band }),
    rankInterval: intervalOf(drawnRanks[asset], { around: rank, quantiles: band }),
  }));
}

function vary({ method, metrics }: ScoreTables, random: Random): Variation {
  const { weight_spread, dropped_metrics } = method.uncertainty;
  const weights = Float64Array.from(
    method.pillars,
    ({ weight }) => weight * (1 + weight_spread * (2 * random() - 1)),
  );
  const windows = Int8Array.from(
    metrics,
    ({ percentiles }) => Math.floor(random() * percentiles.length),
  );
  for (let drop = 0; drop < dropped_metrics; drop++) {
    windows[Math.floor(random() * metrics.length)] = DROPPED;
  }
  return { weights, windows };
}

/** The score of each asset under a variation; NaN where it is not covered. */
function scoreDraw(tables: ScoreTables, variation: Variation): Float64Array {
  const { method, assetIds } = tables;
  const isGeometric = method.combine === "geometric";
  const total = new Float64Array(assetIds.length);
  const drawnWeight = new Float64Array(assetIds.length);
  // Coverage is a matter of data: by the weights as planned, not as drawn.
  const coverage = new Float64Array(assetIds.length);
  method.pillars.forEach((pillar, at) => {
    const weight = variation.weights[at] ?? 0;
    scorePillar(tables, { pillar: at, windows: variation.windows }).forEach((score, asset) => {
      if (score !== score) return;
      total[asset] = (total[asset] ?? 0) + weight * (isGeometric ? Math.log(score) : score);
      drawnWeight[asset] = (drawnWeight[asset] ?? 0) + weight;
      coverage[asset] = (coverage[asset] ?? 0) + pillar.weight;
    });
  });
  return total.map((sum, asset) => {
    if ((coverage[asset] ?? 0) < method.min_coverage - WEIGHT_TOLERANCE) return NaN;
    const mean = sum / (drawnWeight[asset] ?? NaN);
    return isGeometric ? Math.exp(mean) : mean;
  });
}

/** The pillar's score of each asset at these windows; NaN where too few metrics are present. */
function scorePillar(
  { method, assetIds, metrics }: ScoreTables,
  { pillar, windows }: { pillar: number; windows: Int8Array },
): Float64Array {
  const sum = new Float64Array(assetIds.length);
  const present = new Float64Array(assetIds.length);
  let own = 0;
  metrics.forEach((table, index) => {
    const percentiles = table.pillar === pillar
      ? table.percentiles[windows[index] ?? DROPPED]
      : undefined;
    if (percentiles === undefined) return;
    own++;
    percentiles.forEach((percentile, asset) => {
      if (percentile !== percentile) return;
      sum[asset] = (sum[asset] ?? 0) + percentile;
      present[asset] = (present[asset] ?? 0) + 1;
    });
  });
  return sum.map((total, asset) => {
    const count = present[asset] ?? 0;
    return count > 0 && count >= own * method.min_metrics ? total / count : NaN;
  });
}

/** The quantiles of the draws that gave a value, outward, stretched to hold the value itself. */
function intervalOf(
  drawn: Float64Array | undefined,
  { around, quantiles: [low, high] }: { around: number | null; quantiles: Span },
): Span | null {
  if (around === null || drawn === undefined) return null;
  const sorted = drawn.filter((value) => value === value).sort();
  if (sorted.length < drawn.length * MIN_DRAWS || sorted.length === 0) return null;
  const last = sorted.length - 1;
  const lowest = sorted[Math.floor(last * low)] ?? NaN;
  const highest = sorted[Math.ceil(last * high)] ?? NaN;
  return [Math.min(roundScore(lowest), around), Math.max(roundScore(highest), around)];
}
