export {
  AutopilotService,
  type OpenedSimulation,
  type SimulatedAutopilot,
  type SimulationChoices,
} from "./autopilot/autopilot_service.ts";
export { type SimulationDefaults, type SimulationQuery } from "./autopilot/constraints.ts";
export { type DecisionEvidence, type SeenPool } from "./autopilot/explain_decision.ts";
export {
  BASELINE_LABELS,
  explainSimulation,
  type SimulatedUnit,
  SIMULATION_FIGURES,
  type SimulationExplanation,
  type SimulationFigure,
} from "./autopilot/explain_simulation.ts";
export { EXCLUSION_WORDS, nameOf } from "./autopilot/reasons.ts";
export {
  type Baseline,
  type Decision,
  DECISION_KINDS,
  type Evidence,
  type Exclusion,
  EXCLUSIONS,
  type Simulation,
} from "./autopilot/simulation.ts";
export type { Interval, YieldDecomposition, YieldStep } from "./decomposition.ts";
export {
  EXPLAINED_FIGURES,
  explainPool,
  POOL_UNITS,
  type PoolExplanation,
  type PoolInput,
  type PoolUnit,
  stepLabel,
} from "./explain_pool.ts";
export type { ExplainedScore, PoolScores, ScorePart } from "./explain_score.ts";
export { type Pool, POOL_KINDS, type PoolId, type PoolSnapshot, STRUCTURES } from "./pool.ts";
export { type IngestReport, keepReadings, type Taken } from "./ingest_report.ts";
export { type IngestStatus, PoolIngestion } from "./pool_ingestion.ts";
export { type ArchivedPool, PoolArchive } from "./pool_archive.ts";
export { PoolFeed, type PoolFeedDeps } from "./pool_feed.ts";
export { type PoolRow, poolRows, type ReadingState } from "./pool_rows.ts";
export type { PoolHistory } from "./pool_history.ts";
export {
  type BoardSummary,
  filterPools,
  isLending,
  isOpenPool,
  POOL_SORTS,
  type PoolFilter,
  type PoolSort,
  type PoolSourceCount,
  poolSources,
  type SortOrder,
  sortPools,
  summarizePools,
  usualOrder,
} from "./pool_board.ts";
export type { PoolEpisode } from "./episodes.ts";
export { type PoolCard, type PoolDetail, type PoolFetcher, PoolService } from "./pool_service.ts";
export { fittedBorrowApy, type RateCurve, rateCurve } from "./rate_curve.ts";
export { kinkWords } from "./kinks.ts";
export type { PoolMetrics } from "./pool_metrics.ts";
export { SCORE_METHODS, type ScoreMethodName } from "./pool_scores.ts";
export { DEFAULT_POOL_SETTINGS, type PoolSettings, readPoolSettings } from "./pool_settings.ts";
export type { PoolTrend } from "./pool_trend.ts";
export type { PoolWarning } from "./pool_warnings.ts";
export type { FetchProblem, HeldReading, PoolFetch, PoolProvider, PoolStore } from "./ports.ts";
export { MOCK_SOURCE, type PoolSource } from "./pool_sources.ts";
export { driftLosses } from "./yields.ts";
