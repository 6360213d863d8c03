import { UuidFactory } from "@/services/kernel/ids.ts";
import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId, HeldPrice } from "@/services/market/mod.ts";
import { SqlAbsenceStore, SqlLivePriceStore } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { livePrice } from "@/tests/fakes/live_prices.ts";
import type { StoreKind } from "./stores.ts";

const NOW = Date.UTC(2026, 0, 1) as UtcMs;
const at = (ms: number) => utcMsOf(NOW + ms);

type Test = (name: string, run: (store: SqlLivePriceStore) => Promise<void>) => void;

/** What every `LivePriceStore` must do. */
export function testLivePriceStore(kind: StoreKind): void {
  const test: Test = (name, run) =>
    Deno.test({
      name: `SqlLivePriceStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlLivePriceStore(kit.database));
      },
    });
  testPrices(test);
  testHeld(test);
}

/** What every `AbsenceStore` must do. */
export function testAbsenceStore(kind: StoreKind): void {
  Deno.test({
    name: `SqlAbsenceStore on ${kind.name} remembers ranges of one series, joined where they meet`,
    ignore: kind.ignore,
    async fn() {
      await using kit = await kind.open();
      const store = new SqlAbsenceStore(kit.database, kit.clock);
      const key = { assetId: "bitcoin" as AssetId, interval: "1d", source: "binance" } as const;
      await store.recordAbsence(key, { from: at(10), to: at(20) });
      await store.recordAbsence(key, { from: at(0), to: at(5) });
      await store.recordAbsence(key, { from: at(0), to: at(3) });
      await store.recordAbsence({ ...key, source: "coinbase" }, { from: at(0), to: at(9) });
      assertEquals(await store.listAbsences(key), [
        { from: at(0), to: at(5) },
        { from: at(10), to: at(20) },
      ]);
      await store.recordAbsence(key, { from: at(20), to: at(25) });
      await store.recordAbsence(key, { from: at(4), to: at(6) });
      await store.recordAbsence(key, { from: at(0), to: at(7) });
      assertEquals(await store.listAbsences(key), [
        { from: at(0), to: at(7) },
        { from: at(10), to: at(25) },
      ]);
    },
  });
}

function testPrices(test: Test): void {
  test("gives back prices as they were recorded", async (store) => {
    const price = livePrice({
      asof: NOW,
      priceUsd: 0.1 + 0.2,
      excluded: [{ venue: "kraken", priceUsd: 9e-9, at: at(-1), reason: "off_median" }],
      market: { source: "coingecko", asof: at(-9), volume24hUsd: 12.5, marketCapUsd: null },
    });
    await store.recordPrices([price]);
    assertEquals(await store.listPrices(), [price]);
  });

  test("keeps the newest price, whatever comes after it", async (store) => {
    await store.recordPrices([livePrice({ asof: at(1_000), priceUsd: 2 })]);
    await store.recordPrices([livePrice({ asof: at(999), priceUsd: 1 })]);
    assertEquals((await store.listPrices()).map(({ priceUsd }) => priceUsd), [2]);
    await store.recordPrices([livePrice({ asof: at(1_000), priceUsd: 3 })]);
    assertEquals((await store.listPrices()).map(({ priceUsd }) => priceUsd), [3]);
  });

  test("keeps market figures when a price without any follows", async (store) => {
    const market = { source: "coingecko", asof: NOW, volume24hUsd: 1, marketCapUsd: 2 };
    await store.recordPrices([livePrice({ asof: NOW, market })]);
    await store.recordPrices([livePrice({ asof: at(1), market: null })]);
    const older = { ...market, asof: at(-1), marketCapUsd: 1 };
    await store.recordPrices([livePrice({ asof: at(2), market: older })]);
    assertEquals((await store.listPrices()).map((price) => price.market), [market]);
  });

  test("takes more prices at once than a statement has parameters", async (store) => {
    const prices = Array.from(
      { length: 2_500 },
      (_, index) => livePrice({ assetId: `asset-${index}`, asof: NOW }),
    );
    await store.recordPrices(prices);
    assertEquals((await store.listPrices()).length, 2_500);
  });
}

function testHeld(test: Test): void {
  test("settles a held price in place, newest first", async (store) => {
    const ids = new UuidFactory(() => NOW);
    const held: HeldPrice = {
      id: ids.next(),
      assetId: "bitcoin" as AssetId,
      venue: "binance",
      priceUsd: 600_000,
      at: NOW,
      lastPriceUsd: 60_000,
      lastAt: at(-1_000),
      state: "held",
      settledBy: null,
      settledAt: null,
    };
    const later = { ...held, id: ids.next(), venue: "coinbase" };
    await store.recordHeld(held);
    await store.recordHeld(later);
    const settled = { ...held, state: "accepted", settledBy: "owner", settledAt: at(5) } as const;
    await store.recordHeld(settled);
    assertEquals(await store.listHeld({ limit: 10 }), [later, settled]);
    assertEquals(await store.listHeld({ limit: 1 }), [later]);
  });
}
