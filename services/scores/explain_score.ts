import type { Explanation, ExplanationInput } from "../market/mod.ts";
import { NEUTRAL } from "./combine.ts";
import type { ScoreMethod } from "./method.ts";
import type { Scorecard } from "./score_run.ts";
import type { MetricScore, PillarScore } from "./scorecard.ts";

/** Figures of a card as a whole; those of its parts are `score:risk` and `score:volatility_30d`. */
const WHOLE_FIGURES = ["score", "score_rank", "score_coverage"] as const;
type WholeFigure = typeof WHOLE_FIGURES[number];
const PART = /^score:([a-z0-9_]+)$/;

const ROUNDING = "To whole multiples of 1/1024, whose sums are exact: the neutral 50 and all " +
  "contributions are the score to the last bit. Pages round what they show, copies do not.";
const PLAIN = "None: a 64-bit float as computed. Pages round what they show, copies do not.";
const UNRANKED = "The asset is outside the reference set or below the least coverage";
const MISSING_PILLAR = "Fewer than half of its metrics have data; its weight is shared out";

/** A figure of a card taken apart. */
export type ScoreExplanation = Omit<Explanation, "asset" | "figure" | "rows">;

/** Whether the text names a figure of a card, of some method. */
export function canExplainScore(figure: string): boolean {
  return isWhole(figure) || PART.test(figure);
}

/** What a figure is explained with. */
export interface ExplainedCard {
  readonly card: Scorecard;
  readonly method: ScoreMethod;
  /** Members of the reference set. */
  readonly members: number;
}

/** A figure of a card taken apart; `null` if the method has no such pillar or metric. */
export function explainScore(figure: string, of: ExplainedCard): ScoreExplanation | null {
  if (isWhole(figure)) return explainWhole(figure, of);
  const id = PART.exec(figure)?.[1];
  const pillar = of.card.pillars.find((one) => one.id === id);
  if (pillar !== undefined) return explainPillar(pillar, of);
  const metric = of.card.pillars.flatMap(({ metrics }) => metrics).find((one) => one.id === id);
  return metric === undefined ? null : explainMetric(metric, of);
}

/** Points that a pillar adds to the neutral score; `null` where nothing is scored. */
export function pillarContribution({ metrics }: PillarScore): number | null {
  const parts = metrics.flatMap(({ contribution }) => contribution === null ? [] : [contribution]);
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}

function isWhole(text: string): text is WholeFigure {
  return WHOLE_FIGURES.some((figure) => figure === text);
}

function explainWhole(figure: WholeFigure, of: ExplainedCard): ScoreExplanation {
  switch (figure) {
    case "score":
      return explainOverall(of);
    case "score_rank":
      return explainRank(of);
    case "score_coverage":
      return explainCoverage(of);
  }
}

function explainOverall({ card, method, members }: ExplainedCard): ScoreExplanation {
  const isGeometric = method.combine === "geometric";
  const [low, high] = card.band ?? [null, null];
  return {
    label: `Score, method ${method.version}`,
    value: card.score,
    unit: "points",
    reason: card.score === null ? whyUnscored({ card, method }) : null,
    words: `Where the asset stands among ${members} assets from 0 to 100; 50 is one without any ` +
      "strength or weakness. The interval holds 90 % of the scores that other weights and " +
      "windows, as good as these, would give. It is no forecast.",
    formula: isGeometric
      ? "exp(Σ weight × ln(pillar)), weights shared out over the pillars that have data"
      : "Σ weight × pillar, weights shared out over the pillars that have data",
    inputs: [
      constant("Neutral start", NEUTRAL, "points"),
      ...card.pillars.map((pillar) =>
        inputOf(
          `${pillar.label} adds`,
          { value: pillarContribution(pillar), unit: "points", card },
        )
      ),
      constant("Interval, from", low, "points"),
      constant("Interval, to", high, "points"),
    ],
    rounding: ROUNDING,
    provenance: provenanceOf(card),
  };
}

function explainRank({ card, method, members }: ExplainedCard): ScoreExplanation {
  const [best, worst] = card.rankInterval ?? [null, null];
  return {
    label: `Rank by score, method ${method.version}`,
    value: card.rank,
    unit: "",
    reason: card.rank === null ? card.outside ?? whyUnscored({ card, method }) : null,
    words: "Place among the scored members of the reference set, 1 the best, equals sharing it. " +
      `The interval holds 90 % of the places that ${method.uncertainty.draws} draws gave.`,
    formula: "1 + members with a higher score",
    inputs: [
      constant("Score", card.score, "points"),
      constant("Members of the reference set", members),
      constant("Rank interval, best", best),
      constant("Rank interval, worst", worst),
    ],
    rounding: "Quantiles of the draws, as whole places.",
    provenance: provenanceOf(card),
  };
}

function explainCoverage({ card, method }: ExplainedCard): ScoreExplanation {
  return {
    label: `Coverage, method ${method.version}`,
    value: card.coverage,
    unit: "share",
    reason: null,
    words: "Share of the method's weights that stands on data. A pillar without data takes no " +
      "part and is never guessed: its weight is shared out among the others.",
    formula: `Σ weights of pillars with data; scored from ${percent(method.min_coverage)} on`,
    inputs: card.pillars.map(({ label, weight, score }) =>
      inputOf(
        score === null ? `${label}: no data, of weight` : `${label}: has data, weight`,
        { value: weight, unit: "share", card },
      )
    ),
    rounding: PLAIN,
    provenance: provenanceOf(card),
  };
}

function explainPillar(pillar: PillarScore, { card, method }: ExplainedCard): ScoreExplanation {
  return {
    label: `${pillar.label}, method ${method.version}`,
    value: pillar.score,
    unit: "points",
    reason: pillar.score === null ? MISSING_PILLAR : null,
    words: "How the asset stands among the reference set in this respect: 50 is the middle, 100 " +
      "the best. The mean over its metrics' percentiles.",
    formula: "mean of the percentiles of its metrics that have data",
    inputs: [
      ...pillar.metrics.map(({ label, percentile }) =>
        inputOf(`${label}: percentile`, { value: percentile, unit: "points", card })
      ),
      constant("Weight, as set", pillar.weight, "share"),
      constant("Weight, in use", pillar.usedWeight, "share"),
      inputOf("Adds to the score", { value: pillarContribution(pillar), unit: "points", card }),
    ],
    rounding: PLAIN,
    provenance: provenanceOf(card),
  };
}

function explainMetric(metric: MetricScore, { card, method }: ExplainedCard): ScoreExplanation {
  const better = metric.sign === 1 ? "More is better." : "Less is better.";
  return {
    label: `${metric.label}, method ${method.version}`,
    value: metric.raw,
    unit: metric.unit === "fraction" ? "share" : "points",
    reason: metric.raw === null ? metric.reason : null,
    words: `A raw value of the score over ${metric.days} days. ${better} What counts is its ` +
      "place inside the reference set, the percentile.",
    formula: metric.formula,
    inputs: [
      inputOf("Percentile", { value: metric.percentile, unit: "points", card }),
      constant("Rank", metric.rank),
      constant("Members that have it", metric.ranked),
      constant("Weight", metric.weight, "share"),
      inputOf("Adds to the score", { value: metric.contribution, unit: "points", card }),
    ],
    rounding: PLAIN,
    provenance: provenanceOf(card),
  };
}

/** Why a card has no score. */
export function whyUnscored(
  { card, method }: Pick<ExplainedCard, "card" | "method">,
): string {
  return card.coverage < method.min_coverage
    ? `${percent(card.coverage)} of the weights have data, ${
      percent(method.min_coverage)
    } are needed`
    : UNRANKED;
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

function inputOf(
  name: string,
  { value, unit, card }: { value: number | null; unit: string; card: Scorecard },
): ExplanationInput {
  return { name, value, unit, asof: card.asof, source: card.source, resolution: "1d" };
}

function constant(name: string, value: number | null, unit = ""): ExplanationInput {
  return { name, value, unit, asof: null, source: null, resolution: null };
}

function provenanceOf({ source, asof, isDemo }: Scorecard): ScoreExplanation["provenance"] {
  return { source, resolution: "1d", asof, derivedFrom: null, isDemo };
}
