import { AnalyticsService, indicatorEngine } from "@/services/analytics/mod.ts";
import type { UtcMs } from "@/services/kernel/time.ts";
import { assert, assertClose, assertEquals, assertRejects, assertThrows } from "@/tests/assert.ts";
import { closesUntil, sampleMarket } from "@/tests/unit/market/market_sample.ts";

function sample() {
  const { market, write, store } = sampleMarket();
  return { analytics: new AnalyticsService({ market }), write, store };
}

Deno.test("getIndicators() aligns single and several lines with the candles' t", async () => {
  const { analytics, write } = sample();
  const candles = closesUntil([2, 4, 6, 8]);
  await write({ candles });
  const { t, series, missing } = await analytics.getIndicators("BTC", {
    names: ["sma:2", "bb:2-1", "sma:2"],
    interval: "1d",
  });
  assertEquals([...t], candles.map(({ openTime }) => openTime));
  assertEquals(Object.keys(series), ["sma:2", "bb:2-1"]);
  assertEquals(series["sma:2"], [null, 3, 5, 7]);
  // The population deviation of two neighbours 2 apart is 1.
  const { upper, middle } = series["bb:2-1"] as Record<string, readonly (number | null)[]>;
  assertEquals([upper, middle], [[null, 4, 6, 8], [null, 3, 5, 7]]);
  assertEquals(missing, 0);
});

Deno.test("getIndicators() gives a value for the first point of a range inside history", async () => {
  const { analytics, write, store } = sample();
  const candles = closesUntil(Array.from({ length: 300 }, (_, at) => 50 + (at * 7) % 11));
  await write({ candles });
  const names = ["ema:20", "rsi:14", "atr:14"];
  const whole = await analytics.getIndicators("bitcoin", { names, interval: "1d" });
  const from = candles[250]?.openTime as UtcMs;
  const before = store.candlesRead;
  const tail = await analytics.getIndicators("bitcoin", { names, interval: "1d", from });
  assertEquals(tail.t.length, 50);
  assert(store.candlesRead - before <= 50 + 251);
  for (const name of names) {
    const values = tail.series[name] as readonly number[];
    const expected = (whole.series[name] as readonly number[]).slice(250);
    values.forEach((value, at) => assertClose(value, expected[at] ?? NaN));
  }
});

Deno.test("getIndicators() counts missing candles and starts its windows anew after them", async () => {
  const { analytics, write } = sample();
  const candles = closesUntil([1, 2, 3, 9, 9, 4, 6, 8]).filter((_, at) => at !== 3 && at !== 4);
  await write({ candles });
  const query = { names: ["ema:2", "roc:2", "tr"], interval: "1d" } as const;
  const { series, missing } = await analytics.getIndicators("bitcoin", query);
  // (1 + 2) / 2, then 2/3 of the way to 3; anew (4 + 6) / 2, then 2/3 of the way to 8.
  const ema = series["ema:2"] as readonly (number | null)[];
  assertEquals(ema.map((value) => value === null), [true, false, false, true, false, false]);
  [1.5, 2.5, 5, 7].forEach((value, at) => assertClose(ema.filter(Boolean)[at], value));
  assertEquals(series["roc:2"], [null, null, 200, null, null, 100]);
  assertEquals(series["tr"], [null, 1, 1, null, 2, 2]);
  assertEquals(missing, 2);
});

Deno.test("getIndicators() of an asset without candles is empty", async () => {
  const { analytics } = sample();
  const query = { names: ["sma:2"], interval: "1d" } as const;
  const { t, series, provenance } = await analytics.getIndicators("ethereum", query);
  assertEquals([t.length, series, provenance], [0, { "sma:2": [] }, null]);
});

Deno.test("getIndicators() refuses no names, too many and unknown ones", async () => {
  const { analytics } = sample();
  const many = Array.from({ length: 21 }, (_, at) => `sma:${at + 1}`);
  for (const names of [[], many, ["magic:7"]]) {
    await assertRejects(() => analytics.getIndicators("bitcoin", { names, interval: "1d" }));
  }
});

Deno.test("indicatorEngine names each line of an indicator as its own", () => {
  const prices = new Float64Array([1, 2, 3, 4]);
  const columns = { open: prices, high: prices, low: prices, close: prices };
  const lines = Object.keys(indicatorEngine.compute(["sma:2", "macd:1-2-1"], columns));
  assertEquals(lines, ["sma:2", "macd:1-2-1.macd", "macd:1-2-1.signal", "macd:1-2-1.histogram"]);
  for (const line of lines) {
    assert(indicatorEngine.isKnown(line), line);
    assertEquals(indicatorEngine.describe(line).line, line);
  }
  assertEquals(indicatorEngine.isKnown("macd:1-2-1"), false);
  assertEquals(indicatorEngine.isKnown("sma:2.upper"), false);
});

Deno.test("indicatorEngine describes lines with their unit", () => {
  const unitOf = (line: string) => indicatorEngine.describe(line).unit;
  assertEquals(
    ["sma:2", "rsi:14", "roc:3", "bb:20-2.upper", "bb:20-2.percent_b"].map(unitOf),
    ["usd", "points", "percent", "usd", "fraction"],
  );
  assertThrows(() => indicatorEngine.describe("magic:7"), { pattern: /unknown indicator/ });
});

Deno.test("indicatorEngine warms up for the slowest of its indicators, within a bound", () => {
  const { warmUpBars } = indicatorEngine;
  assertEquals(warmUpBars([]), 0);
  assertEquals(warmUpBars(["sma:20", "sma:50"]), 49);
  // (1 - 2/21)^277 < 1e-12 < (1 - 2/21)^276, after the 19 bars before the first value.
  assertEquals(warmUpBars(["ema:20"]), 19 + 277);
  assertEquals(warmUpBars(["ema:5000"]), 10_000);
});
