import { sweepImports } from "@/jobs/sweep_imports.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { jobContext } from "./job_context.ts";

Deno.test("sweep_imports deletes batch by batch until nothing is left, and rests in between", async () => {
  const batches = [250, 250, 7, 0];
  const asked: number[] = [];
  let rests = 0;
  const job = sweepImports({
    ledger: {
      sweepImports(limit) {
        asked.push(limit);
        return Promise.resolve(batches[asked.length - 1] ?? 0);
      },
    },
    rest: () => Promise.resolve(void rests++),
  });
  assertEquals(await job.run(jobContext(null)), { deleted: 507 });
  assertEquals([asked, rests], [[250, 250, 250, 250], 4]);
  const stopped = { ...jobContext(null), signal: AbortSignal.abort(new Error("stopping")) };
  await assertRejects(() => job.run(stopped), { pattern: /stopping/ });
});
