import { combinePillars, contributionsOf, roundScore, type WeightedPillar } from "./combine.ts";
import { MEASURE_FACTS } from "./measures.ts";
import {
  type MetricDefinition,
  type PillarDefinition,
  type PillarId,
  type ScoreMethod,
  WEIGHT_TOLERANCE,
} from "./method.ts";
import { rankOf } from "./percentile.ts";
import type { MetricTable, ScoreTables } from "./score_tables.ts";

/** A metric's part in an asset's score. */
export interface MetricScore {
  readonly id: string;
  readonly label: string;
  readonly formula: string;
  readonly unit: "points" | "fraction";
  readonly days: number;
  /** 1 where more is better, -1 where less is. */
  readonly sign: 1 | -1;
  readonly raw: number | null;
  /** 0 to 100 inside the reference set, 100 the best. */
  readonly percentile: number | null;
  /** Place among the members of the reference set that have the metric; `null` outside it. */
  readonly rank: number | null;
  readonly ranked: number;
  /** Share of the score's weights; `null` where the metric or its pillar is missing. */
  readonly weight: number | null;
  /** Points added to 50; `null` where nothing is scored. */
  readonly contribution: number | null;
  /** Why there is no raw value. */
  readonly reason: string | null;
}

export interface PillarScore {
  readonly id: PillarId;
  readonly label: string;
  /** As the method has it. */
  readonly weight: number;
  /** After the weight of missing pillars is shared out; `null` for a missing one. */
  readonly usedWeight: number | null;
  /** Mean percentile of its present metrics; `null` where fewer than half are. */
  readonly score: number | null;
  readonly metrics: readonly MetricScore[];
}

/** What an asset's score is, without how far it might be off. */
export interface PlainScore {
  readonly assetId: string;
  /** Why the asset stands outside the reference set; `null` for members. */
  readonly outside: string | null;
  /** 0 to 100, a multiple of 1 / 1024; `null` below the least coverage. */
  readonly score: number | null;
  /** Place among scored members, 1 the best, equals sharing it. */
  readonly rank: number | null;
  /** Share of the method's weights that stands on data. */
  readonly coverage: number;
  readonly pillars: readonly PillarScore[];
}

/** The score of each asset with its parts, in the order of the tables. */
export function scoreAssets(tables: ScoreTables): readonly PlainScore[] {
  const metrics = tables.metrics.map((table) => rankedMetric(tables, table));
  const scores = tables.assetIds.map((assetId, asset) =>
    scoreAsset(tables, { assetId, asset, metrics })
  );
  const column = Float64Array.from(scores, ({ score }) => score ?? NaN);
  const ranks = rankOf(column, tables.isMember);
  return scores.map((score, asset) => ({ ...score, rank: presentOf(ranks[asset]) }));
}

/** A metric at its own window, with the places of the members. */
interface RankedMetric extends Pick<MetricTable, "pillar" | "metric" | "raw"> {
  readonly percentiles: Float64Array;
  readonly ranks: Float64Array;
  readonly ranked: number;
}

function rankedMetric(
  { isMember, center }: ScoreTables,
  { pillar, metric, raw, percentiles: byWindow }: MetricTable,
): RankedMetric {
  const percentiles = byWindow[center] ?? new Float64Array();
  const ranks = rankOf(percentiles, isMember);
  const ranked = ranks.filter((rank) => rank === rank).length;
  return { pillar, metric, raw, percentiles, ranks, ranked };
}

/** What a pillar of an asset is made of, before the pillars are weighed. */
interface PillarDraft {
  readonly definition: PillarDefinition;
  readonly metrics: readonly MetricDraft[];
  readonly percentiles: readonly number[];
  readonly score: number | null;
}

interface MetricDraft {
  readonly metric: MetricDefinition;
  readonly raw: number | null;
  readonly percentile: number | null;
  readonly rank: number | null;
  readonly ranked: number;
}

function scoreAsset(
  { method, outside }: ScoreTables,
  { assetId, asset, metrics }: {
    assetId: string;
    asset: number;
    metrics: readonly RankedMetric[];
  },
): Omit<PlainScore, "rank"> {
  const drafts = method.pillars.map((definition, pillar) => {
    const own = metrics.filter((metric) => metric.pillar === pillar);
    return draftPillar(definition, { asset, metrics: own, method });
  });
  const scored = drafts.filter(({ score }) => score !== null);
  const coverage = scored.reduce((sum, { definition }) => sum + definition.weight, 0);
  const weighted: readonly WeightedPillar[] = scored.map(({ definition, score, percentiles }) => ({
    score: score ?? NaN,
    weight: definition.weight / coverage,
    percentiles,
  }));
  const isCovered = scored.length > 0 && coverage >= method.min_coverage - WEIGHT_TOLERANCE;
  const score = isCovered ? combinePillars(weighted, method.combine) : null;
  const parts = score === null
    ? null
    : contributionsOf(weighted, { score, combine: method.combine });
  return {
    assetId,
    outside: outside[asset] ?? null,
    score: score === null ? null : roundScore(score),
    coverage,
    pillars: drafts.map((draft) => {
      const place = scored.indexOf(draft);
      return finishPillar(draft, {
        usedWeight: weighted[place]?.weight ?? null,
        contributions: parts?.[place] ?? null,
      });
    }),
  };
}

function draftPillar(
  definition: PillarDefinition,
  { asset, metrics, method }: {
    asset: number;
    metrics: readonly RankedMetric[];
    method: ScoreMethod;
  },
): PillarDraft {
  const drafts = metrics.map(({ metric, raw, percentiles, ranks, ranked }): MetricDraft => ({
    metric,
    raw: presentOf(raw[asset]),
    percentile: presentOf(percentiles[asset]),
    rank: presentOf(ranks[asset]),
    ranked,
  }));
  const percentiles = drafts.flatMap(({ percentile }) => percentile === null ? [] : [percentile]);
  const isScored = percentiles.length > 0 &&
    percentiles.length >= drafts.length * method.min_metrics;
  const sum = percentiles.reduce((total, percentile) => total + percentile, 0);
  return {
    definition,
    metrics: drafts,
    percentiles,
    score: isScored ? sum / percentiles.length : null,
  };
}

function finishPillar(
  { definition: { id, label, weight }, metrics, percentiles, score }: PillarDraft,
  { usedWeight, contributions }: {
    usedWeight: number | null;
    contributions: readonly number[] | null;
  },
): PillarScore {
  let taken = 0;
  return {
    id,
    label,
    weight,
    usedWeight,
    score,
    metrics: metrics.map(({ metric, ...values }) => {
      const isPresent = values.percentile !== null;
      return {
        id: metric.id,
        label: metric.label,
        formula: MEASURE_FACTS[metric.measure].formula,
        unit: MEASURE_FACTS[metric.measure].unit,
        days: metric.days,
        sign: metric.sign,
        ...values,
        weight: isPresent && usedWeight !== null ? usedWeight / percentiles.length : null,
        contribution: isPresent ? contributions?.[taken++] ?? null : null,
        reason: values.raw === null ? whyMissing(metric) : null,
      };
    }),
  };
}

function whyMissing({ measure, days }: MetricDefinition): string {
  return MEASURE_FACTS[measure].column === null
    ? "No source of it is stored"
    : `Too few of its ${days} days have what it needs`;
}

function presentOf(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
