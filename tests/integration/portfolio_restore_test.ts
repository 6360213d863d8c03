import { pruneRemovedRows } from "@/jobs/prune_removed_rows.ts";
import { purgePortfolios } from "@/jobs/purge_portfolios.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import {
  DELETED_KEPT_MS,
  LOCAL_OWNER,
  MAX_PORTFOLIOS,
  REMOVED_KEPT_MS,
} from "@/services/portfolio/mod.ts";
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

Deno.test("a deleted portfolio comes back for 30 days, is then gone, and takes no place", async () => {
  await using harness = await openPricedApi();
  const { portfolio: { portfolios }, clock } = harness;
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  const listed = async () =>
    (await ask(harness, ["GET", "/api/portfolio?deleted=true"])).data.length;
  await ask(harness, ["DELETE", base]);
  clock.advance(DELETED_KEPT_MS);
  const job = purgePortfolios({ portfolios, rest: () => Promise.resolve() });
  assertEquals(await job.run(jobContext(null)), { deleted: 0 });
  assertEquals(await listed(), 1);
  assertEquals((await ask(harness, ["POST", `${base}/restore`])).status, 200);

  await ask(harness, ["DELETE", base]);
  clock.advance(DELETED_KEPT_MS + 1);
  // Before anything is purged, too: half of it would come back.
  assertEquals((await ask(harness, ["POST", `${base}/restore`])).status, 404);
  assertEquals(await listed(), 0);
  await job.run(jobContext(null));
  assertEquals(await portfolios.purge(1), 0);
  assertEquals(await harness.database.read.selectFrom("transactions").select("id").execute(), []);
});

Deno.test("a hundred portfolios are kept beside deleted ones, which come back where there is room", async () => {
  await using harness = await openPricedApi();
  const first = await makePortfolio(harness);
  await ask(harness, ["DELETE", first]);
  for (let count = 0; count < MAX_PORTFOLIOS; count++) await makePortfolio(harness);
  const more = await ask(harness, ["POST", "/api/portfolio"], { json: { name: "One more" } });
  assertEquals([more.status, more.error?.code], [409, "CONFLICT"]);
  const restored = await ask(harness, ["POST", `${first}/restore`]);
  assertEquals([restored.status, restored.error?.code], [409, "CONFLICT"]);
});
