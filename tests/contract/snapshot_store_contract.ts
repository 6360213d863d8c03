import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { type AssetId, intervalMs } from "@/services/market/mod.ts";
import { type AssetSnapshot, CHUNK_BUCKETS } from "@/services/portfolio/snapshots/snapshot.ts";
import { SqlPortfolioStore, SqlSnapshotStore } from "@/services/storage/mod.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import type { StoreKind } from "./stores.ts";

const portfolioId = uuidOfMoment(1, "portfolio of snapshots");
const scope = { ownerId: "ann", portfolioId };
const CHUNK_MS = CHUNK_BUCKETS * intervalMs("1d");
const state = {
  interval: "1d" as const,
  start: utcMsOf(0),
  buckets: 600,
  ledgerVersion: 3,
  builtAt: utcMsOf(9),
};

function snapshotOf(assetId: string, value: number): AssetSnapshot {
  const values = () => new Float64Array(CHUNK_BUCKETS).fill(value).fill(NaN, 5, 6);
  return {
    assetId: assetId as AssetId,
    chunks: [
      { account: "a", start: utcMsOf(0), values: values() },
      { account: "a", start: utcMsOf(CHUNK_MS), values: values() },
    ],
    events: Float64Array.of(1, 2.5, NaN),
    flows: Float64Array.of(1, -2),
    unpriced: 4,
    rowsMark: 2 ** 40 + 1,
  };
}

/** What every store of snapshots must do. */
export function testSnapshotStore(kind: StoreKind): void {
  Deno.test({
    name: `SnapshotStore on ${kind.name} keeps, replaces from a time on, and removes`,
    ignore: kind.ignore,
    async fn() {
      await using kit = await kind.open();
      await new SqlPortfolioStore(kit.database).create({
        ...{ id: portfolioId, ownerId: "ann", name: "Main", baseCurrency: "USD" },
        rule: { method: "fifo", pools: "account" },
        ...{ rulesByYear: {}, createdAt: utcMsOf(0), deletedAt: null, ledgerVersion: 0 },
      }, { max: 1 });
      const store = new SqlSnapshotStore(kit.database);
      assertEquals(await store.findState(scope, "1d"), null);
      const assets = [snapshotOf("bitcoin", 1 / 3), snapshotOf("ethereum", 7)];
      await store.write(scope, { state, assets, from: state.start });
      assertEquals(await store.findState(scope, "1d"), state);
      assertEquals(await store.readAssets(scope, "1d"), assets);
      assertEquals((await store.readMarks(scope, "1d")).get("bitcoin" as AssetId), 2 ** 40 + 1);

      // What ends by `from` stays.
      const later = snapshotOf("bitcoin", 9);
      await store.write(scope, { state, assets: [later], from: utcMsOf(CHUNK_MS) });
      const [bitcoin] = await store.readAssets(scope, "1d");
      assertEquals(bitcoin?.chunks.map(({ values }) => values[0]), [1 / 3, 9]);

      const newer = { ...state, start: utcMsOf(CHUNK_MS) };
      await store.retain(scope, { state: newer, assetIds: ["bitcoin" as AssetId] });
      const kept = await store.readAssets(scope, "1d");
      assertEquals(
        kept.map(({ assetId, chunks }) => [assetId, chunks.length] as [string, number]),
        [
          ["bitcoin", 1],
        ],
      );
    },
  });

  Deno.test({
    name: `SnapshotStore on ${kind.name} takes nothing for a portfolio of somebody else`,
    ignore: kind.ignore,
    async fn() {
      await using kit = await kind.open();
      const store = new SqlSnapshotStore(kit.database);
      await assertRejects(() => store.write(scope, { state, assets: [], from: state.start }));
      assertEquals(await store.readAssets({ ...scope, ownerId: "bob" }, "1d"), []);
    },
  });
}
