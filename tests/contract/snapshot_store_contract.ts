import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { type AssetId, intervalMs } from "@/services/market/mod.ts";
import {
  CHUNK_BUCKETS,
  type SnapshotChunk,
  type SnapshotState,
} from "@/services/portfolio/snapshots/snapshot.ts";
import type { SnapshotWrite } from "@/services/portfolio/snapshots/snapshot_ports.ts";
import { SqlPortfolioStore, SqlSnapshotStore } from "@/services/storage/mod.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import type { StoreKind } from "./stores.ts";

const portfolioId = uuidOfMoment(1, "portfolio of snapshots");
const scope = { ownerId: "ann", portfolioId };
const CHUNK_MS = CHUNK_BUCKETS * intervalMs("1d");
const [bitcoin, ethereum] = ["bitcoin" as AssetId, "ethereum" as AssetId];
const state: SnapshotState = {
  ...{ build: 1, ledgerVersion: 3, pools: "account", fxVersion: null },
  ...{ firstAt: utcMsOf(5), until: utcMsOf(600 * DAY_MS) },
  ...{ valuedAt: utcMsOf(600 * DAY_MS + 7), builtAt: utcMsOf(600 * DAY_MS + 9) },
};

function chunkOf(start: number, value: number, accounts = ["a"]): SnapshotChunk {
  const values = new Float64Array(3).fill(value).fill(NaN, 1, 2);
  return {
    start: utcMsOf(start),
    values,
    accounts: accounts.map((account, index) => ({
      account,
      values: accounts.length === 1 ? values : values.map((own) => own + index),
    })),
    events: Float64Array.of(1, 2.5, NaN),
    flows: Float64Array.of(1, -2),
    unpriced: Float64Array.of(3, 4),
  };
}

const chunks = (value: number) => [chunkOf(0, value), chunkOf(CHUNK_MS, value, ["a", "b"])];
const inputsOf = (assetId: AssetId) => ({
  assetId,
  rowMarks: Float64Array.of(7, 2 ** 51 + 1),
  closes: [[4, 2, 86_400_000]] as const,
});
const FIRST: SnapshotWrite = {
  basedOn: 0,
  state,
  inputs: [inputsOf(bitcoin), inputsOf(ethereum)],
  pieces: [bitcoin, ethereum].map((assetId, index) => ({
    ...{ interval: "1d", assetId, from: utcMsOf(0), chunks: chunks([1 / 3, 7][index] ?? 0) },
  })),
  assetIds: [bitcoin, ethereum],
  keptFrom: { "1d": utcMsOf(0), "1h": utcMsOf(0), "5m": utcMsOf(0) },
};

async function open(kind: StoreKind) {
  const kit = await kind.open();
  await new SqlPortfolioStore(kit.database).create({
    ...{ id: portfolioId, ownerId: "ann", name: "Main", baseCurrency: "USD" },
    rule: { method: "fifo", pools: "account" },
    ...{ rulesByYear: {}, createdAt: utcMsOf(0), deletedAt: null, ledgerVersion: 3 },
  }, { max: 1, maxWithDeleted: 1 });
  return { kit, store: new SqlSnapshotStore(kit.database) };
}

/** What every store of snapshots must do. */
export function testSnapshotStore(kind: StoreKind): void {
  testKept(kind);
  testReplaced(kind);
  testRefused(kind);
}

function testKept(kind: StoreKind): void {
  Deno.test({
    name: `SnapshotStore on ${kind.name} keeps all of a build and what it was made of`,
    ignore: kind.ignore,
    async fn() {
      const { kit, store } = await open(kind);
      await using _ = kit;
      assertEquals(await store.findState(scope), null);
      assertEquals(await store.write(scope, FIRST), true);
      assertEquals(await store.findState(scope), state);
      assertEquals(await store.readInputs(scope), FIRST.inputs);
      assertEquals((await store.readMarks(scope)).get(bitcoin), [[4, 2, 86_400_000]]);
      assertEquals(await store.listAssetIds(scope), [bitcoin, ethereum]);
      const query = { interval: "1d", hasAccounts: true } as const;
      assertEquals(await store.readAssets(scope, query), [
        { assetId: bitcoin, chunks: chunks(1 / 3) },
        { assetId: ethereum, chunks: chunks(7) },
      ]);
      const [first] = await store.readAssets(scope, { interval: "1d" });
      assertEquals(first?.chunks[1]?.accounts, []);
      const owned = (await store.listStates()).find(({ portfolio: { id } }) => id === portfolioId);
      assertEquals([owned?.state, owned?.portfolio.ownerId], [state, "ann"]);
    },
  });
}

function testReplaced(kind: StoreKind): void {
  Deno.test({
    name: `SnapshotStore on ${kind.name} replaces from a time on, and drops what is not kept`,
    ignore: kind.ignore,
    async fn() {
      const { kit, store } = await open(kind);
      await using _ = kit;
      await store.write(scope, FIRST);
      const later = { ...FIRST, basedOn: 1, state: { ...state, build: 2 }, inputs: [] };
      const pieces = [
        {
          interval: "1d",
          assetId: bitcoin,
          from: utcMsOf(CHUNK_MS),
          chunks: [chunkOf(CHUNK_MS, 9)],
        },
      ] as const;
      assertEquals(await store.write(scope, { ...later, pieces }), true);
      const [own] = await store.readAssets(scope, { interval: "1d", assetIds: [bitcoin] });
      assertEquals(own?.chunks.map(({ values }) => values[0]), [1 / 3, 9]);
      const from = utcMsOf(CHUNK_MS);
      const [since] = await store.readAssets(scope, { interval: "1d", from });
      assertEquals(since?.chunks.length, 1);

      const last = {
        ...{ ...later, basedOn: 2, state: { ...state, build: 3 }, pieces: [] },
        ...{ assetIds: [bitcoin], keptFrom: { ...FIRST.keptFrom, "1d": from } },
      };
      assertEquals(await store.write(scope, last), true);
      const kept = await store.readAssets(scope, { interval: "1d" });
      assertEquals(kept.map(({ assetId, chunks }) => `${assetId} ${chunks.length}`), ["bitcoin 1"]);
      assertEquals((await store.readInputs(scope)).map(({ assetId }) => assetId), [bitcoin]);
      await store.clear(scope);
      assertEquals(await store.findState(scope), null);
      assertEquals((await store.listStates()).map((one) => one.state), [null]);
    },
  });
}

function testRefused(kind: StoreKind): void {
  Deno.test({
    name: `SnapshotStore on ${kind.name} refuses what was made on a build that is no more`,
    ignore: kind.ignore,
    async fn() {
      const { kit, store } = await open(kind);
      await using _ = kit;
      assertEquals(await store.write(scope, FIRST), true);
      assertEquals(await store.write(scope, FIRST), false);
      const stale = { ...FIRST, basedOn: 7, pieces: [], assetIds: [] };
      assertEquals(await store.write(scope, stale), false);
      assertEquals((await store.readInputs(scope)).length, 2);
    },
  });

  Deno.test({
    name: `SnapshotStore on ${kind.name} takes nothing for a portfolio of somebody else`,
    ignore: kind.ignore,
    async fn() {
      const { kit, store } = await open(kind);
      await using _ = kit;
      const other = { ...scope, ownerId: "bob" };
      await assertRejects(() => store.write(other, FIRST));
      await store.write(scope, FIRST);
      assertEquals(await store.readAssets(other, { interval: "1d" }), []);
      await store.clear(other);
      assertEquals(await store.findState(scope), state);
    },
  });
}
