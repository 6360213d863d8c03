import type { LedgerService } from "../services/portfolio/mod.ts";
import { type BatchDeps, deleteBatches } from "./delete_batches.ts";
import type { Job } from "./job.ts";

/** Deletes rows of imports that were refused, taken back or cancelled, or that died. */
export function sweepImports(
  { ledger, rest }: BatchDeps & { readonly ledger: Pick<LedgerService, "sweepImports"> },
): Job<null> {
  return deleteBatches({
    ...{ name: "sweep_imports", cron: "*/10 * * * *", rest },
    deleteSome: (limit) => ledger.sweepImports(limit),
  });
}
