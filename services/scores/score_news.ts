import type { IsoDay, UtcMs } from "../kernel/time.ts";
import type { ScoreRun } from "./score_run.ts";
import type { Span } from "./uncertainty.ts";

/** What the bus tells of new scores: `readonly ScoreNews[]`, those of one run. */
export const SCORE_TOPIC = "scores";

/** An asset's new score. */
export interface ScoreNews {
  readonly assetId: string;
  readonly method: string;
  readonly day: IsoDay;
  readonly asof: UtcMs;
  readonly score: number | null;
  readonly band: Span | null;
  readonly rank: number | null;
  readonly rankInterval: Span | null;
  readonly letter: string | null;
}

/** What there is to tell of a run. */
export function newsOf({ method, day, asof, cards }: ScoreRun): readonly ScoreNews[] {
  return cards.map(({ assetId, score, band, rank, rankInterval, grade }) => ({
    ...{ assetId, method, day, asof, score, band, rank, rankInterval },
    letter: grade?.letter ?? null,
  }));
}
