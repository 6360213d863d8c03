import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type UtcMs } from "@/services/kernel/time.ts";
import { type AssetId, freshnessOfLive } from "@/services/market/mod.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { livePrice } from "@/tests/fakes/live_prices.ts";
import { closesUntil, NOW, sampleMarket } from "@/tests/unit/market/market_sample.ts";

const at = (ms: number) => NOW + ms as UtcMs;

const AGES = [
  { source: "consolidated", ageMs: 10 * SECOND_MS, expected: "live" },
  { source: "consolidated", ageMs: 10 * SECOND_MS + 1, expected: "stale" },
  { source: "demo", ageMs: 11 * SECOND_MS, expected: "stale" },
  { source: "coingecko", ageMs: 20 * MINUTE_MS, expected: "live" },
  { source: "coingecko", ageMs: 20 * MINUTE_MS + 1, expected: "delayed" },
  { source: "coingecko", ageMs: HOUR_MS + 1, expected: "stale" },
] as const;
for (const { source, ageMs, expected } of AGES) {
  Deno.test(`freshnessOfLive() says ${expected} of ${source} after ${ageMs} ms`, () => {
    assertEquals(freshnessOfLive({ source, asof: NOW }, at(ageMs)), expected);
  });
}

Deno.test("a quote takes the live price, and its changes against the stored closes", async () => {
  const { market, live, write } = sampleMarket();
  await write({ interval: "1h", candles: closesUntil(Array(25).fill(100), { interval: "1h" }) });
  await write({ interval: "1d", candles: closesUntil(Array(8).fill(50)) });
  live.set(livePrice({ asof: NOW, priceUsd: 110 }));

  const quote = await market.getQuote("bitcoin");

  assertEquals(quote.price.value, 110);
  assertClose(quote.change24h.value ?? NaN, 0.1);
  assertClose(quote.change7d.value ?? NaN, 110 / 50 - 1);
  assertEquals(quote.provenance, {
    source: "consolidated",
    resolution: "tick",
    asof: NOW,
    derivedFrom: null,
    isDemo: false,
  });
  assertEquals([quote.freshness, quote.state, quote.live?.venues.length], ["live", null, 2]);
});

Deno.test("a live price makes no change against a close of another time", async () => {
  const { market, live, write } = sampleMarket();
  await write({ interval: "1h", candles: closesUntil(Array(25).fill(100), { interval: "1h" }) });
  live.set(livePrice({ asof: at(4 * HOUR_MS) }));

  const { price, change24h, volume24hUsd } = await market.getQuote("bitcoin");

  assertEquals(price.value, 110);
  assertEquals(change24h, {
    value: null,
    reason: "No stored candle closes near 2025-12-31T04:00:00Z",
  });
  assertEquals(volume24hUsd.value, 24_000);
});

Deno.test("a live price stands alone beside candles that ended long ago", async () => {
  const { market, live, write } = sampleMarket();
  await write({ candles: closesUntil([100, 101], { end: NOW - 30 * DAY_MS }) });
  live.set(livePrice({ asof: NOW }));

  const quote = await market.getQuote("bitcoin");

  assertEquals(quote.price.value, 110);
  assertEquals(
    [quote.change7d.value, quote.volume24hUsd.value, quote.marketCapUsd.value],
    [null, null, null],
  );
  assert(quote.sparkline.every((close) => close === null));
});

Deno.test("candles that go on after the live price ended are the price again", async () => {
  const { market, live, write, clock } = sampleMarket();
  live.set(livePrice({ asof: NOW }));
  clock.advance(10 * MINUTE_MS);
  const end = NOW + 10 * MINUTE_MS;
  await write({ interval: "5m", candles: closesUntil([120], { interval: "5m", end }) });

  const quote = await market.getQuote("bitcoin");

  assertEquals([quote.price.value, quote.live], [120, null]);
});

Deno.test("a live price of the demo market never stands on real candles", async () => {
  const { market, live, write } = sampleMarket();
  await write({ candles: closesUntil([100]) });
  live.set(livePrice({ asof: NOW, source: "demo", venues: [] }));
  assertEquals((await market.getQuote("bitcoin")).price.value, 100);
});

Deno.test("a real live price takes nothing from the demo market's candles", async () => {
  const { market, live, write } = sampleMarket({ demoMode: "on" });
  await write({ source: "demo", candles: closesUntil(Array(9).fill(100)) });
  live.set(livePrice({ asof: NOW }));
  const quote = await market.getQuote("bitcoin");
  assertEquals([quote.price.value, quote.change7d.value], [110, null]);
  assertEquals(quote.provenance?.isDemo, false);
});

Deno.test("a live price turns stale by itself, and keeps its value", async () => {
  const { market, live, clock } = sampleMarket();
  live.set(livePrice({ asof: NOW }));
  assertEquals((await market.getQuote("bitcoin")).freshness, "live");
  clock.advance(10 * SECOND_MS + 1);
  const quote = await market.getQuote("bitcoin");
  assertEquals([quote.freshness, quote.price.value], ["stale", 110]);
});

Deno.test("a quote is the same object until its live price changes", async () => {
  const { market, live } = sampleMarket();
  live.set(livePrice({ asof: NOW }));
  const first = await market.getQuote("bitcoin");
  assert(first === await market.getQuote("bitcoin"));
  const before = await market.getVersion();
  live.set(livePrice({ asof: at(250), priceUsd: 111 }));
  assertEquals((await market.getQuote("bitcoin")).price.value, 111);
  assert(await market.getVersion() !== before);
});

Deno.test("an asset out of use shows while it has a live price", async () => {
  const { market, live } = sampleMarket();
  const has = async () =>
    (await market.getOverview()).quotes.some(({ assetId }) => assetId === "oldcoin");
  assertEquals(await has(), false);
  live.set(livePrice({ assetId: "oldcoin", asof: NOW, source: "coingecko", venues: [] }));
  assertEquals(await has(), true);
});

Deno.test("explainQuote() names every exchange of a live price, also those left out", async () => {
  const { market, live } = sampleMarket();
  const excluded = [{ venue: "kraken", priceUsd: 150, at: NOW, reason: "off_median" }] as const;
  live.set(livePrice({ asof: NOW, excluded }));

  const { value, formula, inputs, provenance } = await market.explainQuote("bitcoin", "price");

  assertEquals([value, formula], [110, "median of the exchanges' last trades"]);
  assertEquals(
    inputs.map(({ name, value, source, asof }) => [name, value, source, asof]),
    [
      ["last trade", 109, "binance", NOW],
      ["last trade", 111, "coinbase", NOW],
      ["left out: more than 5 % off the median", 150, "kraken", NOW],
    ],
  );
  assertEquals(provenance?.resolution, "tick");
});

Deno.test("explainQuote() shows the stored close that a live change stands on", async () => {
  const { market, live, write } = sampleMarket();
  await write({ interval: "1h", candles: closesUntil(Array(25).fill(100), { interval: "1h" }) });
  live.set(livePrice({ asof: NOW, priceUsd: 110 }));

  const { value, inputs, rows } = await market.explainQuote("bitcoin", "change_24h");

  assertClose(value ?? NaN, 0.1);
  assertEquals(
    inputs.map(({ value, source, resolution }) => [value, source, resolution]),
    [[110, "consolidated", "tick"], [100, "spot", "1h"]],
  );
  assertEquals(rows.map(({ close }) => close), [100]);
});

Deno.test("explainQuote() dates a market value by the source that gave it", async () => {
  const { market, live } = sampleMarket();
  const asof = at(-5 * MINUTE_MS);
  const given = { source: "coingecko", asof, volume24hUsd: null, marketCapUsd: 2_000_000 };
  live.set(livePrice({ asof: NOW, market: given }));

  const cap = await market.explainQuote("bitcoin", "market_cap");
  assertEquals([cap.value, cap.provenance?.source, cap.provenance?.asof], [
    2_000_000,
    "coingecko",
    asof,
  ]);
  const volume = await market.explainQuote("bitcoin", "volume_24h");
  assertEquals([volume.value, volume.reason], [null, "No candles of this asset are stored"]);
});

Deno.test("every live figure's explanation has the value of the quote", async () => {
  const { market, live, write } = sampleMarket();
  await write({ interval: "1h", candles: closesUntil(Array(30).fill(100), { interval: "1h" }) });
  live.set(livePrice({ assetId: "bitcoin" as AssetId, asof: NOW }));
  const quote = await market.getQuote("bitcoin");
  const shown = {
    price: quote.price,
    change_24h: quote.change24h,
    change_7d: quote.change7d,
    change_30d: quote.change30d,
    change_1y: quote.change1y,
    volume_24h: quote.volume24hUsd,
    market_cap: quote.marketCapUsd,
  };
  for (const [figure, { value, reason }] of Object.entries(shown)) {
    const explained = await market.explainQuote("bitcoin", figure);
    assertEquals([figure, explained.value, explained.reason], [figure, value, reason]);
  }
});
