import type { PortfolioService } from "../services/portfolio/mod.ts";
import { type BatchDeps, deleteBatches } from "./delete_batches.ts";
import type { Job } from "./job.ts";

/** Deletes portfolios that were deleted so long ago that they can't be restored any more. */
export function purgePortfolios(
  { portfolios, rest }: BatchDeps & { readonly portfolios: Pick<PortfolioService, "purge"> },
): Job<null> {
  return deleteBatches({
    ...{ name: "purge_portfolios", cron: "40 3 * * *", rest },
    deleteSome: (limit) => portfolios.purge(limit),
  });
}
