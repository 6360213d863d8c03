import { z } from "zod";
import { HOUR_MS, MINUTE_MS, type UtcMs } from "../services/kernel/time.ts";
import type { Bus } from "../services/ports/bus.ts";
import type { NewJob } from "../services/ports/jobs.ts";
import {
  MAX_DAYS,
  newsOf,
  type Recalculation,
  SCORE_TOPIC,
  type ScoreService,
} from "../services/scores/mod.ts";
import { defineJob, type Job } from "./job.ts";

const Scope = z.strictObject({
  method: z.string().nullable(),
  /** Instant in UTC ms. */
  asof: z.int().nullable(),
  days: z.int().min(1).max(MAX_DAYS),
  /** Stands for the candles as they were when it was asked for. */
  inputs: z.string(),
}).nullable();
export type RecalculatePayload = z.output<typeof Scope>;

const DEFINITION = {
  name: "recalculate_scores",
  payload: Scope,
  key: (scope: RecalculatePayload) =>
    scope === null
      ? "newest"
      : `${scope.method ?? "all"} ${scope.asof ?? "newest"} ${scope.days} ${scope.inputs}`,
  // Candles that were imported or healed tell nobody of their close.
  schedule: { everyMs: HOUR_MS },
  timeoutMs: 30 * MINUTE_MS,
  maxAttempts: 5,
  concurrency: 1,
};

/**
 * The row that asks for scores anew: of the same inputs there is one that is not over. The payload
 * `null` means whatever is newest when it runs, at `runAt`.
 */
export function recalculateRequest(
  payload: RecalculatePayload,
  { runAt }: { readonly runAt?: UtcMs } = {},
): NewJob {
  const { name, key, maxAttempts, timeoutMs } = DEFINITION;
  const request = { name, key: `${name} ${key(payload)}`, payload, maxAttempts, timeoutMs };
  return runAt === undefined ? request : { ...request, runAt };
}

/** Scores what is new, keeps the runs and tells of the newest of each method. */
export function recalculateScores(
  { scores, bus }: { readonly scores: Pick<ScoreService, "recalculate">; readonly bus: Bus },
): Job<RecalculatePayload> {
  return defineJob({
    ...DEFINITION,
    async run({ payload, signal, reportProgress }) {
      const query = {
        method: payload?.method ?? undefined,
        asof: (payload?.asof ?? undefined) as UtcMs | undefined,
        days: payload?.days,
      };
      const onProgress = (done: number, total: number) =>
        reportProgress({ done, total, note: "runs" });
      const done = await scores.recalculate(query, { signal, onProgress });
      const changed = done.filter(({ isChanged }) => isChanged);
      // Scores of a past day are nobody's news.
      const news = query.asof === undefined ? newestOf(changed) : [];
      for (const { run } of news) bus.publish(SCORE_TOPIC, JSON.stringify(newsOf(run)));
      return {
        runs: done.length,
        changed: changed.length,
        newest: newestOf(done).map(({ run: { method, day, lineage } }) => ({
          method,
          day,
          lineage: { ...lineage },
        })),
      };
    },
  });
}

/** The last run of each method. */
function newestOf(runs: readonly Recalculation[]): readonly Recalculation[] {
  return [...new Map(runs.map((one) => [one.run.method, one])).values()];
}
