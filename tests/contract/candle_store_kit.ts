import { utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId } from "@/services/market/assets.ts";
import { candleAt, type CandleColumns, type SeriesKey } from "@/services/market/candle.ts";
import { SqlCandleStore } from "@/services/storage/mod.ts";
import { assert } from "@/tests/assert.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import type { StoreKind, TestStore } from "./stores.ts";

export const HOUR = 3_600_000;
export const START = Date.UTC(2021, 0, 1);
export const KEY: SeriesKey = { assetId: "bitcoin" as AssetId, interval: "1h", source: "file" };
export const ALL = { from: utcMsOf(0), to: utcMsOf(8e15) };

/** Hourly candles with these closes, from hour `from` after the start on. */
export function hours(closes: readonly number[], from = 0): CandleColumns {
  return columnsOf(closes.map((close, at) => ({ openTime: START + (from + at) * HOUR, close })));
}

/** Every candle of a series that must be there. */
export async function readAll(store: SqlCandleStore, key = KEY) {
  const series = await store.findSeries(key);
  assert(series, `Expected series ${key.source}`);
  const candles = await store.listCandles(series.seriesId, { range: ALL, limit: 1_000_000 });
  return Array.from({ length: candles.length }, (_, at) => candleAt(candles, at));
}

/** The closes of a series that must be there. */
export async function closes(store: SqlCandleStore, key = KEY): Promise<number[]> {
  return (await readAll(store, key)).map(({ close }) => close);
}
/** Defines one test over an empty candle store. */
export type CandleStoreTest = (
  name: string,
  run: (store: SqlCandleStore, kit: TestStore) => Promise<void>,
) => void;

/** Defines tests over candle stores of that kind. */
export function candleStoreTest(kind: StoreKind): CandleStoreTest {
  return (name, run) =>
    Deno.test({
      name: `SqlCandleStore on ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using kit = await kind.open();
        await run(new SqlCandleStore(kit.database, kit.clock), kit);
      },
    });
}
