import fc from "fast-check";
import { DAY_MS, HOUR_MS, MINUTE_MS, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/assets.ts";
import type { Candle, Interval } from "@/services/market/candle.ts";
import { candleAt } from "@/services/market/candle.ts";
import { newsOfColumns, rollUp } from "@/services/market/live/roll_up.ts";
import { assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import {
  type CandleSketch,
  columnsOf,
  MemoryCandleStore,
} from "@/tests/fakes/memory_candle_store.ts";

const START = Date.UTC(2026, 0, 1);
const PART_MS = 5 * MINUTE_MS;
const KEY = { assetId: "bitcoin" as AssetId, source: "binance", interval: "5m" } as const;
const at = (ms: number) => utcMsOf(START + ms);

/** The 5 m candle of this number since the start: prices around 100 + its number, one unit. */
function part(number: number, fields: Partial<CandleSketch> = {}): CandleSketch {
  const close = 100 + number;
  return {
    openTime: START + number * PART_MS,
    open: close - 1,
    high: close + 5,
    low: close - 5,
    close,
    volume: 1,
    volumeUsd: close,
    ...fields,
  };
}

const partsOf = (numbers: readonly number[]) => numbers.map((number) => part(number));
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

async function storeOf(parts: readonly CandleSketch[]): Promise<MemoryCandleStore> {
  const store = new MemoryCandleStore(new FakeClock(START));
  if (parts.length > 0) await store.upsertCandles(KEY, columnsOf(parts));
  return store;
}

async function stored(store: MemoryCandleStore, interval: Interval): Promise<readonly Candle[]> {
  const series = await store.findSeries({ ...KEY, interval });
  if (series === null) return [];
  const range = { from: at(-DAY_MS), to: at(100 * DAY_MS) };
  const columns = await store.listCandles(series.seriesId, { range, limit: 10_000 });
  return Array.from({ length: columns.length }, (_, row) => candleAt(columns, row));
}

const ofAll = { key: KEY, range: { from: at(0), to: at(DAY_MS) } };

Deno.test("rollUp() makes an hour of its twelve parts, and it is as final as they are", async () => {
  const store = await storeOf(partsOf(upTo(12)));
  await rollUp(store, ofAll);
  assertEquals(await stored(store, "1h"), [{
    openTime: at(0),
    open: 99,
    high: 116,
    low: 95,
    close: 111,
    volume: 12,
    // 100 + 101 + … + 111 = 12 × 105.5
    volumeUsd: 1_266,
    marketCapUsd: null,
    state: "final",
  }]);
});

Deno.test("rollUp() makes a day of 288 parts", async () => {
  const store = await storeOf(partsOf(upTo(288)));
  await rollUp(store, ofAll);
  assertEquals(
    (await stored(store, "1d")).map(({ openTime, open, high, low, close, volume, state }) => [
      openTime,
      open,
      high,
      low,
      close,
      volume,
      state,
    ]),
    [[START, 99, 392, 95, 387, 288, "final"]],
  );
  const hours = await stored(store, "1h");
  assertEquals(hours.length, 24);
  assertEquals(hours.every(({ state }) => state === "final"), true);
});

const states: {
  readonly name: string;
  readonly parts: readonly CandleSketch[];
  /** State and volume. */
  readonly expected: readonly unknown[];
}[] = [
  {
    name: "stays provisional without its first part",
    parts: partsOf(upTo(12).slice(1)),
    expected: ["provisional", 11],
  },
  {
    name: "stays provisional without a part in the middle",
    parts: partsOf(upTo(12).filter((number) => number !== 5)),
    expected: ["provisional", 11],
  },
  {
    name: "stays provisional without a part in the middle though a later hour follows",
    parts: partsOf([...upTo(12).filter((number) => number !== 5), 12]),
    expected: ["provisional", 11],
  },
  {
    name: "stays provisional without its last part",
    parts: partsOf(upTo(11)),
    expected: ["provisional", 11],
  },
  {
    name: "is healed where a part is",
    parts: upTo(12).map((number) => part(number, number === 3 ? { state: "healed" } : {})),
    expected: ["healed", 12],
  },
  {
    name: "stays provisional where a part is",
    parts: upTo(12).map((number) =>
      part(number, { state: number === 3 ? "provisional" : "healed" })
    ),
    expected: ["provisional", 12],
  },
];
for (const { name, parts, expected } of states) {
  Deno.test(`rollUp(): an hour ${name}`, async () => {
    const store = await storeOf(parts);
    await rollUp(store, ofAll);
    const [hour] = await stored(store, "1h");
    assertEquals([hour?.state, hour?.volume], expected);
  });
}

Deno.test("rollUp() rolls up every bucket that the range touches, and no other", async () => {
  const store = await storeOf(partsOf(upTo(48)));
  const touched = async (fromMs: number, toMs: number) => {
    const rolled = await rollUp(store, { key: KEY, range: { from: at(fromMs), to: at(toMs) } });
    const hours = rolled.find(({ key }) => key.interval === "1h");
    return Array.from(hours?.candles.openTime ?? [], (time) => (time - START) / HOUR_MS);
  };
  assertEquals(await touched(0, PART_MS), [0]);
  // Half-open: a range that ends with the hour does not touch the next one.
  assertEquals(await touched(0, HOUR_MS), [0]);
  assertEquals(await touched(HOUR_MS - PART_MS, HOUR_MS + PART_MS), [0, 1]);
  assertEquals(await touched(HOUR_MS, 3 * HOUR_MS), [1, 2]);
  assertEquals((await stored(store, "1h")).length, 3);
});

Deno.test("rollUp() says what it wrote, and writes nothing of a market without parts", async () => {
  const store = await storeOf(partsOf(upTo(12)));
  const rolled = await rollUp(store, ofAll);
  assertEquals(
    rolled.map(({ key, candles }) => [key.interval, key.source, candles.length]),
    [["1h", "binance", 1], ["1d", "binance", 1]],
  );
  const later = { from: at(5 * DAY_MS), to: at(6 * DAY_MS) };
  assertEquals(await rollUp(store, { key: KEY, range: later }), []);
  const other = { ...KEY, source: "coinbase" };
  assertEquals(await rollUp(store, { key: other, range: ofAll.range }), []);
  assertEquals((await store.listSeries()).length, 3);
});

Deno.test("rollUp() neither replaces nor tells an incomplete bar where a closed one stands", async () => {
  const store = await storeOf(partsOf([0, 1, 2]));
  const closed = { openTime: START, close: 250, volume: 70 };
  await store.upsertCandles({ ...KEY, interval: "1h" }, columnsOf([closed]));
  const rolled = await rollUp(store, ofAll);
  assertEquals(rolled.map(({ key }) => key.interval), ["1d"]);
  const [hour] = await stored(store, "1h");
  assertEquals([hour?.close, hour?.volume, hour?.state], [250, 70, "final"]);
});

Deno.test("rollUp() replaces a closed bar by a complete one beside an incomplete one", async () => {
  const store = await storeOf(partsOf([0, ...upTo(24).slice(12)]));
  const closed = [{ openTime: START, close: 250 }, { openTime: START + HOUR_MS, close: 251 }];
  await store.upsertCandles({ ...KEY, interval: "1h" }, columnsOf(closed));
  await rollUp(store, ofAll);
  assertEquals((await stored(store, "1h")).map(({ close, volume }) => [close, volume]), [
    [250, null],
    [123, 12],
  ]);
});

Deno.test("rollUp() replaces an incomplete bar once its parts are complete", async () => {
  const store = await storeOf(partsOf(upTo(12).slice(1)));
  await rollUp(store, ofAll);
  await store.upsertCandles(KEY, columnsOf([part(0, { state: "healed", low: 1 })]));
  await rollUp(store, ofAll);
  const [hour] = await stored(store, "1h");
  assertEquals([hour?.open, hour?.low, hour?.volume, hour?.state], [99, 1, 12, "healed"]);
});

Deno.test("rollUp() part by part stores what one over the whole stores", async () => {
  const someParts = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(someParts, async (numbers) => {
      const whole = await storeOf(partsOf(numbers.toSorted((a, b) => a - b)));
      await rollUp(whole, ofAll);
      const piecewise = await storeOf([]);
      for (const number of numbers) {
        await piecewise.upsertCandles(KEY, columnsOf([part(number)]));
        const from = at(number * PART_MS);
        await rollUp(piecewise, { key: KEY, range: { from, to: from + PART_MS as UtcMs } });
      }
      for (const interval of ["1h", "1d"] as const) {
        assertEquals(await stored(piecewise, interval), await stored(whole, interval));
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("newsOfColumns() tells bars as streams carry them", () => {
  const bar = { ...part(0), volume: NaN };
  const key = { ...KEY, interval: "1h" as const };
  assertEquals(newsOfColumns([{ key, candles: columnsOf([bar]) }], at(7)), [{
    assetId: KEY.assetId,
    source: "binance",
    interval: "1h",
    openTime: at(0),
    open: 99,
    high: 105,
    low: 95,
    close: 100,
    volume: null,
    state: "final",
    asof: at(7),
  }]);
});
