import { MINUTE_MS } from "../services/kernel/time.ts";
import type { PortfolioService } from "../services/portfolio/mod.ts";
import { deleteBatches } from "./delete_batches.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** Deletes portfolios that were deleted so long ago that they can't be restored any more. */
export function purgePortfolios(
  { portfolios, rest }: {
    readonly portfolios: Pick<PortfolioService, "purge">;
    /** Lets other work run between batches. */
    readonly rest: () => Promise<void>;
  },
): Job<null> {
  return defineJob({
    name: "purge_portfolios",
    payload: NO_PAYLOAD,
    schedule: { cron: "40 3 * * *" },
    timeoutMs: 30 * MINUTE_MS,
    maxAttempts: 3,
    concurrency: 1,
    run({ signal, reportProgress }) {
      return deleteBatches((limit) => portfolios.purge(limit), { signal, reportProgress, rest });
    },
  });
}
