import { DAY_MS, MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import { SqlGaugeStore } from "@/services/storage/mod.ts";
import { assertEquals } from "@/tests/assert.ts";
import { sampleGas, sampleMempool } from "@/tests/unit/onchain/gauge_sample.ts";
import type { StoreKind } from "./stores.ts";

const START = utcMsOf(Date.UTC(2026, 0, 1));
const gas = (day: number, block = day) =>
  sampleGas(utcMsOf(START + day * DAY_MS), { block, baseFee: null });

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

  test("finds the newest reading of a gauge", async (store) => {
    assertEquals(await store.findLatest("eth_gas"), null);
    for (const day of [0, 2, 1]) await store.record("eth_gas", gas(day));
    assertEquals(await store.findLatest("eth_gas"), gas(2));
    assertEquals(await store.findLatest("btc_mempool"), null);
  });

  test("sums up the hours of readings, each reading once", async (store) => {
    const at = (minutes: number) => utcMsOf(START + minutes * MINUTE_MS);
    const minutes = [0, 59, 60, 59, 0];
    for (const minute of minutes) {
      await store.record("eth_gas", sampleGas(at(minute), { fast: minute }));
    }
    const hours = await store.listHours("eth_gas", START);
    assertEquals(hours.map(({ hour, readings }) => [hour, readings]), [[START, 2], [at(60), 1]]);
    assertEquals(hours[0]?.spreads.fast, { mean: 29.5, least: 0, most: 59 });
    assertEquals((await store.listHours("eth_gas", at(60))).length, 1);
    await store.record("btc_mempool", sampleMempool(START, { totalFee: null }));
    const [mempool] = await store.listHours("btc_mempool", START);
    assertEquals(mempool?.spreads.size, { mean: 3_169, least: 3_169, most: 3_169 });
    assertEquals(mempool?.spreads.total_fee, null);
    assertEquals(await store.findLatest("btc_mempool"), sampleMempool(START, { totalFee: null }));
  });

  test("remembers how the newest try went", async (store) => {
    assertEquals(await store.findTry("eth_gas"), null);
    await store.recordTry("eth_gas", { at: START, problem: "HTTP 500" });
    assertEquals(await store.findTry("eth_gas"), { at: START, problem: "HTTP 500" });
    await store.recordTry("eth_gas", { at: gas(1).asof, problem: null });
    assertEquals(await store.findTry("eth_gas"), { at: gas(1).asof, problem: null });
    assertEquals(await store.findTry("btc_mempool"), null);
  });

  test("removes readings and hours older than an instant, and says how many", async (store) => {
    for (const day of [0, 1, 2]) await store.record("eth_gas", gas(day));
    assertEquals(await store.prune(gas(2).asof), 4);
    assertEquals(await store.prune(gas(2).asof), 0);
    assertEquals(await store.list("eth_gas", START), [gas(2)]);
    assertEquals((await store.listHours("eth_gas", START)).map(({ hour }) => hour), [gas(2).asof]);
  });
}
