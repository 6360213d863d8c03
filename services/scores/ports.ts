import type { IsoDay, UtcMs } from "../kernel/time.ts";
import type { Horizon } from "./honesty.ts";
import type { Span } from "./uncertainty.ts";
import type { GradesBefore, ScoreRun } from "./score_run.ts";

/** One point of an asset's history. */
export interface ScorePoint {
  readonly day: IsoDay;
  readonly score: number | null;
  readonly band: Span | null;
  readonly rank: number | null;
  readonly letter: string | null;
  readonly coverage: number;
}

/** Runs as they were made. Of one method and day there is one run. */
export interface ScoreStore {
  /** Keeps a run in the place of an older one of its day. */
  recordRun(run: ScoreRun): Promise<void>;
  /** Removes every run that has scores of the demo market; how many. */
  deleteDemoRuns(): Promise<number>;
  findRun(method: string, day: IsoDay): Promise<ScoreRun | null>;
  /** The last day that has a run, on or before `until` where it is given. */
  findLastDay(method: string, until?: IsoDay): Promise<IsoDay | null>;
  /** Letters of the newest run of `from` to the day before `before`. */
  findGrades(
    method: string,
    range: { readonly from: IsoDay; readonly before: IsoDay },
  ): Promise<GradesBefore | null>;
  /** An asset's points of the days up to `until`, the newest `limit`, oldest first. */
  listPoints(
    method: string,
    query: { readonly assetId: string; readonly until: IsoDay; readonly limit: number },
  ): Promise<readonly ScorePoint[]>;
}

/** How the order of the scores of a day went with the returns of a horizon after it. */
export interface DayRelation {
  readonly horizon: Horizon;
  /** Start of the day. */
  readonly day: UtcMs;
  /** Stands for all that it was measured from: equal texts, equal correlations. */
  readonly inputs: string;
  readonly isDemo: boolean;
  /**
   * Spearman's by pillar in the order of the method, the overall score last; `null` of fewer than
   * five assets.
   */
  readonly correlations: readonly (number | null)[];
}

/** Days a horizon apart, counted back from `last`. */
export interface RelationRange {
  readonly horizon: Horizon;
  readonly first: UtcMs;
  readonly last: UtcMs;
  readonly isDemo: boolean;
}

/** A relation as it is read: with when it was measured. */
export type MeasuredRelation = DayRelation & { readonly measuredAt: UtcMs };

/** Relations of past days. Of one method, horizon and day there is one. */
export interface RelationStore {
  /** Oldest first. */
  listRelations(method: string, range: RelationRange): Promise<readonly MeasuredRelation[]>;
  /** What each day of a horizon was measured from. */
  listInputs(method: string, horizon: Horizon): Promise<ReadonlyMap<UtcMs, string>>;
  /** Keeps relations in the place of older ones of their days. */
  recordRelations(method: string, relations: readonly DayRelation[]): Promise<void>;
  /** Forgets days of a horizon; how many of them there were. */
  deleteRelations(
    method: string,
    which: { readonly horizon: Horizon; readonly days: readonly UtcMs[] },
  ): Promise<number>;
}
