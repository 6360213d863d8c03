import { HOUR_MS, MINUTE_MS } from "../services/kernel/time.ts";
import type { ScoreService } from "../services/scores/mod.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/**
 * Measures how the scores of past days went with what followed, where their candles are new: all
 * days once, then one a day. A job of its own, as new scores must not wait for the first time.
 */
export function measureHonesty(
  { scores }: { readonly scores: Pick<ScoreService, "measureHonesty"> },
): Job<null> {
  return defineJob({
    name: "measure_honesty",
    payload: NO_PAYLOAD,
    schedule: { everyMs: HOUR_MS },
    timeoutMs: 30 * MINUTE_MS,
    maxAttempts: 5,
    concurrency: 1,
    async run({ signal, reportProgress }) {
      const onProgress = (done: number, total: number) =>
        reportProgress({ done, total, note: "days" });
      return { measured: await scores.measureHonesty({ signal, onProgress }) };
    },
  });
}
