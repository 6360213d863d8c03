import { YEAR_MS } from "@/services/kernel/time.ts";
import { assertEquals } from "@/tests/assert.ts";
import { type CandleSketch } from "@/tests/fakes/memory_candle_store.ts";
import { closesUntil, NOW, sampleMarket } from "./market_sample.ts";

/** Two days of candles that end at `end`, the last one with this market value. */
function days(close: number, { marketCapUsd, end = NOW, volume = 10 }: {
  readonly marketCapUsd?: number;
  readonly end?: number;
  readonly volume?: number;
} = {}): readonly CandleSketch[] {
  return closesUntil([close, close], { end, volume }).map((candle) => ({
    ...candle,
    ...marketCapUsd !== undefined && { marketCapUsd },
  }));
}

type Sample = ReturnType<typeof sampleMarket>;

async function ranking({ market }: Sample): Promise<readonly string[]> {
  return (await market.listByValue()).map(({ asset, marketValueUsd, borrowed, volume24hUsd }) =>
    `${asset.assetId} ${marketValueUsd ?? `traded ${volume24hUsd}`}${
      borrowed ? ` of ${borrowed.source}` : ""
    }`
  );
}

Deno.test("listByValue() puts assets in order by the market value of their quotes", async () => {
  const sample = sampleMarket();
  await sample.write({ candles: days(1, { marketCapUsd: 5 }) });
  await sample.write({ assetId: "ethereum", candles: days(1, { marketCapUsd: 7 }) });
  assertEquals(await ranking(sample), ["ethereum 7", "bitcoin 5"]);
});

Deno.test("listByValue() takes the market value of another source where the newest has none", async () => {
  const sample = sampleMarket();
  const end = NOW - YEAR_MS / 2;
  await sample.write({ source: "binance", candles: days(1) });
  await sample.write({ source: "cmc", candles: days(1, { marketCapUsd: 9, end }) });
  await sample.write({ source: "older", candles: days(1, { marketCapUsd: 1, end: end - 1e9 }) });
  await sample.write({ assetId: "ethereum", candles: days(1, { marketCapUsd: 7 }) });
  assertEquals(await ranking(sample), ["bitcoin 9 of cmc", "ethereum 7"]);
  assertEquals((await sample.market.getQuote("bitcoin")).marketCapUsd.value, null);
});

Deno.test("listByValue() leaves a market value out that is over a year behind the newest", async () => {
  const sample = sampleMarket();
  const end = NOW - YEAR_MS - 1;
  await sample.write({ source: "binance", candles: days(2) });
  await sample.write({ source: "cmc", candles: days(1, { marketCapUsd: 9, end }) });
  await sample.write({ assetId: "ethereum", candles: days(1, { marketCapUsd: 7 }) });
  assertEquals(await ranking(sample), ["ethereum 7", "bitcoin traded 20"]);
});

Deno.test("listByValue() compares old market values with each other, however old all are", async () => {
  const sample = sampleMarket();
  const end = NOW - 5 * YEAR_MS;
  await sample.write({ source: "binance", candles: days(2) });
  await sample.write({ source: "cmc", candles: days(1, { marketCapUsd: 9, end }) });
  await sample.write({ assetId: "ethereum", candles: days(1, { marketCapUsd: 7, end }) });
  assertEquals(await ranking(sample), ["bitcoin 9 of cmc", "ethereum 7"]);
});

Deno.test("listByValue() goes by dollars traded, then by name, and leaves out what has no price", async () => {
  const sample = sampleMarket();
  assertEquals(await ranking(sample), []);
  await sample.write({ candles: days(1) });
  await sample.write({ assetId: "ethereum", candles: days(3) });
  await sample.write({ assetId: "oldcoin", candles: days(1) });
  assertEquals(await ranking(sample), [
    "ethereum traded 30",
    "bitcoin traded 10",
    "oldcoin traded 10",
  ]);
});

Deno.test("listByValue() reads market values when they are asked for, and once", async () => {
  const sample = sampleMarket();
  await sample.write({ source: "binance", candles: days(1) });
  await sample.write({ source: "cmc", candles: days(1, { marketCapUsd: 9 }) });
  await sample.write({ assetId: "ethereum", candles: days(1, { marketCapUsd: 7 }) });
  await sample.market.warm();
  const before = sample.store.reads;
  await ranking(sample);
  await ranking(sample);
  assertEquals(sample.store.reads - before, 1);
});
