import { MAX_PARTS_READ } from "@/services/market/candle_reader.ts";
import { type Interval, intervalMs } from "@/services/market/candle.ts";
import { MINUTE_MS, type UtcMs } from "@/services/kernel/time.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { closesUntil, NOW, sampleMarket } from "./market_sample.ts";

Deno.test("MarketService reads again only the assets that changed", async () => {
  const { market, store, write } = sampleMarket();
  await write({ candles: closesUntil([1, 2]) });
  await write({ assetId: "ethereum", candles: closesUntil([3, 4]) });
  await market.warm();
  const warm = store.reads;
  await market.getOverview();
  await market.getQuote("bitcoin");
  assertEquals(store.reads, warm);
  await write({ candles: closesUntil([1, 5]) });
  assertEquals((await market.getQuote("bitcoin")).price.value, 5);
  // Of the newest day, four bases and the daily candles of one asset.
  assert(store.reads - warm <= 6, `${store.reads - warm} reads`);
});

Deno.test("MarketService builds once for all who ask at the same time", async () => {
  const { market, store, write } = sampleMarket();
  await write({ candles: closesUntil([1, 2]) });
  await market.warm();
  const once = store.reads;
  await write({ candles: closesUntil([1, 3]) });
  await Promise.all(Array.from({ length: 20 }, () => market.getQuote("bitcoin")));
  assert(store.reads <= 2 * once, `${store.reads} reads`);
});

Deno.test("MarketService never answers from before a change that it was asked after", async () => {
  const { market, write } = sampleMarket();
  await write({ candles: closesUntil([1, 2]) });
  const first = market.getQuote("bitcoin");
  await write({ candles: closesUntil([1, 3]) });
  const second = market.getQuote("bitcoin");
  assertEquals((await second).price.value, 3);
  await first;
});

Deno.test("getQuote() does not load more than a day, four bases and ninety days", async () => {
  const { market, store, write } = sampleMarket();
  const minutes = Array.from({ length: 10_000 }, (_, at) => at + 1);
  await write({ interval: "1m", candles: closesUntil(minutes, { interval: "1m" }) });
  const days = Array.from({ length: 800 }, (_, at) => at + 1);
  await write({ candles: closesUntil(days) });
  await market.warm();
  assert(store.candlesRead <= 1440 + 8 + 90, `${store.candlesRead} candles`);
});

Deno.test("getOverview() lists active assets, and others while something of them is stored", async () => {
  const { market, write } = sampleMarket();
  const ids = async () => (await market.getOverview()).quotes.map(({ assetId }) => assetId).join();
  assertEquals(await ids(), "bitcoin,ethereum");
  await write({ assetId: "oldcoin", candles: closesUntil([1]) });
  assertEquals(await ids(), "oldcoin,bitcoin,ethereum");
});

Deno.test("getOverview() puts missing figures last in either order", async () => {
  const { market, write } = sampleMarket();
  await write({ assetId: "ethereum", candles: closesUntil([1, 2]) });
  await write({ assetId: "oldcoin", candles: closesUntil([4, 2]) });
  for (const [order, expected] of [["asc", "oldcoin,ethereum"], ["desc", "ethereum,oldcoin"]]) {
    const { quotes } = await market.getOverview({
      sort: "change_24h",
      order: order as "asc" | "desc",
    });
    assertEquals(quotes.map(({ assetId }) => assetId).join(), `${expected},bitcoin`);
  }
});

Deno.test("getOverview() has another version as soon as anything differs", async () => {
  const { market, write, clock } = sampleMarket();
  const versions = new Set<number>();
  for (const closes of [[1], [1, 2], [1, 3]]) {
    await write({ candles: closesUntil(closes) });
    versions.add((await market.getOverview()).version);
    clock.advance(MINUTE_MS);
  }
  assertEquals(versions.size, 3);
  const before = (await market.getOverview()).version;
  await write({ candles: closesUntil([1, 3]) });
  assertEquals((await market.getOverview()).version, before);
});

Deno.test("getCandles() gives the newest candles where no start is asked for", async () => {
  const { market, write } = sampleMarket();
  await write({ candles: closesUntil([1, 2, 3, 4, 5]) });
  const closes = async (query: object) => {
    const page = await market.getCandles("bitcoin", { interval: "1d", ...query });
    return [[...page.candles.close].join(), page.nextFrom === null];
  };
  assertEquals(await closes({ limit: 2 }), ["4,5", true]);
  const third = closesUntil([1, 2, 3]).at(-1)?.openTime as UtcMs;
  assertEquals(await closes({ limit: 2, to: third }), ["3,4", true]);
  assertEquals(await closes({ limit: 2, from: 0 as UtcMs }), ["1,2", false]);
  assertEquals(await closes({ limit: 5, from: 0 as UtcMs }), ["1,2,3,4,5", true]);
});

Deno.test("getCandles() counts the buckets that are missing between its candles", async () => {
  const { market, write } = sampleMarket();
  await write({ candles: closesUntil([1, 2, 3, 4, 5]).filter((_, at) => at !== 1 && at !== 2) });
  const page = await market.getCandles("bitcoin", { interval: "1d" });
  assertEquals([page.candles.length, page.missing], [3, 2]);
});

Deno.test("getCandles() reads a bounded part of a fine history and pages on through the rest", async () => {
  const { market, store, write } = sampleMarket();
  const minutes = 30_000;
  const closes = Array.from({ length: minutes }, (_, at) => at);
  await write({ interval: "1m", candles: closesUntil(closes, { interval: "1m" }) });
  await market.warm();
  const read = store.candlesRead;
  let from: UtcMs | null = 0 as UtcMs;
  const derived: number[] = [];
  while (from !== null) {
    const page = await market.getCandles("bitcoin", { interval: "1h", from, limit: 100 });
    derived.push(...page.candles.close);
    from = page.nextFrom;
  }
  const whole = await market.getCandles("bitcoin", { interval: "1h" });
  assertEquals(derived, [...whole.candles.close]);
  assertEquals(derived.length, minutes / 60);
  assert(store.candlesRead - read < 3 * MAX_PARTS_READ);
});

Deno.test("getCandles() derives the same bars from either end of the range", async () => {
  const { market, write } = sampleMarket();
  const closes = Array.from({ length: 500 }, (_, at) => at % 37);
  await write({ interval: "5m", candles: closesUntil(closes, { interval: "5m" }) });
  const intervals: readonly Interval[] = ["15m", "1h", "4h", "1d"];
  for (const interval of intervals) {
    const forward = await market.getCandles("bitcoin", { interval, from: 0 as UtcMs });
    const backward = await market.getCandles("bitcoin", { interval });
    assertEquals(backward.candles, forward.candles);
    const last = await market.getCandles("bitcoin", { interval, limit: 1 });
    assertEquals(last.candles.openTime[0], NOW - intervalMs(interval));
    assertEquals(last.candles.close[0], closes.at(-1));
  }
});

Deno.test("getCandles() refuses unknown sources and lists those there are", async () => {
  const { market, write } = sampleMarket();
  await write({ candles: closesUntil([1]) });
  const error = await assertRejects(
    () => market.getCandles("bitcoin", { interval: "1d", source: "x" }),
    { pattern: /No candles from source "x"/ },
  );
  assertEquals((error as { details?: unknown }).details, { sources: ["spot"] });
});

Deno.test("listProvenance() names each series with the imports that it came from", async () => {
  const { market, store, write } = sampleMarket();
  await write({ source: "typed", candles: closesUntil([1, 2, 3]).filter((_, at) => at !== 1) });
  const start = { source: "filed", origin: "BTC.csv", format: "ohlcv" };
  await store.recordImport(start, async (session) => {
    const assetId = market.resolve("bitcoin").id;
    const key = { assetId, interval: "1d", source: "filed" } as const;
    await session.write(key, columnsOf(closesUntil([7])));
    return { checksum: "00", read: 1 };
  });
  const series = await market.listProvenance("BTC");
  assertEquals(
    series.map(({ source, rows, missing, imports }) => [source, rows, missing, imports.length]),
    [["filed", 1, 0, 1], ["typed", 2, 1, 0]],
  );
});
