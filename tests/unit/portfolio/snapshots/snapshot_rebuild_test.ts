import { assert, assertClose, assertEquals, assertRejects } from "@/tests/assert.ts";
import { DAY_MS, HOUR_MS, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { RebuildThread } from "@/services/portfolio/snapshots/rebuild_thread.ts";
import { ledger, type RowCase } from "../performance/ledger.ts";
import { NOW, openKit, scope, signal } from "./snapshot_kit.ts";

const ROWS: readonly RowCase[] = [
  ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "1", "100"],
  ["2025-01-03T12:00:00Z", "BUY", "ethereum", "10", "10"],
  ["2025-01-05T12:00:00Z", "SELL", "bitcoin", "0.5", "104"],
];

/** Daily closes of 1 to 20 January, growing by 1 a day: bitcoin from 100, ethereum from 10. */
async function openPriced(rows: readonly RowCase[] = ROWS) {
  const opened = await openKit(rows);
  for (const [assetId, base] of [["bitcoin", 100], ["ethereum", 10]] as const) {
    const closes = Array.from({ length: 20 }, (_, day) => base + day);
    await opened.write({ assetId, interval: "1d", from: "2025-01-01", closes });
  }
  return opened;
}

Deno.test("SnapshotRebuild.run() keeps what the ledger is worth at the end of each day", async () => {
  await using opened = await openPriced();
  const { rebuildWith, service } = opened;
  const before = await service.getPerformance(scope);
  assertEquals([before.status, before.performance], ["pending", null]);
  const progress: string[] = [];
  const onProgress = (done: number, total: number) => progress.push(`${done}/${total}`);
  const result = await rebuildWith().run(scope, { signal, onProgress });
  assertEquals([result.outcome, result.assets, result.ledgerVersion], ["built", 2, 1]);
  assertEquals(progress, ["2/2"]);

  const { performance, status, asof } = await service.getPerformance(scope);
  assert(performance);
  // 10 January: half a bitcoin at 109, ten ethers at 19.
  assertEquals([performance.value, status, asof], [
    0.5 * 109 + 190,
    "current",
    Date.UTC(2025, 0, 11),
  ]);
  assertEquals([performance.deposited, performance.withdrawn], [200, 52]);
  assertClose(performance.gain, 54.5 + 190 + 52 - 200);
  assert(Math.abs(performance.residual ?? 1) < 1e-9);
  const lots = await service.getLotFigures(scope);
  assertEquals([lots.realizedUsd, lots.costUsd, lots.unrealizedUsd], ["2", "150", "94.5"]);

  const inEuro = await service.getPerformance(scope, { currency: "EUR" });
  assertClose(inEuro.performance?.value ?? NaN, (54.5 + 190) / 2);
  assertClose(inEuro.performance?.twr ?? NaN, performance.twr ?? NaN);
});

Deno.test("SnapshotRebuild.run() values again only the assets whose rows changed", async () => {
  await using opened = await openPriced();
  const { rebuildWith, asked, kit, service } = opened;
  const rebuild = rebuildWith();
  await rebuild.run(scope, { signal });
  asked.length = 0;
  assertEquals((await rebuild.run(scope, { signal })).valued, 0);
  assertEquals(asked, []);

  kit.rows = ledger([...ROWS, ["2025-01-02T12:00:00Z", "BUY", "ethereum", "5", "11"]]);
  kit.version = 2;
  const behind = await service.getPerformance(scope);
  assertEquals([behind.status, behind.lacks, behind.ledgerVersion], ["recalculating", ["rows"], 1]);
  assertEquals((await rebuild.run(scope, { signal })).valued, 1);
  assert(asked.every(({ assetIds }) => assetIds.join() === "ethereum"));
  const report = await service.getPerformance(scope);
  assertEquals([report.performance?.value, report.status], [54.5 + 15 * 19, "current"]);
  assertEquals((await rebuild.run(scope, { signal, isWhole: true })).valued, 2);
});

Deno.test("SnapshotRebuild.run() extends as time goes on, and forgets assets without rows", async () => {
  await using opened = await openPriced();
  const { rebuildWith, clock, kit, service, store, asked } = opened;
  const rebuild = rebuildWith();
  await rebuild.run(scope, { signal });
  clock.advance(DAY_MS);
  assertEquals((await service.getPerformance(scope)).status, "catching_up");
  asked.length = 0;
  await rebuild.run(scope, { signal });
  assertEquals((await service.getPerformance(scope)).performance?.value, 55 + 200);

  kit.rows = kit.rows.filter(({ assetId }) => assetId === "bitcoin");
  kit.version = 2;
  await rebuild.run(scope, { signal });
  const assets = await store.readAssets(scope, { interval: "1d" });
  assertEquals(assets.map(({ assetId }) => assetId as string), ["bitcoin"]);

  kit.rows = [];
  kit.version = 3;
  assertEquals((await rebuild.run(scope, { signal })).outcome, "current");
  assertEquals(await store.findState(scope), null);
  assertEquals((await service.getPerformance(scope)).status, "empty");
});

Deno.test("SnapshotRebuild.run() does nothing at all when it is cut off", async () => {
  await using opened = await openPriced();
  const { rebuildWith, service, store } = opened;
  const failing = rebuildWith({
    openRebuilder: () => ({
      run: () => Promise.reject(new Error("cut")),
      [Symbol.dispose]() {},
    }),
  });
  await assertRejects(() => failing.run(scope, { signal }), { pattern: /cut/ });
  assertEquals(await store.findState(scope), null);
  await rebuildWith().run(scope, { signal });
  assertEquals((await service.getPerformance(scope)).performance?.value, 54.5 + 190);
});

Deno.test("SnapshotRebuild.run() stops when it is cancelled", async () => {
  await using opened = await openPriced();
  const cancelled = AbortSignal.abort(new Error("cancelled"));
  await assertRejects(() => opened.rebuildWith().run(scope, { signal: cancelled }), {
    pattern: /cancelled/,
  });
});

Deno.test("SnapshotRebuild.run() does not begin what is too large for its limit", async () => {
  await using opened = await openPriced();
  const { rebuildWith, store } = opened;
  const limit = { cells: 10, rows: 10 };
  assertEquals((await rebuildWith().run(scope, { signal, limit })).outcome, "too_large");
  assertEquals(await store.findState(scope), null);
});

Deno.test("SnapshotRebuild.run() begins anew where another one wrote meanwhile", async () => {
  await using opened = await openPriced();
  const { rebuildWith, store, kit, service } = opened;
  let isFirst = true;
  const slow = rebuildWith({
    async readCloses(...asked) {
      if (isFirst) {
        isFirst = false;
        await rebuildWith().run(scope, { signal });
      }
      return await new Promise((resolve) => resolve(opened.readCloses(...asked)));
    },
  });
  await slow.run(scope, { signal });
  // The faster one's was kept, and there was nothing left to do.
  assertEquals((await store.findState(scope))?.ledgerVersion, kit.version);
  assertEquals((await service.getPerformance(scope)).performance?.value, 54.5 + 190);
});

Deno.test("snapshots are their owner's alone", async () => {
  await using opened = await openPriced();
  const { rebuildWith, store } = opened;
  await rebuildWith().run(scope, { signal });
  const other = { ...scope, ownerId: "bob" };
  assertEquals(await store.findState(other), null);
  assertEquals(await store.readAssets(other, { interval: "1d" }), []);
  assertEquals(await store.readInputs(other), []);
});

Deno.test("RebuildThread values in a thread what rebuildAssets() does here", async () => {
  await using opened = await openPriced();
  const { rebuildWith, store } = opened;
  await rebuildWith().run(scope, { signal });
  const query = { interval: "1d", hasAccounts: true } as const;
  const here = await store.readAssets(scope, query);
  await rebuildWith({ openRebuilder: () => new RebuildThread() })
    .run(scope, { signal, isWhole: true });
  assertEquals(await store.readAssets(scope, query), here);
});

Deno.test("a return is the same whether the day after is over, cut or not begun", async () => {
  await using opened = await openKit([
    ["2024-09-01T12:00:00Z", "BUY", "bitcoin", "1", "100"],
    ["2025-01-05T15:30:00Z", "BUY", "bitcoin", "2", "103"],
    ["2025-01-11T03:20:00Z", "BUY", "bitcoin", "1", "111"],
  ]);
  const { rebuildWith, clock, service } = opened;
  const hourly = Array.from({ length: 150 * 24 }, (_, hour) => 100 + Math.sin(hour / 7) * 9);
  await opened.write({ assetId: "bitcoin", interval: "1h", from: "2024-08-20", closes: hourly });
  const rebuild = rebuildWith();
  const to = utcMsOf(NOW);
  const measure = async (to?: UtcMs) => {
    await rebuild.run(scope, { signal });
    const { performance, interval } = await service.getPerformance(scope, { to });
    assert(performance);
    return { ...performance, interval };
  };
  const atMidnight = await measure();
  assertEquals(atMidnight.interval, "1d");
  clock.advance(10 * HOUR_MS);
  assertEquals(await measure(to), atMidnight);
  // The hours of the day are linked on to it: a purchase in one of them is no gain.
  const cut = await measure();
  const closeAt = (at: number) => hourly[(at - Date.parse("2024-08-20")) / HOUR_MS - 1] ?? NaN;
  const [base, bought, end] = [
    closeAt(NOW),
    closeAt(NOW + 4 * HOUR_MS),
    closeAt(NOW + 10 * HOUR_MS),
  ];
  const growth = (3 * bought) / (3 * base) * (4 * end) / (3 * bought + 111);
  assertClose(1 + (cut.twr ?? NaN), (1 + (atMidnight.twr ?? NaN)) * growth, 1e-9);
  assertEquals(cut.to, NOW + 10 * HOUR_MS);
  clock.advance(20 * HOUR_MS);
  assertEquals(await measure(to), atMidnight);
});

Deno.test("SnapshotRebuild.run() keeps which fees have no rate, until there is one", async () => {
  await using opened = await openPriced([
    ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "1", "100"],
    ["2025-01-04T12:00:00Z", "FEE", "eur", "-10", null, { parent: 0 }],
  ]);
  const { rebuildWith, kit, service } = opened;
  await rebuildWith().run(scope, { signal });
  const without = (await service.getPerformance(scope)).performance;
  assert(without);
  // 1 bitcoin from 100 to 109; of the fee nobody knows what it was worth.
  assertEquals([without.deposited, without.gain, without.roi], [100, 9, 0.09]);
  assertEquals(without.unvaluedFees, [{ assetId: "bitcoin" as AssetId, count: 1 }]);
  const before = await service.getPerformance(scope, { to: utcMsOf(Date.UTC(2025, 0, 4)) });
  assertEquals(before.performance?.unvaluedFees, []);

  Object.assign(kit, { cashPrice: "1.25", fxVersion: 1 });
  assertEquals((await service.getPerformance(scope)).lacks, ["rates"]);
  await rebuildWith().run(scope, { signal });
  const { performance, lacks } = await service.getPerformance(scope);
  assertEquals([performance?.deposited, performance?.gain, lacks], [112.5, -3.5, []]);
  assertEquals(performance?.unvaluedFees, []);
});
