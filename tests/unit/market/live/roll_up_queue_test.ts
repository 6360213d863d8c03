import { HOUR_MS, MINUTE_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId, Interval, TimeRange } from "@/services/market/mod.ts";
import { type BuiltCandle, columnsOfBuilt } from "@/services/market/live/candle_builder.ts";
import type { CandleWrite } from "@/services/market/live/live_candles.ts";
import type { RolledUp } from "@/services/market/live/roll_up.ts";
import { RollUpQueue } from "@/services/market/live/roll_up_queue.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { MemoryCandleStore } from "@/tests/fakes/memory_candle_store.ts";

const START = Date.UTC(2026, 0, 1);
const at = (ms: number) => utcMsOf(START + ms);

function built(openMs: number): BuiltCandle {
  return {
    openTime: at(openMs),
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: 1,
    volumeUsd: 1,
    state: "final",
    hasGap: false,
    asof: at(openMs),
  };
}

/** Bars of a market that open so long after the start. */
function write(
  opens: readonly number[],
  { assetId = "bitcoin", source = "binance" } = {},
): CandleWrite {
  const bars = opens.map(built);
  const key = { assetId: assetId as AssetId, source, interval: "5m" } as const;
  return { key, candles: columnsOfBuilt(bars), built: bars };
}

/** A store that is away as long as a test says so. */
class FallibleStore extends MemoryCandleStore {
  isAway = false;

  override upsertAll(...writes: Parameters<MemoryCandleStore["upsertAll"]>): Promise<void> {
    return this.isAway ? Promise.reject(new Error("database away")) : super.upsertAll(...writes);
  }
}

function kit() {
  const store = new FallibleStore(new FakeClock(START));
  const queue = new RollUpQueue(store);
  const add = async (...writes: readonly CandleWrite[]) => {
    await store.upsertAll(writes);
    queue.add(writes);
  };
  return { store, queue, add };
}

/** The hours rolled up, by market. */
function hours(rolled: readonly RolledUp[]) {
  return rolled.filter(({ key }) => key.interval === "1h").map(({ key, candles }) => [
    `${key.assetId} ${key.source}`,
    ...Array.from(candles.openTime, (openTime) => (openTime - START) / HOUR_MS),
  ]);
}

async function countStored(store: MemoryCandleStore, interval: Interval): Promise<number> {
  const series = await store.listSeries();
  return series.filter((one) => one.interval === interval)
    .reduce((sum, { rows }) => sum + rows, 0);
}

Deno.test("RollUpQueue rolls up at the first beat, and then once a minute", async () => {
  const { queue, add } = kit();
  await add(write([0]));
  assertEquals(hours(await queue.beat(at(0))), [["bitcoin binance", 0]]);
  await add(write([5 * MINUTE_MS]));
  assertEquals(await queue.beat(at(MINUTE_MS - 1)), []);
  assertEquals(hours(await queue.beat(at(MINUTE_MS))), [["bitcoin binance", 0]]);
  assertEquals(await queue.beat(at(2 * MINUTE_MS)), []);
});

Deno.test("RollUpQueue rolls a market up once for all of its bars since", async () => {
  const { queue, add } = kit();
  await queue.beat(at(0));
  await add(write([0]));
  await add(write([2 * HOUR_MS]));
  await add(write([HOUR_MS]));
  assertEquals(hours(await queue.beat(at(MINUTE_MS))), [["bitcoin binance", 0, 1, 2]]);
});

Deno.test("RollUpQueue keeps the same asset of two venues apart", async () => {
  const { queue, add } = kit();
  await add(write([0]), write([HOUR_MS], { source: "coinbase" }));
  assertEquals(hours(await queue.beat(at(0))), [["bitcoin binance", 0], ["bitcoin coinbase", 1]]);
});

Deno.test("RollUpQueue takes eight markets at a beat, until none is due", async () => {
  const { store, queue, add } = kit();
  await add(
    ...Array.from({ length: 20 }, (_, number) => write([0], { assetId: `asset-${number}` })),
  );
  const counts = [];
  for (let beat = 0; beat < 4; beat++) {
    counts.push(hours(await queue.beat(at(beat * SECOND_MS / 4))).length);
  }
  assertEquals(counts, [8, 8, 4, 0]);
  assertEquals([await countStored(store, "1h"), await countStored(store, "1d")], [20, 20]);
});

Deno.test("RollUpQueue takes everything at once where it is the last beat", async () => {
  const { queue, add } = kit();
  await queue.beat(at(0));
  await add(
    ...Array.from({ length: 20 }, (_, number) => write([0], { assetId: `asset-${number}` })),
  );
  assertEquals(await queue.beat(at(1)), []);
  assertEquals(hours(await queue.beat(at(2), { all: true })).length, 20);
});

Deno.test("RollUpQueue tries again what could not be written", async () => {
  const { store, queue, add } = kit();
  await add(write([0]), write([0], { source: "coinbase" }));
  store.isAway = true;
  await assertRejects(() => queue.beat(at(0)), { pattern: /database away/ });
  store.isAway = false;
  // At the next beat, without waiting for the minute.
  assertEquals(hours(await queue.beat(at(250))).length, 2);
  assertEquals(await queue.beat(at(500)), []);
});

Deno.test("RollUpQueue gathers what comes while the store is away", async () => {
  const { store, queue } = kit();
  await store.upsertAll([write([0, HOUR_MS])]);
  queue.add([write([0])]);
  store.isAway = true;
  for (let minute = 0; minute < 3; minute++) {
    await assertRejects(() => queue.beat(at(minute * MINUTE_MS)));
    queue.add([write([HOUR_MS])]);
  }
  store.isAway = false;
  // What failed first, then all that came since, once.
  assertEquals(hours(await queue.beat(at(3 * MINUTE_MS))), [["bitcoin binance", 0]]);
  assertEquals(hours(await queue.beat(at(3 * MINUTE_MS + 250))), [["bitcoin binance", 1]]);
  assertEquals(await queue.beat(at(9 * MINUTE_MS)), []);
});

Deno.test("RollUpQueue rolls up what is stored, not only what it was told of", async () => {
  const { store, queue, add } = kit();
  const parts = Array.from({ length: 12 }, (_, part) => part * 5 * MINUTE_MS);
  await store.upsertAll([write(parts.slice(0, 11))]);
  await add(write(parts.slice(11)));
  await queue.beat(at(0));
  const key = { assetId: "bitcoin" as AssetId, source: "binance", interval: "1h" } as const;
  const series = await store.findSeries(key);
  const range: TimeRange = { from: at(0), to: at(HOUR_MS) };
  const { volume, state } = await store.listCandles(series?.seriesId ?? NaN, { range, limit: 2 });
  const FINAL = 1;
  assertEquals([[...volume], [...state]], [[12], [FINAL]]);
});
