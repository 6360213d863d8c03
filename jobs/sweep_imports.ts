import { MINUTE_MS } from "../services/kernel/time.ts";
import type { LedgerService } from "../services/portfolio/mod.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** Rows of one transaction: some milliseconds, so that other writers get their turn in between. */
const BATCH_ROWS = 250;

/** Deletes rows of imports that were refused, taken back or cancelled, or that died. */
export function sweepImports(
  { ledger, rest }: {
    readonly ledger: Pick<LedgerService, "sweepImports">;
    /** Lets other work run between batches. */
    readonly rest: () => Promise<void>;
  },
): Job<null> {
  return defineJob({
    name: "sweep_imports",
    payload: NO_PAYLOAD,
    schedule: { cron: "*/10 * * * *" },
    timeoutMs: 30 * MINUTE_MS,
    maxAttempts: 3,
    concurrency: 1,
    async run({ signal, reportProgress }) {
      let deleted = 0;
      for (let batch = BATCH_ROWS; batch > 0;) {
        signal.throwIfAborted();
        batch = await ledger.sweepImports(BATCH_ROWS);
        deleted += batch;
        reportProgress({ done: deleted, total: null, note: "rows deleted" });
        await rest();
      }
      return { deleted };
    },
  });
}
