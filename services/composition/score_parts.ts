import { type JobSystem, recalculateRequest } from "../../jobs/mod.ts";
import { SECOND_MS, type UtcMs } from "../kernel/time.ts";
import { LIVE_TOPICS, type LiveCandle } from "../market/mod.ts";
import type { JobRecord } from "../ports/jobs.ts";
import { loadMethods, type RecalculationQuery, ScoreService } from "../scores/mod.ts";
import { SqlRelationStore, SqlScoreStore } from "../storage/mod.ts";
import { type Core, readRegistryFile } from "./core.ts";
import type { MarketParts } from "./market_parts.ts";

/** The default method first. */
const METHOD_FILES = ["methods/v1.json", "methods/signal.json"];
/** Candles of one moment close one after the other: the run waits for the last of them. */
const AFTER_CLOSE_MS = 15 * SECOND_MS;

/** Where jobs are asked for. */
type Queue = Pick<JobSystem, "enqueue">;

/** The scores of the market by every method of the registry. */
export async function openScores(
  { clock, database }: Core,
  { market }: MarketParts,
): Promise<ScoreService> {
  const methods = loadMethods(await Promise.all(METHOD_FILES.map(readRegistryFile)));
  const store = new SqlScoreStore(database, clock);
  const relations = new SqlRelationStore(database, clock);
  return new ScoreService({ market, store, relations, methods, clock });
}

/** Asks for scores anew when candles close, until the result is called. */
export function recalculateOnClose(
  { clock, log }: Pick<Core, "clock" | "log">,
  { bus, jobs }: Pick<MarketParts, "bus"> & { readonly jobs: Queue },
): () => void {
  return bus.subscribe(LIVE_TOPICS.candles, (payload) => {
    const candles = JSON.parse(payload) as readonly LiveCandle[];
    if (!candles.some(isClosed)) return;
    const runAt = clock.now() + AFTER_CLOSE_MS as UtcMs;
    jobs.enqueue(recalculateRequest(null, { runAt })).catch((error: unknown) =>
      log.warn("Cannot ask for new scores, next try at the next close", { error })
    );
  });
}

/** Queues the scores that are asked for; those of the same inputs share one job. */
export async function enqueueRecalculation(
  { scores, jobs }: { readonly scores: ScoreService; readonly jobs: Queue },
  { method, asof, days = 1 }: RecalculationQuery,
): Promise<JobRecord> {
  // An unknown method is refused here, not by the job.
  if (method !== undefined) scores.getMethod(method);
  const inputs = (await scores.getVersion()).toString(36);
  return await jobs.enqueue(
    recalculateRequest({ method: method ?? null, asof: asof ?? null, days, inputs }),
  );
}

/** Scores stand on whole days, and days on whole hours. */
function isClosed({ interval, state }: LiveCandle): boolean {
  return state !== "provisional" && (interval === "1d" || interval === "1h");
}
