import { DAY_MS, MINUTE_MS, utcMsOf } from "../services/kernel/time.ts";
import type { JobStore } from "../services/ports/jobs.ts";
import type { Clock } from "../services/ports/mod.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** How long jobs that are done or cancelled can be looked at. */
const KEPT_MS = 7 * DAY_MS;
/** Rows of one transaction, so that other writers get their turn in between. */
const BATCH_ROWS = 500;

/** Deletes jobs that were over a week ago. Dead ones stay until an operator discards them. */
export function pruneJobs(
  { store, clock }: { readonly store: Pick<JobStore, "prune">; readonly clock: Clock },
): Job<null> {
  return defineJob({
    name: "prune_jobs",
    payload: NO_PAYLOAD,
    schedule: { cron: "20 3 * * *" },
    timeoutMs: 10 * MINUTE_MS,
    maxAttempts: 5,
    concurrency: 1,
    async run({ signal, reportProgress }) {
      const before = utcMsOf(clock.now() - KEPT_MS);
      let deleted = 0;
      for (let batch = BATCH_ROWS; batch === BATCH_ROWS;) {
        signal.throwIfAborted();
        batch = await store.prune({ before, limit: BATCH_ROWS });
        deleted += batch;
        reportProgress({ done: deleted, total: null, note: "jobs deleted" });
      }
      return { deleted };
    },
  });
}
