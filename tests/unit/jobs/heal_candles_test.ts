import { healCandles, type HealPayload, healRequest } from "@/jobs/heal_candles.ts";
import { POLL_MS } from "@/jobs/worker.ts";
import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { MINUTE_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import { type AssetId, CandleHealer, type FeedGap } from "@/services/market/mod.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import type { JsonValue } from "@/services/ports/jobs.ts";
import { assert, assertEquals, assertRejects } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeMarketProvider } from "@/tests/fakes/market_provider.ts";
import { columnsOf, MemoryCandleStore } from "@/tests/fakes/memory_candle_store.ts";
import { settle } from "@/tests/fakes/timer.ts";
import { jobContext } from "./job_context.ts";
import { JobKit, untilAborted } from "./job_kit.ts";

const START = Date.UTC(2026, 0, 1);
const BITCOIN = "bitcoin" as AssetId;
const KEY = { assetId: BITCOIN, interval: "5m", source: "binance" } as const;
const at = (minutes: number) => utcMsOf(START + minutes * MINUTE_MS);

const GAP: FeedGap = {
  venue: "binance",
  assetIds: [BITCOIN],
  from: at(1),
  to: at(7),
  reason: "disconnected",
};

/** Two candles of ours that are open, and the venue's closed ones. */
async function kit() {
  const clock = new FakeClock(at(60));
  const store = new MemoryCandleStore(clock);
  const venue = new FakeMarketProvider("binance");
  const opens = [at(0), at(5)];
  await store.upsertCandles(
    KEY,
    columnsOf(opens.map((openTime) => ({ openTime, close: 1, state: "provisional" }))),
  );
  venue.has(KEY, opens.map((openTime) => ({ openTime, close: 2, volume: 3 })));
  const bus = new MemoryBus(new RecordingLog());
  const healer = new CandleHealer({ providers: [venue], store, bus, clock });
  return { store, venue, job: healCandles({ healer }) };
}

async function states(store: MemoryCandleStore) {
  const series = await store.findSeries(KEY);
  const range = { from: at(0), to: at(60) };
  return [...(await store.listCandles(series?.seriesId ?? NaN, { range, limit: 99 })).state];
}

const PROVISIONAL = 0;
const HEALED = 2;
const HEALED_TWO = { fetched: 2, healed: 2, quarantined: 0 };

Deno.test("healRequest() is the row that the job itself would make", async () => {
  const { job } = await kit();
  const request = healRequest(GAP);
  assertEquals(request, job.request(request.payload as HealPayload));
  assertEquals(request.payload, {
    venue: "binance",
    asset_ids: ["bitcoin"],
    from: START + MINUTE_MS,
    to: START + 7 * MINUTE_MS,
    reason: "disconnected",
  });
});

const others: {
  readonly name: string;
  readonly gap: Partial<FeedGap>;
  readonly isSame: boolean;
}[] = [
  { name: "shares the key of the same gap for another reason", gap: { reason: "x" }, isSame: true },
  { name: "has another key for another venue", gap: { venue: "coinbase" }, isSame: false },
  { name: "has another key for another begin", gap: { from: at(0) }, isSame: false },
  { name: "has another key for another end", gap: { to: at(8) }, isSame: false },
  {
    name: "has another key for other assets",
    gap: { assetIds: ["ethereum" as AssetId] },
    isSame: false,
  },
];
for (const { name, gap, isSame } of others) {
  Deno.test(`healRequest() ${name}`, () => {
    assertEquals(healRequest({ ...GAP, ...gap }).key === healRequest(GAP).key, isSame);
  });
}

const GOOD = { venue: "binance", asset_ids: ["bitcoin"], from: 0, to: 1, reason: "x" };
const badPayloads: readonly JsonValue[] = [
  null,
  [],
  "binance",
  {},
  { ...GOOD, venue: 7 },
  { ...GOOD, asset_ids: [] },
  { ...GOOD, asset_ids: "bitcoin" },
  { ...GOOD, asset_ids: [1] },
  { ...GOOD, from: "2026-01-01" },
  { ...GOOD, from: 0.5 },
  { ...GOOD, to: null },
  { ...GOOD, interval: "5m" },
];
for (const payload of badPayloads) {
  Deno.test(`heal_candles refuses the payload ${JSON.stringify(payload)}`, async () => {
    const { job, venue } = await kit();
    const error = await assertRejects(() => job.run(jobContext(payload)), {
      type: AppError,
      pattern: /^Cannot read the payload of heal_candles: /,
    });
    assertEquals([error.code, venue.questions.length], ["VALIDATION_FAILED", 0]);
  });
}

Deno.test("heal_candles with a payload that it can't read is dead at once", async () => {
  const { job } = await kit();
  await using jobs = await JobKit.open({ jobs: [job] });
  jobs.start();
  const { key, maxAttempts, timeoutMs } = healRequest(GAP);
  const request = { name: "heal_candles", key, payload: { venue: 1 }, maxAttempts, timeoutMs };
  const record = await jobs.read(await jobs.system.enqueue(request));
  assertEquals([record.state, record.attempts], ["dead", 1]);
  assert(record.error?.includes("Cannot read the payload of heal_candles"));
});

Deno.test("heal_candles heals, tells how far it is, and the second time changes nothing", async () => {
  const { job, store } = await kit();
  const { payload = null } = healRequest(GAP);
  const first = jobContext(payload);
  assertEquals(await job.run(first), HEALED_TWO);
  assertEquals(first.progress, [{ done: 0, total: 1, note: "assets" }]);
  const version = store.current();
  assertEquals(await job.run(jobContext(payload)), { ...HEALED_TWO, healed: 0 });
  assertEquals([await states(store), store.current()], [[HEALED, HEALED], version]);
});

Deno.test("heal_candles waits for a budget as long as it is told, and loses no try", async () => {
  const { job, venue, store } = await kit();
  venue.onQuestion = (_, count) => {
    if (count > 1) return;
    throw new AppError("RATE_LIMITED", "Cannot call binance: no budget", {
      details: { retry_after_s: 90 },
    });
  };
  await using jobs = await JobKit.open({ jobs: [job] });
  jobs.start();
  const enqueued = await jobs.system.enqueue(healRequest(GAP));
  const waiting = await jobs.read(enqueued);
  assertEquals([waiting.state, waiting.attempts, waiting.runAt - jobs.clock.now()], [
    "queued",
    0,
    90 * SECOND_MS,
  ]);
  assertEquals([waiting.error, await states(store)], [
    "Cannot call binance: no budget",
    [PROVISIONAL, PROVISIONAL],
  ]);
  await jobs.timer.advance(90 * SECOND_MS - POLL_MS);
  assertEquals((await jobs.read(enqueued)).state, "queued");
  await jobs.timer.advance(2 * POLL_MS);
  const done = await jobs.read(enqueued);
  assertEquals([done.state, done.result], ["done", HEALED_TWO]);
  assertEquals(await states(store), [HEALED, HEALED]);
});

Deno.test("heal_candles tries again when its venue fails", async () => {
  const { job, venue, store } = await kit();
  venue.onQuestion = (_, count) => {
    if (count === 1) throw new ProviderError("binance", "failover_with_penalty", "HTTP 503");
  };
  await using jobs = await JobKit.open({ jobs: [job] });
  jobs.start();
  const enqueued = await jobs.system.enqueue(healRequest(GAP));
  assertEquals((await jobs.read(enqueued)).state, "failed");
  await jobs.timer.advance(2 * POLL_MS);
  assertEquals((await jobs.read(enqueued)).state, "done");
  assertEquals(await states(store), [HEALED, HEALED]);
});

Deno.test("heal_candles ends when its process stops, and begins again in another", async () => {
  const { job, venue, store } = await kit();
  const begun = new AbortController();
  venue.onQuestion = (_, count) => count === 1 ? untilAborted(begun.signal) : undefined;
  await using jobs = await JobKit.open({ jobs: [job] });
  jobs.start();
  const enqueued = await jobs.system.enqueue(healRequest(GAP));
  await settle();
  const stopped = jobs.system.stop();
  begun.abort(new DOMException("as the gate does", "AbortError"));
  await stopped;
  const released = await jobs.read(enqueued);
  assertEquals([released.state, released.attempts], ["queued", 0]);
  const other = jobs.another({ jobs: [job], owner: "b" });
  other.start({ hasCron: false });
  assertEquals((await jobs.read(enqueued)).state, "done");
  assertEquals(await states(store), [HEALED, HEALED]);
  await other.stop();
});

Deno.test("heal_candles throws the reason of a signal before it asks for anything", async () => {
  const { job, venue } = await kit();
  const stop = new AbortController();
  stop.abort(new DOMException("The job must end: cancelled", "AbortError"));
  const { payload = null } = healRequest(GAP);
  await assertRejects(() => job.run(jobContext(payload, stop)), {
    type: DOMException,
    pattern: /must end: cancelled/,
  });
  assertEquals(venue.questions, []);
});
