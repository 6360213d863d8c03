import type { Uuid } from "@/services/kernel/ids.ts";
import { LOCAL_OWNER, MAX_REMOVED } from "@/services/portfolio/mod.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { ask, LEDGER_CSV, makePortfolio, openPricedApi } from "./portfolio_sample.ts";

Deno.test("restore() brings a removed row back under its id with its fee, once", async () => {
  await using harness = await openPricedApi();
  const { ledger } = harness.portfolio;
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  const scope = { ownerId: LOCAL_OWNER, portfolioId: base.split("/").at(-1) as Uuid };
  const before = await ledger.listTransactions(scope, { limit: 100 });
  const row = before.find(({ unitPriceUsd }) => unitPriceUsd === "70000");
  const id = row?.id as Uuid;
  await ledger.remove(scope, id);
  assertEquals((await ledger.listTransactions(scope, { limit: 100 })).length, before.length - 2);

  const { row: back, fee } = await ledger.restore(scope, id);
  assertEquals([back.id, back.quantity, back.at, fee?.quantity], [id, "1", row?.at, "-10"]);
  assertEquals(back.importId, null, "It stands as entered by hand");
  assertEquals((await ledger.listTransactions(scope, { limit: 100 })).length, before.length);
  await assertRejects(() => ledger.restore(scope, id));
});

Deno.test("restore() knows nobody else's rows, and the last ones alone", async () => {
  await using harness = await openPricedApi();
  const { ledger } = harness.portfolio;
  const base = await makePortfolio(harness);
  const scope = { ownerId: LOCAL_OWNER, portfolioId: base.split("/").at(-1) as Uuid };
  const removed: Uuid[] = [];
  for (let count = 0; count <= MAX_REMOVED; count++) {
    const { row } = await ledger.add(scope, {
      ...{ timestamp: "2025-06-10T00:00:00Z", action: "BUY", asset_id: "bitcoin" },
      quantity: `${count + 1}`,
    });
    await ledger.remove(scope, row.id);
    removed.push(row.id);
  }
  const [first, second] = removed as [Uuid, Uuid];
  await assertRejects(() => ledger.restore(scope, first));
  await assertRejects(() => ledger.restore({ ...scope, ownerId: "bob" }, second));
  assertEquals((await ledger.restore(scope, second)).row.quantity, "2");
});
