import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { GasGauge } from "@/services/onchain/gauges.ts";
import { SqlGaugeStore } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import type { StoreKind } from "./stores.ts";

const START = utcMsOf(Date.UTC(2026, 0, 1));
const gas = (day: number, block = day): GasGauge => ({
  asof: utcMsOf(START + day * DAY_MS),
  ...{ block, safe: 34, proposed: 35, fast: 36.5, baseFee: null },
});

/** What every store of gauges must do. */
export function testGaugeStore(kind: StoreKind): void {
  const test = (name: string, run: (store: SqlGaugeStore) => Promise<void>) =>
    Deno.test({
      name: `GaugeStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlGaugeStore(kit.database));
      },
    });

  test("lists readings since an instant as they were, oldest first", async (store) => {
    for (const day of [2, 0, 1]) await store.record("eth_gas", gas(day));
    assertEquals(await store.list("eth_gas", gas(1).asof), [gas(1), gas(2)]);
    assertEquals(await store.list("btc_mempool", START), []);
  });

  test("keeps the first reading of a time", async (store) => {
    await store.record("eth_gas", gas(0));
    await store.record("eth_gas", gas(0, 99));
    assertEquals(await store.list("eth_gas", START), [gas(0)]);
  });

  test("removes what is older than an instant, and says how much", async (store) => {
    for (const day of [0, 1, 2]) await store.record("eth_gas", gas(day));
    assertEquals(await store.prune(gas(2).asof), 2);
    assertEquals(await store.prune(gas(2).asof), 0);
    assertEquals(await store.list("eth_gas", START), [gas(2)]);
  });
}
