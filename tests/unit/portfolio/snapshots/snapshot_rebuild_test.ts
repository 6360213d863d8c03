import { assert, assertClose, assertEquals, assertRejects } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { type LotRow, matchLots } from "@/services/portfolio/lots.ts";
import { SnapshotPerformance } from "@/services/portfolio/performance/snapshot_performance.ts";
import type { Portfolio } from "@/services/portfolio/portfolio.ts";
import { rebuildAssets, type RebuildTask } from "@/services/portfolio/snapshots/rebuild_assets.ts";
import { type Rebuilder, RebuildThread } from "@/services/portfolio/snapshots/rebuild_thread.ts";
import { SnapshotRebuild } from "@/services/portfolio/snapshots/snapshot_rebuild.ts";
import { SqlPortfolioStore, SqlSnapshotStore } from "@/services/storage/mod.ts";
import { ledger, type RowCase } from "../performance/ledger.ts";

const NOW = Date.UTC(2025, 0, 11);
const portfolio: Portfolio = {
  id: uuidOfMoment(1, "portfolio"),
  ownerId: "ann",
  name: "Main",
  baseCurrency: "USD",
  rule: { method: "fifo", pools: "account" },
  rulesByYear: {},
  createdAt: utcMsOf(0),
  deletedAt: null,
  ledgerVersion: 1,
};
const scope = { ownerId: "ann", portfolioId: portfolio.id };
const { signal } = new AbortController();

const ROWS: readonly RowCase[] = [
  ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "1", "100"],
  ["2025-01-03T12:00:00Z", "BUY", "ethereum", "10", "10"],
  ["2025-01-05T12:00:00Z", "SELL", "bitcoin", "0.5", "104"],
];

/** A store with a portfolio whose rows may change, and prices that grow by 1 a day. */
async function openKit() {
  const clock = new FakeClock(NOW);
  const database = await openTestDatabase({ clock });
  await new SqlPortfolioStore(database).create(portfolio, { max: 10 });
  const store = new SqlSnapshotStore(database);
  const asked: AssetId[][] = [];
  const kit = { rows: ledger(ROWS) as readonly LotRow[], version: 1 };
  const readCloses = (assetIds: readonly AssetId[], { times }: { times: Float64Array }) => {
    asked.push([...assetIds]);
    const base = (id: AssetId) => id === "bitcoin" ? 100 : 10;
    const column = (id: AssetId) =>
      times.map((end) => base(id) + Math.floor((end - Date.UTC(2025, 0, 2)) / DAY_MS));
    return Promise.resolve(new Map(assetIds.map((id) => [id, column(id)])));
  };
  const rebuildWith = (openRebuilder: () => Rebuilder) =>
    new SnapshotRebuild({
      store,
      openLedger: () => Promise.resolve({ portfolio, ...kit }),
      readCloses,
      openRebuilder,
      clock,
    });
  const service = new SnapshotPerformance({
    snapshots: store,
    openLots: () =>
      Promise.resolve({
        portfolio: { ...portfolio, ledgerVersion: kit.version },
        rows: kit.rows,
        book: matchLots(kit.rows, { rule: portfolio.rule }),
      }),
    readCloses,
    readRates: (_, { times }) => Promise.resolve(times.map(() => 0.5)),
    clock,
  });
  return { clock, store, asked, kit, rebuildWith, service, database };
}

function inProcess(): Rebuilder {
  return {
    run: (task: RebuildTask) => Promise.resolve(rebuildAssets(task)),
    [Symbol.dispose]() {},
  };
}

Deno.test("SnapshotRebuild.run() keeps what the ledger is worth at the end of each day", async () => {
  const { rebuildWith, service, database } = await openKit();
  await using _ = database;
  assertEquals(await service.getPerformance(scope), null);
  const progress: string[] = [];
  const onProgress = (done: number, total: number) => progress.push(`${done}/${total}`);
  const result = await rebuildWith(inProcess).run(scope, { signal, onProgress });
  assertEquals([result.assets, result.ledgerVersion, progress.at(-1)], [2, 1, "6/6"]);

  const report = await service.getPerformance(scope);
  assert(report?.performance);
  const { performance, lots, isStale } = report;
  // 10 January: half a bitcoin at 109, ten ethers at 19.
  assertEquals([performance.value, isStale], [0.5 * 109 + 190, false]);
  assertEquals([performance.deposited, performance.withdrawn], [200, 52]);
  assertClose(performance.gain, 54.5 + 190 + 52 - 200);
  assertEquals([lots.realized, lots.cost], ["2", "150"]);
  assertClose(Number(lots.unrealized), 54.5 + 190 - 150);
  assert(Math.abs(performance.residual ?? 1) < 1e-9);

  const inEuro = await service.getPerformance(scope, { currency: "EUR" });
  assertClose(inEuro?.performance?.value ?? NaN, (54.5 + 190) / 2);
  assertClose(inEuro?.performance?.twr ?? NaN, performance.twr ?? NaN);
  assertClose(Number(inEuro?.lots.realized), 1);
});

Deno.test("SnapshotRebuild.run() values again only the assets whose rows changed", async () => {
  const { rebuildWith, asked, kit, service, database } = await openKit();
  await using _ = database;
  const rebuild = rebuildWith(inProcess);
  await rebuild.run(scope, { signal });
  asked.length = 0;
  assertEquals((await rebuild.run(scope, { signal })).valued, 0);
  assertEquals(asked, []);

  kit.rows = ledger([...ROWS, ["2025-01-02T12:00:00Z", "BUY", "ethereum", "5", "11"]]);
  kit.version = 2;
  assertEquals((await service.getPerformance(scope))?.isStale, true);
  assertEquals((await rebuild.run(scope, { signal })).valued, 3);
  assert(asked.every((ids) => ids.join() === "ethereum"), JSON.stringify(asked));
  const report = await service.getPerformance(scope);
  assertEquals([report?.performance?.value, report?.isStale], [54.5 + 15 * 19, false]);
  assertEquals((await rebuild.run(scope, { signal, refresh: "all" })).valued, 6);
});

Deno.test("SnapshotRebuild.run() extends as time goes on, and forgets assets without rows", async () => {
  const { rebuildWith, clock, kit, service, store, database } = await openKit();
  await using _ = database;
  const rebuild = rebuildWith(inProcess);
  await rebuild.run(scope, { signal });
  clock.advance(DAY_MS);
  await rebuild.run(scope, { signal });
  assertEquals((await service.getPerformance(scope))?.performance?.value, 55 + 200);

  kit.rows = kit.rows.filter(({ assetId }) => assetId === "bitcoin");
  await rebuild.run(scope, { signal });
  const assets = await store.readAssets(scope, "1d");
  assertEquals(assets.map(({ assetId }) => assetId as string), ["bitcoin"]);
});

Deno.test("SnapshotRebuild.run() is finished by the next run after one that was cut off", async () => {
  const { rebuildWith, service, database } = await openKit();
  await using _ = database;
  const failing = rebuildWith(() => ({
    ...inProcess(),
    run: () => Promise.reject(new Error("cut")),
  }));
  await assertRejects(() => failing.run(scope, { signal }), { pattern: /cut/ });
  assertEquals(await service.getPerformance(scope), null);
  await rebuildWith(inProcess).run(scope, { signal });
  assertEquals((await service.getPerformance(scope))?.performance?.value, 54.5 + 190);
});

Deno.test("SnapshotRebuild.run() stops when it is cancelled", async () => {
  const { rebuildWith, database } = await openKit();
  await using _ = database;
  const cancelled = AbortSignal.abort(new Error("cancelled"));
  await assertRejects(() => rebuildWith(inProcess).run(scope, { signal: cancelled }), {
    pattern: /cancelled/,
  });
});

Deno.test("snapshots are their owner's alone", async () => {
  const { rebuildWith, store, database } = await openKit();
  await using _ = database;
  await rebuildWith(inProcess).run(scope, { signal });
  const other = { ...scope, ownerId: "bob" };
  assertEquals(await store.findState(other, "1d"), null);
  assertEquals(await store.readAssets(other, "1d"), []);
  const state = await store.findState(scope, "1d");
  assert(state);
  await assertRejects(() => store.write(other, { state, assets: [], from: state.start }));
});

Deno.test("RebuildThread values in a thread what rebuildAssets() does here", async () => {
  const { rebuildWith, store, database } = await openKit();
  await using _ = database;
  await rebuildWith(inProcess).run(scope, { signal });
  const here = await store.readAssets(scope, "1d");
  await rebuildWith(() => new RebuildThread()).run(scope, { signal, refresh: "all" });
  assertEquals(await store.readAssets(scope, "1d"), here);
});
