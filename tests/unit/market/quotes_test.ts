import { DAY_MS, HOUR_MS, MINUTE_MS, type UtcMs } from "@/services/kernel/time.ts";
import { changeBaseRange, freshnessOf } from "@/services/market/quotes.ts";
import type { Interval } from "@/services/market/candle.ts";
import { assertClose, assertEquals } from "@/tests/assert.ts";
import { closesUntil, NOW, sampleMarket, seriesOver } from "./market_sample.ts";

Deno.test("a quote compares the newest close with the one exactly that long before", async () => {
  const { market, write } = sampleMarket();
  const closes = Array.from({ length: 366 }, (_, at) => 1000 + at);
  await write({ candles: closesUntil(closes) });
  const quote = await market.getQuote("bitcoin");
  assertEquals(quote.price, { value: 1365, reason: null });
  assertClose(quote.change24h.value, 1365 / 1364 - 1);
  assertClose(quote.change7d.value, 1365 / 1358 - 1);
  assertClose(quote.change30d.value, 1365 / 1335 - 1);
  assertClose(quote.change1y.value, 1365 / 1000 - 1);
});

Deno.test("a quote has no change where the candle before is missing, not a neighbour's", async () => {
  const { market, write } = sampleMarket();
  await write({ candles: closesUntil([1, 2, 3]).filter((_, at) => at !== 1) });
  const { change24h } = await market.getQuote("bitcoin");
  assertEquals(change24h, {
    value: null,
    reason: "spot has no candle that closes at 2025-12-31T00:00:00Z",
  });
});

Deno.test("a quote of weekly candles has no change over a day", async () => {
  const { market, write } = sampleMarket();
  const monday = Date.UTC(2025, 11, 29);
  await write({ interval: "1w", candles: closesUntil([1, 2], { interval: "1w", end: monday }) });
  const { change24h, change7d, volume24hUsd } = await market.getQuote("bitcoin");
  assertEquals(change24h.reason, "A 1w candle is longer than 24 hours");
  assertClose(change7d.value, 1);
  assertEquals(volume24hUsd.reason, "A 1w candle is longer than 24 hours");
});

Deno.test("a quote of a short fine series takes long changes from a coarser one", async () => {
  const { market, write } = sampleMarket();
  await write({ interval: "1h", candles: closesUntil([20, 30], { interval: "1h" }) });
  await write({ candles: closesUntil([5, 6, 7, 8, 9, 10, 11, 12, 30]) });
  const { price, change24h, change7d } = await market.getQuote("bitcoin");
  assertEquals(price.value, 30);
  // A daily close may be a day off, which is nothing to compare 24 hours with.
  assertEquals(change24h.value, null);
  assertClose(change7d.value, 30 / 6 - 1);
});

Deno.test("a quote sums the volume of exactly 24 hours, at each candle's own close", async () => {
  const { market, write } = sampleMarket();
  const closes = Array.from({ length: 30 }, (_, at) => at);
  await write({ interval: "1h", candles: closesUntil(closes, { interval: "1h", volume: 2 }) });
  const { volume24hUsd, isVolumeEstimated } = await market.getQuote("bitcoin");
  // Twice the closes 6 to 29: 2 · (29 · 30 / 2 - 5 · 6 / 2).
  assertEquals([volume24hUsd.value, isVolumeEstimated], [840, true]);
});

Deno.test("a quote prefers dollars as given and has no volume with one candle unknown", async () => {
  const { market, write } = sampleMarket();
  const openTime = NOW - DAY_MS;
  await write({ candles: [{ openTime, close: 3, volume: 2, volumeUsd: 7, marketCapUsd: 99 }] });
  const given = await market.getQuote("bitcoin");
  assertEquals([given.volume24hUsd.value, given.isVolumeEstimated], [7, false]);
  assertEquals(given.marketCapUsd, { value: 99, reason: null });
  const candles = closesUntil(Array.from({ length: 24 }, () => 1), { interval: "1h" });
  await write({
    assetId: "ethereum",
    interval: "1h",
    candles: candles.map((candle, at) => at === 3 ? { ...candle, volume: null } : candle),
  });
  const unknown = await market.getQuote("ethereum");
  assertEquals(unknown.volume24hUsd.reason, "1 of 24 1h candles have no volume");
  assertEquals(unknown.marketCapUsd.reason, "spot gives no market value");
});

Deno.test("a quote has no volume with a candle of the day missing", async () => {
  const { market, write } = sampleMarket();
  const candles = closesUntil(Array.from({ length: 24 }, () => 1), { interval: "1h" });
  await write({ interval: "1h", candles: candles.filter((_, at) => at !== 9) });
  const { volume24hUsd } = await market.getQuote("bitcoin");
  assertEquals(volume24hUsd.reason, "1 of 24 1h candles are missing");
});

Deno.test("a sparkline has 90 days and leaves missing ones empty", async () => {
  const { market, write } = sampleMarket();
  await write({ candles: closesUntil([1, 2, 3, 4]).filter((_, at) => at !== 2) });
  const { sparkline } = await market.getQuote("bitcoin");
  assertEquals(sparkline.length, 90);
  assertEquals(sparkline.slice(-5), [null, 1, 2, null, 4]);
});

Deno.test("a sparkline of hourly candles has the last close of each day", async () => {
  const { market, write } = sampleMarket();
  const closes = Array.from({ length: 48 }, (_, at) => at);
  await write({ interval: "1h", candles: closesUntil(closes, { interval: "1h" }) });
  assertEquals((await market.getQuote("bitcoin")).sparkline.slice(-3), [null, 23, 47]);
});

const bases: { name: string; interval: Interval; asof: number; from: number }[] = [
  { name: "that closes at the instant", interval: "1h", asof: NOW, from: NOW - 25 * HOUR_MS },
  { name: "of days", interval: "1d", asof: NOW, from: NOW - 2 * DAY_MS },
  {
    name: "that holds the instant, while the newest is open",
    interval: "1h",
    asof: NOW - 30 * MINUTE_MS,
    from: NOW - 25 * HOUR_MS,
  },
];
for (const { name, interval, asof, from } of bases) {
  Deno.test(`changeBaseRange() is the bucket ${name}`, () => {
    const lastOpenTime = NOW - (interval === "1d" ? DAY_MS : HOUR_MS) as UtcMs;
    const series = seriesOver(0, 1, { interval, lastOpenTime, updatedAt: asof as UtcMs });
    assertEquals(changeBaseRange(series, { figure: "change_24h", interval })?.from, from);
  });
}

const freshness: { behind: number; expected: string }[] = [
  { behind: 0, expected: "live" },
  { behind: 1, expected: "live" },
  { behind: 2, expected: "delayed" },
  { behind: 3, expected: "delayed" },
  { behind: 4, expected: "stale" },
];
for (const { behind, expected } of freshness) {
  Deno.test(`freshnessOf() is ${expected} with the newest candle ${behind} buckets back`, () => {
    const newest = { lastOpenTime: NOW - behind * HOUR_MS as UtcMs, interval: "1h" } as const;
    assertEquals(freshnessOf(newest, NOW + HOUR_MS - 1 as UtcMs), expected);
  });
}
