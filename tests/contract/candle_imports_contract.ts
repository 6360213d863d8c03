import type { AssetId } from "@/services/market/assets.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { SqlCandleStore } from "@/services/storage/mod.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import {
  type CandleStoreTest as Test,
  candleStoreTest,
  closes,
  hours,
  KEY,
} from "./candle_store_kit.ts";
import type { StoreKind } from "./stores.ts";

const CSV = { source: "file", origin: "btc.csv", format: "ohlcv" };

/** What every `CandleStore` must do with imports. */
export function testCandleImports(kind: StoreKind): void {
  const test = candleStoreTest(kind);
  testImports(test);
  testImportLists(test);
}

function testImports(test: Test): void {
  test("records an import with its sums and refused rows", async (store, { clock }) => {
    await store.upsertCandles(KEY, hours([1]));
    const rows = Array.from({ length: 1_200 }, (_, at) => ({
      line: at + 2,
      text: `row ${at} "é"`,
      reason: "close is not a number",
    }));
    const recorded = await store.recordImport(CSV, async (session) => {
      await session.write(KEY, hours([1, 2]));
      await session.write({ ...KEY, interval: "1d" }, hours([1]));
      await session.write(KEY, hours([30], 2));
      await session.quarantine(rows.slice(0, 700));
      await session.quarantine(rows.slice(700));
      clock.advance(250);
      return { checksum: "c0ffee", read: 1_204 };
    });
    const { importId, ...fields } = recorded;
    assertEquals(fields, {
      ...CSV,
      checksum: "c0ffee",
      startedAt: utcMsOf(clock.now() - 250),
      finishedAt: clock.now(),
      read: 1_204,
      inserted: 3,
      updated: 0,
      unchanged: 1,
      quarantined: 1_200,
    });
    assertEquals(await store.listImports({ limit: 10 }), [recorded]);
    assertEquals(await store.listQuarantined(importId, 5_000), rows);
    assertEquals(await store.listQuarantined(importId, 2), rows.slice(0, 2));
  });

  test("keeps nothing of an import that fails", async (store, { database }) => {
    const version = database.changes.current();
    const failure = new Error("truncated gzip");
    const thrown = await assertRejects(() =>
      store.recordImport(CSV, async (session) => {
        await session.write(KEY, hours([1, 2]));
        await session.quarantine([{ line: 1, text: "x", reason: "y" }]);
        throw failure;
      })
    );
    assertEquals(thrown, failure);
    assertEquals(await store.listSeries(), []);
    assertEquals(await store.listImports({ limit: 10 }), []);
    assertEquals(database.changes.current(), version);
    // The connection is free for the next.
    assertEquals((await store.upsertCandles(KEY, hours([1]))).inserted, 1);
  });

  test("hides an import until it is whole", async (store, { openAgain, clock }) => {
    const other = await openAgain();
    try {
      const reader = new SqlCandleStore(other, clock);
      await store.recordImport(CSV, async (session) => {
        await session.write(KEY, hours([1, 2]));
        assertEquals(await reader.findSeries(KEY), null);
        return { checksum: "", read: 2 };
      });
      assertEquals(await closes(reader), [1, 2]);
    } finally {
      await other.close();
    }
  });
}

function testImportLists(test: Test): void {
  test("lists the imports of an asset, newest first", async (store, { clock }) => {
    for (const [origin, assetId] of [["a", "bitcoin"], ["b", "ripple"], ["c", "bitcoin"]]) {
      clock.advance(1);
      await store.recordImport({ ...CSV, origin: origin ?? "" }, async (session) => {
        await session.write({ ...KEY, assetId: assetId as AssetId }, hours([1]));
        return { checksum: "", read: 1 };
      });
    }
    const origins = async (filter: { assetId?: AssetId; limit: number }) =>
      (await store.listImports(filter)).map(({ origin }) => origin);
    assertEquals(await origins({ limit: 10 }), ["c", "b", "a"]);
    assertEquals(await origins({ limit: 2 }), ["c", "b"]);
    assertEquals(await origins({ assetId: KEY.assetId, limit: 10 }), ["c", "a"]);
  });

  test("removes a source with all that belongs to it", async (store, { database }) => {
    await store.recordImport(CSV, async (session) => {
      await session.write(KEY, hours(new Array(12_000).fill(1)));
      await session.write({ ...KEY, interval: "1d" }, hours([1]));
      await session.quarantine([{ line: 1, text: "x", reason: "y" }]);
      return { checksum: "", read: 2 };
    });
    await store.upsertCandles(KEY, hours([2]));
    const kept = { ...KEY, source: "kept" };
    await store.upsertCandles(kept, hours([1, 2]));
    assertEquals(await store.deleteSource("file"), 2);
    assertEquals((await store.listSeries()).map(({ source }) => source), ["kept"]);
    assertEquals(await closes(store, kept), [1, 2]);
    assertEquals(await store.listImports({ limit: 10 }), []);
    for (const table of ["candle_revisions", "candle_import_series", "quarantined_rows"] as const) {
      assertEquals(await database.read.selectFrom(table).selectAll().execute(), []);
    }
    assertEquals((await database.read.selectFrom("candles").selectAll().execute()).length, 2);
    assertEquals(await store.deleteSource("file"), 0);
  });
}
