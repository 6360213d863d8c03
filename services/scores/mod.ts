export { NEUTRAL } from "./combine.ts";
export { changesBetween, type MetricChange, type ScoreChange } from "./changes.ts";
export type { Grade } from "./grade.ts";
export { type HonestyRow, type Horizon, HORIZONS } from "./honesty.ts";
export type { Honesty } from "./honesty_keeper.ts";
export {
  loadMethods,
  type MetricDefinition,
  type PillarId,
  PILLARS,
  type ScoreMethod,
} from "./method.ts";
export type { DayRelation, RelationStore, ScorePoint, ScoreStore } from "./ports.ts";
export type { Lineage, Scorecard, ScoreRun } from "./score_run.ts";
export type { MetricScore, PillarScore } from "./scorecard.ts";
export {
  canExplainScore,
  pillarContribution,
  type ScoreExplanation,
  whyUnscored,
} from "./explain_score.ts";
export {
  defaultScoreOrder,
  listCards,
  SCORE_SORTS,
  type ScoreListQuery,
  type ScoreOrder,
  type ScoreSort,
} from "./score_list.ts";
export { newsOf, SCORE_TOPIC, type ScoreNews } from "./score_news.ts";
export * from "./score_service.ts";
export type { Span } from "./uncertainty.ts";
