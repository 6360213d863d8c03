import { advancePortfolios } from "@/jobs/advance_portfolios.ts";
import { MINUTE_MS } from "@/services/kernel/time.ts";
import { assertEquals } from "@/tests/assert.ts";
import { jobContext } from "./job_context.ts";

Deno.test("advance_portfolios brings up what is behind within its budget, one at a time", async () => {
  const budgets: number[] = [];
  const job = advancePortfolios({
    snapshots: {
      advance({ budgetMs }) {
        budgets.push(budgetMs);
        return Promise.resolve({ behind: 3, advanced: 2, failed: 0 });
      },
    },
  });
  assertEquals(await job.run(jobContext(null)), { behind: 3, advanced: 2, failed: 0 });
  assertEquals(budgets, [5 * MINUTE_MS]);
  assertEquals([job.schedule, job.concurrency], [{ everyMs: 15 * MINUTE_MS }, 1]);
});
