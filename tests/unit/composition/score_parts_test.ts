import { recalculateOnClose } from "@/services/composition/mod.ts";
import { HOUR_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import { type AssetId, LIVE_TOPICS, type LiveCandle } from "@/services/market/mod.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import type { NewJob } from "@/services/ports/jobs.ts";
import { assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { settle } from "@/tests/fakes/timer.ts";

const NOW = utcMsOf(Date.UTC(2026, 0, 1));

function candle(changes: Partial<LiveCandle>): LiveCandle {
  return {
    ...{ assetId: "bitcoin" as AssetId, source: "binance", interval: "1h" },
    ...{ openTime: utcMsOf(NOW - HOUR_MS), open: 1, high: 1, low: 1, close: 1, volume: 1 },
    ...{ state: "final", asof: NOW },
    ...changes,
  };
}

/** What was asked for after these candles were told of, one message each. */
async function askedAfter(
  candles: readonly LiveCandle[],
  { isStopped = false, failure = null }: { isStopped?: boolean; failure?: Error | null } = {},
) {
  const bus = new MemoryBus(new RecordingLog());
  const log = new RecordingLog();
  const asked: NewJob[] = [];
  const enqueue = (job: NewJob) => {
    asked.push(job);
    return failure === null ? new Promise<never>(() => {}) : Promise.reject(failure);
  };
  const stop = recalculateOnClose({ clock: new FakeClock(NOW), log }, { bus, jobs: { enqueue } });
  if (isStopped) stop();
  for (const one of candles) bus.publish(LIVE_TOPICS.candles, JSON.stringify([one]));
  await settle();
  return { asked, log };
}

const cases: readonly { name: string; candles: readonly LiveCandle[]; expected: number }[] = [
  { name: "asks once an hour has closed", candles: [candle({})], expected: 1 },
  {
    name: "asks once a day was healed",
    candles: [candle({ interval: "1d", state: "healed" })],
    expected: 1,
  },
  {
    name: "does not ask for bars that are open",
    candles: [candle({ state: "provisional" })],
    expected: 0,
  },
  { name: "does not ask for bars of minutes", candles: [candle({ interval: "5m" })], expected: 0 },
];
for (const { name, candles, expected } of cases) {
  Deno.test(`recalculateOnClose() ${name}`, async () => {
    assertEquals((await askedAfter(candles)).asked.length, expected);
  });
}

Deno.test("recalculateOnClose() asks for one run after all closes of a moment", async () => {
  const { asked } = await askedAfter([candle({}), candle({ assetId: "ethereum" as AssetId })]);
  assertEquals(new Set(asked.map(({ key }) => key)).size, 1);
  assertEquals(asked[0]?.runAt, utcMsOf(NOW + 15 * SECOND_MS));
});

Deno.test("recalculateOnClose() says that it could not ask, and asks no more once stopped", async () => {
  const { log } = await askedAfter([candle({})], { failure: new RangeError("no") });
  assertEquals(log.lines.map(({ level }) => level), ["warn"]);
  assertEquals((await askedAfter([candle({})], { isStopped: true })).asked, []);
});
