import { RiskService } from "@/services/analytics/mod.ts";
import { DAY_MS, HOUR_MS } from "@/services/kernel/time.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { closesUntil, NOW, sampleMarket } from "@/tests/unit/market/market_sample.ts";

function sample() {
  const { market, clock, store, write } = sampleMarket();
  return { risk: new RiskService({ market, clock }), clock, store, write };
}

const swings = (n: number) => Array.from({ length: n }, (_, i) => 100 + 10 * Math.sin(i * i));

Deno.test("RiskService reads candles once until a candle of the asset changes", async () => {
  const { risk, store, write } = sample();
  await write({ candles: closesUntil(swings(50)) });
  const ask = () => risk.getVolatility("bitcoin", { period: "30d" });
  const first = await ask();
  const before = store.reads;
  assertEquals(await ask(), first);
  assertEquals(await risk.getVolatility("BTC", { period: "30d" }), first);
  assertEquals(store.reads, before);
  await write({ candles: closesUntil(swings(50).with(49, 500)) });
  const later = await ask();
  assert(later.volatility !== first.volatility);
});

Deno.test("RiskService keeps its results while other assets and sources change", async () => {
  const { risk, write } = sample();
  await write({ candles: closesUntil(swings(50)) });
  const first = await risk.getVolatility("bitcoin", { period: "30d" });
  await write({ assetId: "ethereum", candles: closesUntil(swings(50)) });
  await write({ source: "other_futures", candles: closesUntil(swings(9)) });
  assert(await risk.getVolatility("bitcoin", { period: "30d" }) === first);
});

Deno.test("RiskService reads no more candles than the window and the one before it", async () => {
  const { risk, store, write } = sample();
  await write({ candles: closesUntil(swings(400)) });
  const before = store.candlesRead;
  const { n } = await risk.getVolatility("bitcoin", { period: "30d" });
  const ofFacts = store.candlesRead - before;
  assertEquals(n, 30);
  // The market's own facts about the asset: its quote, four bases and 90 days of sparkline.
  assert(ofFacts <= 31 + 1 + 4 + 90, `Read ${ofFacts} candles`);
});

Deno.test("RiskService reads the same closes once for all figures that stand on them", async () => {
  const { risk, store, write } = sample();
  await write({ candles: closesUntil(swings(50)) });
  await write({ assetId: "ethereum", candles: closesUntil(swings(50)) });
  const query = { period: "30d" };
  await risk.getCorrelationMatrix(["bitcoin", "ethereum"], query);
  const before = store.reads;
  await risk.getVolatility("bitcoin", query);
  await risk.listRisk(["ethereum", "BTC", "bitcoin"], query);
  await risk.getDrawdown("ethereum", query);
  assertEquals(store.reads, before);
});

Deno.test("RiskService ends an asset's risk where its own candles end, benchmark or not", async () => {
  const { risk, write } = sample();
  await write({ candles: closesUntil(swings(200)) });
  const end = NOW - 100 * DAY_MS;
  await write({ assetId: "ethereum", candles: closesUntil(swings(100), { end }) });
  const { asof, n, benchmark } = await risk.getRisk("ethereum", { period: "90d" });
  assertEquals([asof, n, benchmark.n], [end, 90, 90]);
  // Compared with a newer asset it shows where it ends.
  const { assets, correlation } = await risk.getCorrelation(["bitcoin", "ethereum"], {
    period: "90d",
  });
  assertEquals([assets[1].n, assets[1].missing, correlation], [0, 90, null]);
});

Deno.test("RiskService reads a window beyond one page of finer candles whole", async () => {
  const { risk, write } = sample();
  // 200,000 parts are one read: 150 days of minutes are more.
  const minutes = Array.from({ length: 150 * 24 * 60 }, (_, i) => 100 + i % 1_440 + i / 1_440);
  await write({ interval: "1m", candles: closesUntil(minutes, { interval: "1m" }) });
  const { n, missing, to } = await risk.getVolatility("bitcoin", { period: "148d" });
  assertEquals([n, missing, to], [148, 0, NOW - DAY_MS]);
});

Deno.test("RiskService follows the clock to a new bar", async () => {
  const { risk, clock, write } = sample();
  await write({ interval: "1h", candles: closesUntil(swings(60), { interval: "1h" }) });
  const query = { period: "24h" };
  const first = await risk.getVolatility("bitcoin", query);
  const next = { openTime: NOW, close: 900 };
  clock.advance(HOUR_MS / 2);
  await write({ interval: "1h", candles: [next] });
  assertEquals((await risk.getVolatility("bitcoin", query)).to, first.to);
  clock.advance(HOUR_MS / 2);
  assertEquals((await risk.getVolatility("bitcoin", query)).to, NOW);
});
