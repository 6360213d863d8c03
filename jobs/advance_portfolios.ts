import { MINUTE_MS } from "../services/kernel/time.ts";
import type { SnapshotKeeper } from "../services/portfolio/mod.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** After so long a run begins with no other portfolio; the next run goes on. */
const BUDGET_MS = 5 * MINUTE_MS;

/**
 * Keeps the snapshots of portfolios near the present that nobody looks at, so that each bucket is
 * valued while its finest candles are there. One process does it at a time, one portfolio after the
 * other; what is current costs a look.
 */
export function advancePortfolios(
  { snapshots }: { readonly snapshots: Pick<SnapshotKeeper, "advance"> },
): Job<null> {
  return defineJob({
    name: "advance_portfolios",
    payload: NO_PAYLOAD,
    schedule: { everyMs: 15 * MINUTE_MS },
    // The last one that was begun may take as long as a rebuild may.
    timeoutMs: BUDGET_MS + 30 * MINUTE_MS,
    maxAttempts: 1,
    concurrency: 1,
    async run({ signal }) {
      return { ...await snapshots.advance({ signal, budgetMs: BUDGET_MS }) };
    },
  });
}
