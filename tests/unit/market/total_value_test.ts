import fc from "fast-check";
import { DAY_MS, type UtcMs } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { totalValue } from "@/services/market/total_value.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { NOW, sampleMarket } from "./market_sample.ts";

/** An asset with one market value a day up to `NOW` less `endsDaysAgo`; `null` is a missing one. */
function part(
  name: string,
  values: readonly (number | null)[],
  { endsDaysAgo = 0 }: { endsDaysAgo?: number } = {},
) {
  const end = NOW - endsDaysAgo * DAY_MS;
  const daily = columnsOf(values.map((marketCapUsd, at) => ({
    openTime: end - (values.length - at) * DAY_MS,
    ...{ close: 1, marketCapUsd },
  })));
  const asset = { assetId: name as AssetId, symbol: name, name, themes: [] };
  return { asset, daily, source: `of_${name}`, asof: end as UtcMs };
}

Deno.test("totalValue() adds up each day that every asset has a value on", () => {
  const total = totalValue([part("A", [1, 2, 3]), part("B", [10, 20, 30])], { days: 3 });
  assertEquals(total?.from, NOW - 3 * DAY_MS);
  assertEquals([...total?.valuesUsd ?? []], [11, 22, 33]);
  assertEquals(total?.lacking, []);
  assertEquals([total?.asof, total?.sources], [NOW, ["of_A", "of_B"]]);
});

Deno.test("totalValue() leaves out days on which one is missing, and says which and how often", () => {
  const parts = [
    part("A", [1, 2, 3, 4]),
    part("YOUNG", [30, 40]),
    part("HOLE", [100, 200, null, 400]),
    part("OLD", [1000, 2000, 3000, 4000], { endsDaysAgo: 1 }),
  ];
  const total = totalValue(parts, { days: 4 });
  assertEquals([...total?.valuesUsd ?? []], [NaN, NaN, NaN, NaN]);
  assertEquals(total?.lacking.map(({ asset, days }) => [asset.name, days]), [
    ["YOUNG", 2],
    ["HOLE", 1],
    ["OLD", 1],
  ]);
  assertEquals(total?.asof, NOW - DAY_MS);
  const two = totalValue(parts.slice(0, 2), { days: 4 });
  assertEquals([...two?.valuesUsd ?? []], [NaN, NaN, 33, 44]);
});

Deno.test("totalValue() looks back so many days and no further, and is null of nothing", () => {
  assertEquals([...totalValue([part("A", [1, 2, 3])], { days: 2 })?.valuesUsd ?? []], [2, 3]);
  assertEquals(totalValue([], { days: 2 }), null);
  assertEquals(totalValue([part("A", [])], { days: 2 }), null);
});

Deno.test("totalValue() never has a sum on a day that lacks a part, and no other gap", () => {
  const value = fc.option(fc.integer({ min: 1, max: 1000 }));
  const columns = fc.array(fc.array(value, { minLength: 5, maxLength: 5 }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(fc.property(columns, (given) => {
    const parts = given.map((values, at) => part(`A${at}`, values));
    const { valuesUsd = new Float64Array() } = totalValue(parts, { days: 5 }) ?? {};
    assertEquals(valuesUsd.length, 5);
    for (const [day, sum] of valuesUsd.entries()) {
      const ofDay = given.map((values) => values[day] ?? null);
      const known = ofDay.flatMap((one) => one === null ? [] : [one]);
      if (known.length < given.length) assert(Number.isNaN(sum), `day ${day}`);
      else assertClose(sum, known.reduce((total, one) => total + one, 0));
    }
  }));
});

Deno.test("getTotalValue() sums the assets with a market value, without another read", async () => {
  const { market, store, write } = sampleMarket();
  const days = (values: readonly (number | null)[]) =>
    values.map((marketCapUsd, at) => ({
      openTime: NOW - (values.length - at) * DAY_MS,
      ...{ close: 1, marketCapUsd },
    }));
  await write({ candles: days([5, 6]) });
  await write({ assetId: "ethereum", candles: days([null, null]) });
  const { quotes } = await market.getOverview();
  const reads = store.reads;
  const total = await market.getTotalValue(quotes);
  assertEquals(store.reads, reads);
  assertEquals(total?.assets.map(({ assetId }) => `${assetId}`), ["bitcoin"]);
  assertEquals([...total?.valuesUsd.subarray(-3) ?? []], [NaN, 5, 6]);
  const ether = quotes.filter(({ symbol }) => symbol === "ETH");
  assertEquals(await market.getTotalValue(ether), null);
});
