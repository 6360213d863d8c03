import { MINUTE_MS } from "../services/kernel/time.ts";
import type { LedgerService } from "../services/portfolio/mod.ts";
import { deleteBatches } from "./delete_batches.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

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
    run({ signal, reportProgress }) {
      return deleteBatches((limit) => ledger.sweepImports(limit), { signal, reportProgress, rest });
    },
  });
}
