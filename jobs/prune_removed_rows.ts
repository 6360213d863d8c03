import { MINUTE_MS } from "../services/kernel/time.ts";
import type { LedgerService } from "../services/portfolio/mod.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** Deletes rows that were removed from ledgers so long ago that they can't be put back any more. */
export function pruneRemovedRows(
  { ledger }: { readonly ledger: Pick<LedgerService, "pruneRemoved"> },
): Job<null> {
  return defineJob({
    name: "prune_removed_rows",
    payload: NO_PAYLOAD,
    schedule: { cron: "30 3 * * *" },
    timeoutMs: 10 * MINUTE_MS,
    maxAttempts: 3,
    concurrency: 1,
    async run() {
      return { deleted: await ledger.pruneRemoved() };
    },
  });
}
