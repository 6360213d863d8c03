import fc from "fast-check";
import type { AssetId } from "@/services/market/assets.ts";
import type { SeriesKey } from "@/services/market/candle.ts";
import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { SqlCandleStore } from "@/services/storage/mod.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { type CandleSketch, columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import {
  ALL,
  type CandleStoreTest as Test,
  candleStoreTest,
  closes,
  HOUR,
  hours,
  KEY,
  readAll,
  START,
} from "./candle_store_kit.ts";
import type { StoreKind } from "./stores.ts";

/** What every `CandleStore` must do. */
export function testCandleStore(kind: StoreKind): void {
  const test = candleStoreTest(kind);
  testValues(test);
  testWrites(test);
  testWritesOfSeveral(test);
  testStates(test);
  testSeries(test);
  testReads(test);
}

function testValues(test: Test): void {
  test("gives back every value bit for bit, missing ones included", async (store) => {
    const candle = {
      openTime: START,
      open: 0.1 + 0.2,
      high: 1.7976931348623157e308,
      low: 5e-324,
      close: 1 / 3,
      volume: 0,
      volumeUsd: 123456789.12345679,
      state: "healed",
    } satisfies CandleSketch;
    await store.upsertCandles(KEY, columnsOf([candle]));
    assertEquals(await readAll(store), [{
      ...candle,
      openTime: utcMsOf(START),
      marketCapUsd: null,
    }]);
  });

  test("keeps a missing open, high and low missing", async (store) => {
    const sketch = { openTime: START, close: 5, open: NaN, high: NaN, low: NaN };
    await store.upsertCandles(KEY, columnsOf([sketch]));
    const [candle] = await readAll(store);
    assert(candle && Number.isNaN(candle.open) && Number.isNaN(candle.high));
    const again = await store.upsertCandles(KEY, columnsOf([sketch]));
    assertEquals(again, { inserted: 0, updated: 0, unchanged: 1, rejected: 0 });
  });

  test("gives back what was written, whatever the floats", async (store) => {
    const floats = fc.double({ noNaN: true, noDefaultInfinity: true });
    const value = fc.record({ close: floats, volume: fc.option(floats, { nil: NaN }) });
    let source = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 60 }), async (values) => {
        const key = { ...KEY, source: `run_${source++}` };
        const sketches = values.map((sketch, at) => ({ ...sketch, openTime: START + at * HOUR }));
        const columns = columnsOf(sketches);
        await store.upsertCandles(key, columns);
        const again = await store.upsertCandles(key, columns);
        assertEquals(again.unchanged, values.length);
        // The sign of zero is no value: SQLite does not keep it.
        const expected = values.map(({ close }) => close + 0);
        assertEquals((await closes(store, key)).map((close) => close + 0), expected);
      }),
      { numRuns: 25 },
    );
  });
}

function testWrites(test: Test): void {
  test("writes nothing the second time", async (store, { database }) => {
    const first = await store.upsertCandles(KEY, hours([1, 2, 3]));
    assertEquals(first, { inserted: 3, updated: 0, unchanged: 0, rejected: 0 });
    const series = await store.findSeries(KEY);
    const version = database.changes.current();
    const second = await store.upsertCandles(KEY, hours([1, 2, 3]));
    assertEquals(second, { inserted: 0, updated: 0, unchanged: 3, rejected: 0 });
    assertEquals(await store.findSeries(KEY), series);
    assertEquals(database.changes.current(), version);
  });

  test("replaces a closed candle and keeps what stood there", async (store, { clock }) => {
    await store.upsertCandles(KEY, hours([1, 2, 3]));
    clock.advance(1_000);
    const result = await store.upsertCandles(KEY, hours([1, 20, 3, 4]));
    assertEquals(result, { inserted: 1, updated: 1, unchanged: 2, rejected: 0 });
    clock.advance(1_000);
    await store.upsertCandles(KEY, hours([1, 200], 0));
    assertEquals(await closes(store), [1, 200, 3, 4]);
    const series = await store.findSeries(KEY);
    const revisions = await store.listRevisions(series?.seriesId ?? 0, ALL);
    const second = { openTime: utcMsOf(START + HOUR), volume: null };
    assertEquals(revisions, [
      row({ ...second, revision: 0, replacedAt: Date.UTC(2026, 0, 1) + 1_000 }, 2),
      row({ ...second, revision: 1, replacedAt: Date.UTC(2026, 0, 1) + 2_000 }, 20),
    ]);
  });
}

function row(
  fields: { openTime: UtcMs; volume: null; revision: number; replacedAt: number },
  price: number,
) {
  const { replacedAt, ...rest } = fields;
  const prices = { open: price, high: price, low: price, close: price };
  return { ...rest, ...prices, replacedAt: utcMsOf(replacedAt) };
}

function testWritesOfSeveral(test: Test): void {
  const OTHER: SeriesKey = { ...KEY, source: "another" };

  test("writes several series at once", async (store) => {
    await store.upsertAll([{ key: KEY, candles: hours([1, 2]) }, {
      key: OTHER,
      candles: hours([3]),
    }]);
    assertEquals([await closes(store), await closes(store, OTHER)], [[1, 2], [3]]);
  });

  test("writes none of several series where one can't be written", async (store) => {
    const broken = hours([NaN]);
    await assertRejects(() =>
      store.upsertAll([{ key: KEY, candles: hours([1]) }, { key: OTHER, candles: broken }])
    );
    assertEquals([await store.findSeries(KEY), await store.findSeries(OTHER)], [null, null]);
  });
}

function testStates(test: Test): void {
  const open = { openTime: START, state: "provisional" } as const;
  const closed = { openTime: START, state: "final" } as const;
  const cases: { name: string; stands: CandleSketch; given: CandleSketch; result: string }[] = [
    {
      name: "lets a provisional candle change without a revision",
      stands: { ...open, close: 1 },
      given: { ...open, close: 2 },
      result: "updated",
    },
    {
      name: "closes a provisional candle of the same values",
      stands: { ...open, close: 1 },
      given: { ...closed, close: 1 },
      result: "updated",
    },
    {
      name: "refuses a provisional candle where a closed one stands",
      stands: { ...closed, close: 1 },
      given: { ...open, close: 2 },
      result: "rejected",
    },
    {
      name: "takes a provisional candle of the same values for the closed one",
      stands: { ...closed, close: 1 },
      given: { ...open, close: 1 },
      result: "unchanged",
    },
  ];
  for (const { name, stands, given, result } of cases) {
    test(name, async (store) => {
      await store.upsertCandles(KEY, columnsOf([stands]));
      const counts = { inserted: 0, updated: 0, unchanged: 0, rejected: 0, [result]: 1 };
      assertEquals(await store.upsertCandles(KEY, columnsOf([given])), counts);
      const [candle] = await readAll(store);
      assertEquals(candle?.close, result === "updated" ? given.close : stands.close);
      assertEquals(candle?.state, result === "updated" ? given.state : stands.state);
      const series = await store.findSeries(KEY);
      assertEquals(await store.listRevisions(series?.seriesId ?? 0, ALL), []);
    });
  }
}

function testSeries(test: Test): void {
  test("counts the rows and the span of a series", async (store, { clock }) => {
    await store.upsertCandles(KEY, hours([3, 4], 2));
    clock.advance(500);
    await store.upsertCandles(KEY, hours([1, 2, 3, 4, 5, 6]));
    const { seriesId: _, ...series } = (await store.findSeries(KEY)) ?? { seriesId: 0 };
    assertEquals(series, {
      ...KEY,
      rows: 6,
      firstOpenTime: utcMsOf(START),
      lastOpenTime: utcMsOf(START + 5 * HOUR),
      version: 2,
      updatedAt: clock.now(),
    });
  });

  const mistakes: { name: string; sketches: CandleSketch[] }[] = [
    { name: "a bucket twice", sketches: [{ openTime: 1, close: 1 }, { openTime: 1, close: 1 }] },
    { name: "descending times", sketches: [{ openTime: 2, close: 1 }, { openTime: 1, close: 1 }] },
    { name: "a missing close", sketches: [{ openTime: 1, close: NaN }] },
    { name: "half a millisecond", sketches: [{ openTime: 0.5, close: 1 }] },
  ];
  for (const { name, sketches } of mistakes) {
    test(`refuses ${name} as our own mistake`, async (store) => {
      const columns = columnsOf(sketches);
      await assertRejects(() => store.upsertCandles(KEY, columns), { type: RangeError });
      assertEquals(await store.findSeries(KEY), null);
    });
  }

  test("writes a series from two sides at once without a loss", async (store, kit) => {
    const other = await kit.openAgain();
    try {
      const otherStore = new SqlCandleStore(other, kit.clock);
      const results = await Promise.all([
        store.upsertCandles(KEY, hours(new Array(500).fill(1))),
        otherStore.upsertCandles(KEY, hours(new Array(500).fill(1), 250)),
      ]);
      const inserted = results.map((result) => result.inserted);
      assertEquals(inserted.reduce((sum, count) => sum + count, 0), 750);
      assertEquals((await store.findSeries(KEY))?.rows, 750);
      assertEquals((await readAll(store)).length, 750);
    } finally {
      await other.close();
    }
  });
}

function testReads(test: Test): void {
  test("gives the same times, closes and states where only those are asked for", async (store) => {
    // More than one page of either kind of read.
    const sketches = Array.from({ length: 9_000 }, (_, at) => ({
      openTime: START + at * HOUR,
      close: at + 1,
      state: at === 8_999 ? "provisional" as const : "final" as const,
    }));
    await store.upsertCandles(KEY, columnsOf(sketches));
    const series = await store.findSeries(KEY);
    assert(series);
    for (const order of ["first", "last"] as const) {
      for (const limit of [1, 8_500, 10_000]) {
        const query = { range: ALL, limit, order };
        const all = await store.listCandles(series.seriesId, query);
        const few = await store.listCandles(series.seriesId, { ...query, only: "close" });
        assertEquals([few.openTime, few.close], [all.openTime, all.close]);
        assertEquals([few.state, few.length], [all.state, all.length]);
      }
    }
  });

  test("lists a range, from either end, across pages", async (store) => {
    const count = 40_000;
    await store.upsertCandles(KEY, hours(Array.from({ length: count }, (_, at) => at + 1)));
    const { seriesId } = (await store.findSeries(KEY)) ?? { seriesId: 0 };
    const range = { from: utcMsOf(START + HOUR), to: utcMsOf(START + 39_999 * HOUR) };
    const list = async (limit: number, order?: "first" | "last") => {
      const page = await store.listCandles(seriesId, { range, limit, ...(order ? { order } : {}) });
      const ends = [page.close[0], page.close[page.length - 1]];
      assert(page.openTime.every((at, row) => row === 0 || at > (page.openTime[row - 1] ?? at)));
      return [page.length, ...ends];
    };
    assertEquals(await list(3), [3, 2, 4]);
    assertEquals(await list(3, "last"), [3, 39_997, 39_999]);
    assertEquals(await list(17_000), [17_000, 2, 17_001]);
    assertEquals(await list(17_000, "last"), [17_000, 23_000, 39_999]);
    assertEquals(await list(100_000), [39_998, 2, 39_999]);
    assertEquals(await list(100_000, "last"), [39_998, 2, 39_999]);
  });

  test("lists nothing of an empty range and of an unknown series", async (store) => {
    await store.upsertCandles(KEY, hours([1]));
    const { seriesId } = (await store.findSeries(KEY)) ?? { seriesId: 0 };
    const empty = { from: utcMsOf(START), to: utcMsOf(START) };
    assertEquals((await store.listCandles(seriesId, { range: empty, limit: 5 })).length, 0);
    assertEquals((await store.listCandles(seriesId + 1, { range: ALL, limit: 5 })).length, 0);
  });

  test("lists series by asset, interval and source", async (store) => {
    const keys = [
      ["ripple", "1h", "b"],
      ["bitcoin", "1d", "a"],
      ["bitcoin", "5m", "b"],
      ["bitcoin", "5m", "a"],
    ] as const;
    for (const [assetId, interval, source] of keys) {
      await store.upsertCandles({ assetId: assetId as AssetId, interval, source }, hours([1]));
    }
    const names = (await store.listSeries()).map((series) =>
      `${series.assetId} ${series.interval} ${series.source}`
    );
    assertEquals(names, ["bitcoin 5m a", "bitcoin 5m b", "bitcoin 1d a", "ripple 1h b"]);
    assertEquals((await store.listSeries({ assetId: "ripple" as AssetId })).length, 1);
    assertEquals(await store.findSeries({ ...KEY, source: "none" }), null);
  });
}
