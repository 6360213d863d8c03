import { utcMsOf } from "@/services/kernel/time.ts";
import { planSeed } from "@/services/market/assets_plan.ts";
import type { AssetId, Registry } from "@/services/market/assets.ts";
import { keyText, REGISTRY_TABLES } from "@/services/market/assets_tables.ts";
import { SqlAssetStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import {
  aliasRow,
  assetRow,
  contractRow,
  providerIdRow,
  sampleRegistry,
} from "@/tests/unit/market/assets_sample.ts";
import type { StoreKind, TestStore } from "./stores.ts";

const NOW = utcMsOf(Date.UTC(2026, 0, 1));

const FIRST = sampleRegistry({
  assets: [
    assetRow("bitcoin", { symbol: "BTC", decimals: 8, native_chain_id: "bitcoin" }),
    assetRow("tether", { themes: ["stablecoin", 'it\'s "quoted"'], decimals: null }),
  ],
  asset_contracts: [contractRow("tether")],
  asset_provider_ids: [providerIdRow("bitcoin"), providerIdRow("tether")],
  asset_aliases: [aliasRow("btc", "bitcoin"), aliasRow("usdt", "tether")],
});

const SECOND = sampleRegistry({
  ...FIRST,
  version: "2.0.0",
  assets: [assetRow("bitcoin", { symbol: "XBT", decimals: 8, native_chain_id: "bitcoin" })],
  asset_contracts: [],
  asset_provider_ids: [providerIdRow("bitcoin")],
  asset_aliases: [aliasRow("btc", "bitcoin"), aliasRow("usdt", "bitcoin")],
});

/** The registry with its rows in one order, for comparing. */
function inOrder(registry: Registry | null): unknown {
  assert(registry, "Expected a registry");
  const tables = REGISTRY_TABLES.map(({ name }) => {
    const rows: object[] = [...registry[name]];
    const sorted = rows.sort((a, b) => keyText(name, a) < keyText(name, b) ? -1 : 1);
    return [name, sorted.map((row) => ({ ...row }))];
  });
  return { ...registry, ...Object.fromEntries(tables) };
}

/** What every `AssetStore` must do. */
export function testAssetStore(kind: StoreKind): void {
  function test(name: string, run: (store: SqlAssetStore, kit: TestStore) => Promise<void>) {
    Deno.test({
      name: `SqlAssetStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlAssetStore(kit.database), kit);
      },
    });
  }

  test("holds nothing before the first seeding", async (store) => {
    assertEquals(await store.findRegistryState(), null);
    assertEquals(await store.loadRegistry(), null);
  });

  test("gives back the registry that it was seeded with", async (store) => {
    await store.applyPlan(planSeed(null, FIRST), NOW);
    assertEquals(inOrder(await store.loadRegistry()), inOrder(FIRST));
    assertEquals(await store.findRegistryState(), {
      version: FIRST.version,
      checksum: FIRST.checksum,
      seededAt: NOW,
    });
  });

  test("moves from one version to the next, deletions included", async (store) => {
    await store.applyPlan(planSeed(null, FIRST), NOW);
    await store.applyPlan(planSeed(await store.loadRegistry(), SECOND), NOW);
    assertEquals(inOrder(await store.loadRegistry()), inOrder(SECOND));
  });

  test("changes nothing when a plan runs twice", async (store, { database }) => {
    await store.applyPlan(planSeed(null, FIRST), NOW);
    const version = database.changes.current();
    const later = utcMsOf(NOW + 1_000);
    await store.applyPlan(planSeed(await store.loadRegistry(), FIRST), later);
    assertEquals(inOrder(await store.loadRegistry()), inOrder(FIRST));
    assertEquals((await store.findRegistryState())?.seededAt, NOW);
    assertEquals(database.changes.current(), version);
  });

  test("keeps nothing of a plan that fails", async (store) => {
    const orphan = { ...FIRST, asset_aliases: [aliasRow("x", "nobody" as AssetId)] };
    await assertRejects(() => store.applyPlan(planSeed(null, orphan), NOW));
    assertEquals(await store.loadRegistry(), null);
    await store.applyPlan(planSeed(null, FIRST), NOW);
    assertEquals((await store.loadRegistry())?.assets.length, 2);
  });
}
