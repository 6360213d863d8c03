import { backfillCandles, type BackfillPayload, backfillRequest } from "@/jobs/backfill_candles.ts";
import { POLL_MS } from "@/jobs/worker.ts";
import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "@/services/kernel/time.ts";
import { type AssetId, Backfill } from "@/services/market/mod.ts";
import type { JsonValue } from "@/services/ports/jobs.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeMarketProvider } from "@/tests/fakes/market_provider.ts";
import { MemoryAbsences } from "@/tests/fakes/memory_absences.ts";
import { MemoryCandleStore } from "@/tests/fakes/memory_candle_store.ts";
import { jobContext } from "./job_context.ts";
import { JobKit } from "./job_kit.ts";

/** Far enough from midnight that the day before is settled. */
const NOW = Date.UTC(2026, 0, 1, 12, 30);
const TODAY = Date.UTC(2026, 0, 1);
const ASSETS = ["bitcoin", "ethereum"] as readonly string[] as readonly AssetId[];
/** Three years of days, in pages of a year, of 635 days and of 95. */
const DAYS = 1_095;
const PAGES = 3;

/** A venue with three years of days of two assets, and nothing stored. */
function kit() {
  const clock = new FakeClock(NOW);
  const store = new MemoryCandleStore(clock);
  const venue = new FakeMarketProvider("binance", { intervals: ["1d"] });
  const history = Array.from({ length: DAYS }, (_, at) => ({
    openTime: TODAY - (DAYS - at) * DAY_MS,
    close: at + 1,
  }));
  for (const assetId of ASSETS) venue.has({ assetId, interval: "1d" }, history);
  const markets = [{ provider: venue, assetIds: ASSETS }];
  const backfill = new Backfill({ markets, store, absences: new MemoryAbsences(), clock });
  return { store, venue, job: backfillCandles({ backfill }) };
}

/** Candles stored of each asset. */
async function rows(store: MemoryCandleStore) {
  const series = await store.listSeries();
  return series.map(({ assetId, rows }) => [String(assetId), rows]);
}

const ALL_STORED = [["bitcoin", DAYS], ["ethereum", DAYS]];
const NOTHING_DONE = {
  fetched: 0,
  written: 0,
  absent: 0,
  quarantined: 0,
  left: 0,
  stoppedBy: null,
};

const requests: {
  readonly payload: BackfillPayload;
  readonly key: string;
}[] = [
  { payload: null, key: "backfill_candles all all" },
  { payload: { asset_id: null, interval: null }, key: "backfill_candles all all" },
  { payload: { asset_id: "bitcoin", interval: null }, key: "backfill_candles bitcoin all" },
  { payload: { asset_id: "bitcoin", interval: "1d" }, key: "backfill_candles bitcoin 1d" },
];
for (const { payload, key } of requests) {
  Deno.test(`backfillRequest() of ${JSON.stringify(payload)} has a key of its scope`, () => {
    const request = backfillRequest(payload);
    assertEquals(request.key, key);
    assertEquals(request, kit().job.request(payload));
  });
}

const badPayloads: readonly JsonValue[] = [
  "bitcoin",
  [],
  {},
  { asset_id: "bitcoin" },
  { asset_id: 1, interval: null },
  { asset_id: null, interval: "2h" },
  { asset_id: null, interval: null, from: 0 },
];
for (const payload of badPayloads) {
  Deno.test(`backfill_candles refuses the payload ${JSON.stringify(payload)}`, async () => {
    const { job, venue } = kit();
    const error = await assertRejects(() => job.run(jobContext(payload)), {
      type: AppError,
      pattern: /^Cannot read the payload of backfill_candles: /,
    });
    assertEquals([error.code, venue.questions.length], ["VALIDATION_FAILED", 0]);
  });
}

Deno.test("backfill_candles fills everything, and the second time asks for nothing", async () => {
  const { job, store, venue } = kit();
  const context = jobContext(null);
  assertEquals(await job.run(context), { ...NOTHING_DONE, fetched: 2 * DAYS, written: 2 * DAYS });
  assertEquals(await rows(store), ALL_STORED);
  assertEquals(
    context.progress,
    [0, 1, 2, 3, 4, 5, 6].map((done) => ({ done, total: 2 * PAGES, note: "ranges" })),
  );
  const version = store.current();
  assertEquals(await job.run(jobContext(null)), NOTHING_DONE);
  assertEquals([venue.questions.length, store.current()], [2 * PAGES, version]);
});

Deno.test("backfill_candles keeps to the asset and interval that it is told", async () => {
  const { job, store } = kit();
  await job.run(jobContext({ asset_id: "bitcoin", interval: "1h" }));
  assertEquals(await rows(store), []);
  await job.run(jobContext({ asset_id: "ethereum", interval: "1d" }));
  assertEquals(await rows(store), [["ethereum", DAYS]]);
});

Deno.test("backfill_candles waits for its budget, and goes on where it was", async () => {
  const { job, store, venue } = kit();
  venue.onQuestion = (_, count) => {
    if (count !== 3) return;
    throw new AppError("RATE_LIMITED", "Cannot call binance: no budget", {
      details: { retry_after_s: 30 },
    });
  };
  await using jobs = await JobKit.open({ jobs: [job] });
  jobs.start();
  const enqueued = await jobs.system.enqueue(backfillRequest(null));
  const waiting = await jobs.read(enqueued);
  assertEquals([waiting.state, waiting.attempts, waiting.runAt - jobs.clock.now()], [
    "queued",
    0,
    30 * SECOND_MS,
  ]);
  // The last year of both is there already.
  assertEquals(await rows(store), [["bitcoin", 365], ["ethereum", 365]]);
  assertEquals(waiting.progress, { done: 2, total: 2 * PAGES, note: "ranges" });
  await jobs.timer.advance(30 * SECOND_MS + POLL_MS);
  assertEquals((await jobs.read(enqueued)).state, "done");
  assertEquals(await rows(store), ALL_STORED);
});

Deno.test("backfill_candles is done though its venue is away, and the next slot has the rest", async () => {
  const { job, store, venue } = kit();
  let isAway = true;
  venue.onQuestion = () => {
    if (isAway) throw new ProviderError("binance", "next_provider", "binance is frozen");
  };
  await using jobs = await JobKit.open({ jobs: [job] });
  const record = await jobs.system.enqueue(backfillRequest(null));
  jobs.start();
  const first = await jobs.read(record);
  assertEquals([first.state, first.result], [
    "done",
    { ...NOTHING_DONE, left: 2 * PAGES, stoppedBy: "binance is frozen" },
  ]);
  isAway = false;
  await jobs.timer.advance(15 * MINUTE_MS + POLL_MS);
  await jobs.read(record);
  assertEquals(await rows(store), ALL_STORED);
});

Deno.test("backfill_candles is cancelled between two ranges and keeps what it has", async () => {
  const { job, store, venue } = kit();
  const stop = new AbortController();
  venue.onQuestion = (_, count) => {
    if (count === 2) stop.abort(new DOMException("The job must end: cancelled", "AbortError"));
  };
  await assertRejects(() => job.run(jobContext(null, stop)), {
    type: DOMException,
    pattern: /must end: cancelled/,
  });
  assertEquals([venue.questions.length, await rows(store)], [
    2,
    [["bitcoin", 365], ["ethereum", 365]],
  ]);
});

Deno.test("backfill_candles runs one at a time, every quarter of an hour", () => {
  const { concurrency, schedule } = kit().job;
  assertEquals([concurrency, schedule], [1, { everyMs: 15 * MINUTE_MS }]);
});
