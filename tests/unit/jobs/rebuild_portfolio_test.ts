import { rebuildPortfolio, rebuildPortfolioRequest } from "@/jobs/rebuild_portfolio.ts";
import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { jobContext } from "./job_context.ts";

const portfolioId = uuidOfMoment(1, "portfolio");
const payload = { owner_id: "ann", portfolio_id: portfolioId, refresh: null };

Deno.test("rebuildPortfolioRequest() has one key per portfolio, and another for all of it", () => {
  const { key } = rebuildPortfolioRequest(payload);
  assertEquals(key, `rebuild_portfolio ${portfolioId}`);
  assertEquals(rebuildPortfolioRequest({ ...payload, refresh: "all" }).key === key, false);
});

Deno.test("rebuild_portfolio runs for the owner's portfolio and refuses what is no id", async () => {
  const asked: unknown[] = [];
  const job = rebuildPortfolio({
    snapshots: {
      run(scope, { isWhole }) {
        asked.push([scope, isWhole]);
        return Promise.resolve({ outcome: "built", assets: 2, valued: 1, ledgerVersion: 7 });
      },
    },
  });
  const result = await job.run(jobContext(payload));
  assertEquals(result, { outcome: "built", assets: 2, valued: 1, ledgerVersion: 7 });
  await job.run(jobContext({ ...payload, refresh: "all" }));
  assertEquals(asked, [[{ ownerId: "ann", portfolioId }, false], [
    { ownerId: "ann", portfolioId },
    true,
  ]]);
  await assertRejects(() => job.run(jobContext({ ...payload, portfolio_id: "x" })));
});
