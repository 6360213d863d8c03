import { purgePortfolios } from "@/jobs/purge_portfolios.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { jobContext } from "./job_context.ts";

Deno.test("purge_portfolios deletes slice by slice until nothing is left, and rests in between", async () => {
  const slices = [250, 250, 7, 0];
  let [asked, rests] = [0, 0];
  const job = purgePortfolios({
    portfolios: { purge: () => Promise.resolve(slices[asked++] ?? 0) },
    rest: () => Promise.resolve(void rests++),
  });
  assertEquals(await job.run(jobContext(null)), { deleted: 507 });
  assertEquals([asked, rests], [4, 4]);
  const stopped = { ...jobContext(null), signal: AbortSignal.abort(new Error("stopping")) };
  await assertRejects(() => job.run(stopped), { pattern: /stopping/ });
});
