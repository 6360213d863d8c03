import fc from "fast-check";
import { HOUR_MS } from "@/services/kernel/time.ts";
import { MAX_EXPLAINED_ROWS, QUOTE_FIGURES, type QuoteFigure } from "@/services/market/explain.ts";
import type { AssetQuote, Figure, Interval } from "@/services/market/mod.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { closesUntil, NOW, sampleMarket } from "./market_sample.ts";

const FIGURE_OF: Readonly<Record<QuoteFigure, (quote: AssetQuote) => Figure>> = {
  price: (quote) => quote.price,
  change_24h: (quote) => quote.change24h,
  change_7d: (quote) => quote.change7d,
  change_30d: (quote) => quote.change30d,
  change_1y: (quote) => quote.change1y,
  volume_24h: (quote) => quote.volume24hUsd,
  market_cap: (quote) => quote.marketCapUsd,
};

const sketch = fc.record({
  close: fc.double({ min: 0, max: 1e6, noNaN: true }),
  volume: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
  volumeUsd: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
  marketCapUsd: fc.option(fc.double({ min: 0, max: 1e12, noNaN: true })),
  isThere: fc.boolean(),
});

Deno.test("explainQuote() gives the value and the reason of the quote, for every figure", async () => {
  const series = fc.array(sketch, { maxLength: 40 });
  const property = fc.asyncProperty(
    series,
    fc.constantFrom<Interval>("1h", "4h", "1d"),
    async (sketches, interval) => {
      const { market, write } = sampleMarket();
      const times = closesUntil(sketches.map(({ close }) => close), { interval });
      const candles = sketches.flatMap(({ isThere, ...sketch }, at) => {
        const openTime = times[at]?.openTime ?? NaN;
        return isThere ? [{ ...sketch, openTime }] : [];
      });
      await write({ interval, candles });
      const quote = await market.getQuote("bitcoin");
      for (const figure of QUOTE_FIGURES) {
        const { value, reason } = await market.explainQuote("bitcoin", figure);
        assertEquals(
          { value, reason },
          FIGURE_OF[figure](quote) as { value: number; reason: null },
        );
      }
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

Deno.test("explainQuote() of a volume lists each candle's dollars, which add up to it", async () => {
  const { market, write } = sampleMarket();
  const closes = Array.from({ length: 30 }, (_, at) => at + 1);
  await write({ interval: "1h", candles: closesUntil(closes, { interval: "1h", volume: 3 }) });
  const { value, inputs, rows, formula, words } = await market.explainQuote("BTC", "volume_24h");
  assertEquals([inputs.length, rows.length], [24, 24]);
  assertEquals(inputs.reduce((sum, input) => sum + (input.value ?? NaN), 0), value);
  assertEquals(inputs.at(-1)?.asof, NOW);
  assertEquals(formula, "Σ volume × close over 24 hours");
  assert(words.includes("estimated"), words);
});

Deno.test("explainQuote() of a volume of many candles lists the newest, and the rest as one sum", async () => {
  const { market, write } = sampleMarket();
  const closes = Array.from({ length: 288 }, (_, at) => 10 + at / 7);
  await write({ interval: "5m", candles: closesUntil(closes, { interval: "5m" }) });
  const { value, inputs } = await market.explainQuote("BTC", "volume_24h");
  assertEquals(inputs.length, 1 + MAX_EXPLAINED_ROWS);
  assertEquals(inputs[0]?.name, "volume of the 228 candles before");
  assertEquals(inputs.reduce((sum, input) => sum + (input.value ?? NaN), 0), value);
});

Deno.test("explainQuote() of a change shows both candles, and where the base is missing", async () => {
  const { market, write } = sampleMarket();
  await write({ candles: closesUntil([8, 10]) });
  const known = await market.explainQuote("bitcoin", "change_24h");
  assertEquals(known.rows.map(({ close }) => close), [8, 10]);
  const missing = await market.explainQuote("bitcoin", "change_7d");
  assertEquals([missing.value, missing.inputs[1]?.value, missing.rows.length], [null, null, 1]);
  assertEquals(missing.reason, "spot has no candle that closes at 2025-12-25T00:00:00Z");
});

Deno.test("explainQuote() takes an indicator apart at the interval asked for", async () => {
  const { market, write } = sampleMarket();
  const closes = Array.from({ length: 100 }, (_, at) => at + 1);
  await write({ interval: "1h", candles: closesUntil(closes, { interval: "1h" }) });
  const hourly = await market.explainQuote("bitcoin", "sma:4", { interval: "1h" });
  assertEquals([hourly.value, hourly.unit, hourly.label], [98.5, "usd", "SMA 4, 1h"]);
  assertEquals(hourly.rows.length, MAX_EXPLAINED_ROWS);
  assertEquals(hourly.provenance?.asof, NOW);
  const daily = await market.explainQuote("bitcoin", "sma:4");
  // The days close at 28, 52, 76 and 100.
  assertEquals([daily.value, daily.provenance?.derivedFrom], [64, "1h"]);
  const line = await market.explainQuote("bitcoin", "bb:4-2.5.middle", { interval: "1h" });
  assertEquals([line.figure, line.value], ["bb:4-2.5.middle", 98.5]);
});

Deno.test("explainQuote() says why an indicator has no value", async () => {
  const { market, write } = sampleMarket();
  await write({ candles: closesUntil([1, 2, 3]) });
  const short = await market.explainQuote("bitcoin", "sma:4");
  assertEquals([short.value, short.reason?.slice(0, 23)], [null, "Its window is not whole"]);
  const none = await market.explainQuote("ethereum", "rsi:14");
  assertEquals([none.value, none.provenance, none.rows.length], [null, null, 0]);
});

Deno.test("explainQuote() refuses figures that there are not", async () => {
  const { market } = sampleMarket();
  for (const figure of ["", "prices", "sma", "sma:20.upper", "macd:12-26-9", "macd:12-26-9.x"]) {
    await assertRejects(() => market.explainQuote("bitcoin", figure), {
      pattern: /unknown figure/,
    });
  }
});

Deno.test("explainQuote() of an open candle is as of its last write", async () => {
  const { clock, market, write } = sampleMarket();
  clock.advance(HOUR_MS / 4);
  await write({ interval: "1h", candles: [{ openTime: NOW, close: 5, state: "provisional" }] });
  const { provenance, inputs } = await market.explainQuote("bitcoin", "price");
  assertEquals([provenance?.asof, inputs[0]?.asof], [clock.now(), clock.now()]);
});
