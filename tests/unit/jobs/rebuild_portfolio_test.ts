import { rebuildPortfolio, rebuildPortfolioRequest } from "@/jobs/rebuild_portfolio.ts";
import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { jobContext } from "./job_context.ts";

const portfolioId = uuidOfMoment(1, "portfolio");
const payload = { owner_id: "ann", portfolio_id: portfolioId, refresh: null };

Deno.test("rebuildPortfolioRequest() has one key per portfolio and what is to be refreshed", () => {
  const { key } = rebuildPortfolioRequest(payload);
  assertEquals(key, `rebuild_portfolio ${portfolioId}`);
  assertEquals(rebuildPortfolioRequest({ ...payload, refresh: "all" }).key === key, false);
});

Deno.test("rebuild_portfolio runs for the owner's portfolio and refuses what is no id", async () => {
  const asked: unknown[] = [];
  const job = rebuildPortfolio({
    snapshots: {
      run(scope, { refresh }) {
        asked.push([scope, refresh]);
        return Promise.resolve({ assets: 2, valued: 1, ledgerVersion: 7 });
      },
    },
  });
  const result = await job.run(jobContext({ ...payload, refresh: ["bitcoin"] }));
  assertEquals(result, { assets: 2, valued: 1, ledgerVersion: 7 });
  assertEquals(asked, [[{ ownerId: "ann", portfolioId }, ["bitcoin"]]]);
  await assertRejects(() => job.run(jobContext({ ...payload, portfolio_id: "x" })));
});
