import { pruneRemovedRows } from "@/jobs/prune_removed_rows.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import { LOCAL_OWNER, REMOVED_KEPT_MS } from "@/services/portfolio/mod.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { jobContext } from "@/tests/unit/jobs/job_context.ts";
import { ask, LEDGER_CSV, makePortfolio, openPricedApi } from "./portfolio_sample.ts";

Deno.test("a removed row is listed, and put back with its fee, once", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  const rows = async () => (await ask(harness, ["GET", `${base}/transactions?order=oldest`])).data;
  const before = await rows();
  const { id } = before.find(({ unit_price_usd }: Record<string, string>) =>
    unit_price_usd === "70000"
  );
  assertEquals((await ask(harness, ["DELETE", `${base}/transactions/${id}`])).status, 200);
  assertEquals((await rows()).length, before.length - 2);
  const { data: removed } = await ask(harness, ["GET", `${base}/removed`]);
  assertEquals(
    [removed.length, removed[0].transaction.id, removed[0].fee.quantity],
    [1, id, "-10"],
  );

  const restore = () => ask(harness, ["POST", `${base}/removed/${id}/restore`]);
  const { status, data } = await restore();
  assertEquals([status, data.transaction.quantity, data.fee.quantity], [200, "1", "-10"]);
  // As it stood: the import that brought it can be undone as a whole.
  assertEquals(await rows(), before);
  assertEquals((await restore()).status, 404);
  assertEquals((await ask(harness, ["GET", `${base}/removed`])).data, []);
});

Deno.test("a removed row comes back for 30 days, to its owner alone, and is then forgotten", async () => {
  await using harness = await openPricedApi();
  const { portfolio: { ledger }, clock } = harness;
  const base = await makePortfolio(harness);
  const scope = { ownerId: LOCAL_OWNER, portfolioId: base.split("/").at(-1) as Uuid };
  const { row } = await ledger.add(scope, {
    ...{ timestamp: "2025-06-10T00:00:00Z", action: "BUY", asset_id: "bitcoin", quantity: "2" },
  });
  await ledger.remove(scope, row.id);
  clock.advance(REMOVED_KEPT_MS);
  const job = pruneRemovedRows({ ledger });
  assertEquals(await job.run(jobContext(null)), { deleted: 0 });
  await assertRejects(() => ledger.restore({ ...scope, ownerId: "bob" }, row.id));
  assertEquals((await ledger.restore(scope, row.id)).row.quantity, "2");

  await ledger.remove(scope, row.id);
  clock.advance(REMOVED_KEPT_MS + 1);
  await assertRejects(() => ledger.restore(scope, row.id));
  assertEquals(await ledger.listRemoved(scope, 10), []);
  assertEquals(await job.run(jobContext(null)), { deleted: 1 });
});
