import type { IsoDay } from "../kernel/time.ts";
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
