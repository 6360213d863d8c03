import { z } from "zod";
import { formatUtcMs } from "../../services/kernel/time.ts";
import type { AssetLabel } from "../../services/market/mod.ts";
import {
  type Honesty,
  HORIZONS,
  NEUTRAL,
  pillarContribution,
  PILLARS,
  type PillarScore,
  type Scorecard,
  type ScoreChange,
  type ScoreDetail,
  type ScoreMethod,
  type ScorePoint,
  type ScoreRun,
} from "../../services/scores/mod.ts";
import { Instant } from "./schemas.ts";

const Day = z.string().meta({ format: "date" });
const Value = z.number().nullable();
const Span = z.tuple([z.number(), z.number()]).nullable();
const Letter = z.string().nullable();

const ROW_SHAPE = {
  asset_id: z.string(),
  symbol: z.string(),
  name: z.string(),
  themes: z.array(z.string()),
  score: Value.describe("0 to 100; null below the least coverage"),
  band: Span.describe("Where the score lies under methods as good as this one"),
  rank: z.int().nullable().describe("1 is the best; null outside the reference set"),
  rank_interval: Span,
  grade: Letter.describe("Changes only once the band clears a threshold twice"),
  pending_grade: Letter.describe("Waits for another run to agree"),
  pillars: z.partialRecord(z.enum(PILLARS), Value).describe("Score of each; null without data"),
  coverage: z.number().describe("Share of the weights that stands on data, a fraction"),
  outside: z.string().nullable().describe("Why it is not in the reference set; null for members"),
  method: z.string(),
  asof: Instant.describe("End of the day that is scored"),
  data_asof: Instant.describe("End of the last day of its candles"),
  source: z.string(),
  demo: z.boolean(),
};

/** One line of the list of scores. */
export const ScoreRow = z.object(ROW_SHAPE).meta({ id: "Score" });

const Metric = z.object({
  id: z.string(),
  label: z.string(),
  formula: z.string(),
  unit: z.enum(["points", "fraction"]),
  days: z.int(),
  more_is: z.enum(["better", "worse"]),
  raw: Value,
  percentile: Value.describe("Inside the reference set, 100 the best"),
  rank: z.int().nullable(),
  ranked: z.int().describe("Members that have it"),
  weight: Value.describe("Share of the score, a fraction"),
  contribution: Value.describe("Points added to the neutral score"),
  asof: Instant,
  source: z.string(),
  reason: z.string().nullable().describe("Why there is no raw value"),
});

const Explanation = z.object({
  neutral: z.number().describe("Score of an asset without any strength or weakness"),
  score: Value.describe("neutral and all contributions, to the last bit"),
  pillars: z.array(z.object({
    id: z.enum(PILLARS),
    label: z.string(),
    weight: z.number().describe("As the method has it"),
    used_weight: Value.describe("After the weight of missing pillars is shared out"),
    score: Value,
    contribution: Value,
    metrics: z.array(Metric),
  })),
}).meta({ id: "ScoreExplanation" });

/** How a score moved since the day before. */
export const Change = z.object({
  asset_id: z.string(),
  from: Day,
  to: Day,
  score: Value.describe("Points; null unless both days have a score"),
  ranks_gained: z.int().nullable(),
  grade_before: Letter,
  grade_after: Letter,
  event: z.enum(["entered", "left"]).nullable(),
  metrics: z.array(z.object({
    pillar: z.string(),
    metric: z.string(),
    label: z.string(),
    points: z.number(),
    added_before: Value.describe("Points that it added to the score; null if it was not counted"),
    added_after: Value,
    raw_before: Value,
    raw_after: Value,
  })).describe("Add up to score to the last bit"),
}).meta({ id: "ScoreChange" });

const Lineage = z.object({
  method: z.string(),
  universe: z.string(),
  weights: z.string(),
  inputs: z.string(),
}).describe("sha-256 of what the run stands on: equal hashes mean equal results");

const Point = z.object({
  day: Day,
  score: Value,
  band: Span,
  rank: z.int().nullable(),
  grade: Letter,
  coverage: z.number(),
});

/** An asset's score with what led to it. */
export const Detail = z.object({
  ...ROW_SHAPE,
  lineage: Lineage,
  universe: z.array(z.string()).describe("Members of the reference set"),
  previous_day: Day.nullable().describe("The run whose letters it goes on from"),
  explanation: Explanation,
  change: Change.nullable(),
  history: z.array(Point),
}).meta({ id: "Scorecard" });

/** A way of scoring. */
export const Method = z.object({
  method: z.string(),
  label: z.string(),
  combine: z.enum(["geometric", "arithmetic"]),
  min_coverage: z.number(),
  universe: z.object({
    min_daily_candles: z.int(),
    volume_days: z.int(),
    min_median_volume_usd: z.number(),
    apart_themes: z.array(z.string()),
  }),
  grades: z.array(z.object({ letter: z.string(), min: z.number() })),
  pillars: z.array(z.object({
    id: z.enum(PILLARS),
    label: z.string(),
    weight: z.number(),
    metrics: z.array(z.object({
      id: z.string(),
      label: z.string(),
      days: z.int(),
      more_is: z.enum(["better", "worse"]),
    })),
  })),
}).meta({ id: "ScoreMethod" });

/** How scores went with what followed. */
export const HonestyReport = z.object({
  method: z.string(),
  from: Day.nullable(),
  to: Day.nullable(),
  rows: z.array(z.object({
    subject: z.enum([...PILLARS, "overall"]),
    horizon_days: z.literal(HORIZONS),
    correlation: Value.describe("Mean over the days of Spearman's rank correlation"),
    standard_error: Value,
    positive: Value.describe("Share of the days with a correlation above 0"),
    n: z.int().describe("Days, a horizon apart"),
  })),
  pending: z.int().describe("Days that belong to the figures and are still to be measured"),
  measured_at: Instant.nullable().describe("When the newest of the days was measured"),
}).meta({ id: "ScoreHonesty" });

const moreIs = (sign: 1 | -1) => sign === 1 ? "better" as const : "worse" as const;

/** A card as one line of the list. */
export function rowToWire(
  card: Scorecard,
  { run, label }: { readonly run: ScoreRun; readonly label: AssetLabel },
): z.output<typeof ScoreRow> {
  const { grade } = card;
  return {
    asset_id: card.assetId,
    symbol: label.symbol,
    name: label.name,
    themes: [...label.themes],
    score: card.score,
    band: card.band && [...card.band],
    rank: card.rank,
    rank_interval: card.rankInterval && [...card.rankInterval],
    grade: grade?.letter ?? null,
    pending_grade: grade?.pending?.letter ?? null,
    pillars: Object.fromEntries(card.pillars.map(({ id, score }) => [id, score])),
    coverage: card.coverage,
    outside: card.outside,
    method: run.method,
    asof: formatUtcMs(run.asof),
    data_asof: formatUtcMs(card.asof),
    source: card.source,
    demo: card.isDemo,
  };
}

/** An asset's score with its explanation, its change and its history. */
export function detailToWire(
  { run, card, change, history }: ScoreDetail,
  label: AssetLabel,
): z.output<typeof Detail> {
  return {
    ...rowToWire(card, { run, label }),
    lineage: run.lineage,
    universe: [...run.universe],
    previous_day: run.previousDay,
    explanation: {
      neutral: NEUTRAL,
      score: card.score,
      pillars: card.pillars.map((pillar) => pillarToWire(pillar, card)),
    },
    change: change && changeToWire(change),
    history: history.map(pointToWire),
  };
}

function pillarToWire(
  pillar: PillarScore,
  { asof, source }: Scorecard,
) {
  const { id, label, weight, usedWeight, score, metrics } = pillar;
  return {
    id,
    label,
    weight,
    used_weight: usedWeight,
    score,
    contribution: pillarContribution(pillar),
    metrics: metrics.map(({ sign, ...metric }) => ({
      ...metric,
      more_is: moreIs(sign),
      asof: formatUtcMs(asof),
      source,
    })),
  };
}

function pointToWire({ day, score, band, rank, letter, coverage }: ScorePoint) {
  return { day, score, band: band && [...band] as [number, number], rank, grade: letter, coverage };
}

/** How an asset's score moved. */
export function changeToWire(change: ScoreChange): z.output<typeof Change> {
  return {
    asset_id: change.assetId,
    from: change.from,
    to: change.to,
    score: change.score,
    ranks_gained: change.ranksGained,
    grade_before: change.letterBefore,
    grade_after: change.letterAfter,
    event: change.event,
    metrics: change.metrics.map((metric) => ({
      pillar: metric.pillar,
      metric: metric.metric,
      label: metric.label,
      points: metric.points,
      added_before: metric.addedBefore,
      added_after: metric.addedAfter,
      raw_before: metric.rawBefore,
      raw_after: metric.rawAfter,
    })),
  };
}

/** A method as clients read it: its file without what the draws vary. */
export function methodToWire(method: ScoreMethod): z.output<typeof Method> {
  const { version, label, combine, min_coverage, universe, grades, pillars } = method;
  return {
    method: version,
    ...{ label, combine, min_coverage, universe },
    grades: grades.letters,
    pillars: pillars.map(({ metrics, ...pillar }) => ({
      ...pillar,
      metrics: metrics.map(({ id, label, days, sign }) => ({
        ...{ id, label, days },
        more_is: moreIs(sign),
      })),
    })),
  };
}

/** The honesty of a method. */
export function honestyToWire(
  { method, from, to, rows, pending, measuredAt }: Honesty,
): z.output<typeof HonestyReport> {
  return {
    ...{ method, from, to },
    rows: rows.map(({ subject, horizon, correlation, standardError, positive, n }) => ({
      subject,
      horizon_days: horizon,
      correlation,
      standard_error: standardError,
      positive,
      n,
    })),
    pending,
    measured_at: measuredAt === null ? null : formatUtcMs(measuredAt),
  };
}
