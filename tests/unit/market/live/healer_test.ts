import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import {
  type AssetId,
  CandleHealer,
  type HealRequest,
  LIVE_TOPICS,
  type LiveCandle,
} from "@/services/market/mod.ts";
import { candleAt, type CandleColumns, type Interval } from "@/services/market/candle.ts";
import { differingCandles } from "@/services/market/live/healer.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeMarketProvider } from "@/tests/fakes/market_provider.ts";
import {
  type CandleSketch,
  columnsOf,
  MemoryCandleStore,
} from "@/tests/fakes/memory_candle_store.ts";

const START = Date.UTC(2026, 0, 1);
const BITCOIN = "bitcoin" as AssetId;
const ETHEREUM = "ethereum" as AssetId;
const at = (minutes: number) => utcMsOf(START + minutes * MINUTE_MS);

/** A candle that opens so many minutes after the start. */
function candle(minutes: number, close: number, fields: Partial<CandleSketch> = {}): CandleSketch {
  return { openTime: at(minutes), close, volume: 1, ...fields };
}

function kit(nowMinutes = 60) {
  const clock = new FakeClock(at(nowMinutes));
  const store = new MemoryCandleStore(clock);
  const bus = new MemoryBus(new RecordingLog());
  const venue = new FakeMarketProvider("binance");
  const told: LiveCandle[][] = [];
  bus.subscribe(LIVE_TOPICS.candles, (payload) => told.push(JSON.parse(payload)));
  const healer = new CandleHealer({ providers: [venue], store, bus, clock });
  const { signal } = new AbortController();
  const heal = (request: Partial<HealRequest> = {}) =>
    healer.heal({ venue: "binance", assetIds: [BITCOIN], from: at(0), to: at(29), ...request }, {
      signal,
    });
  return { clock, store, venue, told, healer, heal };
}

function keyOf(assetId: AssetId, interval: Interval = "5m") {
  return { assetId, interval, source: "binance" };
}

/** Minute of opening, close, volume and state of what is stored. */
async function stored(
  store: MemoryCandleStore,
  { assetId = BITCOIN, interval = "5m" }: { assetId?: AssetId; interval?: Interval } = {},
) {
  const series = await store.findSeries(keyOf(assetId, interval));
  if (series === null) return [];
  const range = { from: at(-10 * 1_440), to: at(10 * 1_440) };
  return rowsOf(await store.listCandles(series.seriesId, { range, limit: 10_000 }));
}

function rowsOf(columns: CandleColumns) {
  return Array.from({ length: columns.length }, (_, row) => {
    const { openTime, close, volume, state } = candleAt(columns, row);
    return [(openTime - START) / MINUTE_MS, close, volume, state];
  });
}

Deno.test("CandleHealer puts the venue's candles where ours are open, missing or different", async () => {
  const { store, venue, heal } = kit();
  await store.upsertCandles(
    keyOf(BITCOIN),
    columnsOf([
      candle(0, 100, { state: "provisional" }),
      candle(5, 101, { volume: 2 }),
      candle(10, 102, { volume: 3 }),
      candle(20, 104, { state: "provisional" }),
    ]),
  );
  venue.has(keyOf(BITCOIN), [
    candle(0, 100, { volume: 5 }),
    candle(5, 101, { volume: 2 }),
    candle(10, 103, { volume: 3 }),
    candle(15, 110),
    candle(30, 999),
  ]);
  assertEquals(await heal(), { fetched: 4, healed: 3, quarantined: 0 });
  assertEquals(await stored(store), [
    [0, 100, 5, "healed"],
    // Equal to the venue's: what is final stays final.
    [5, 101, 2, "final"],
    [10, 103, 3, "healed"],
    [15, 110, 1, "healed"],
    // The venue has none, so ours stays as it was.
    [20, 104, 1, "provisional"],
  ]);
});

Deno.test("CandleHealer keeps what a closed candle was before", async () => {
  const { store, venue, heal } = kit();
  await store.upsertCandles(keyOf(BITCOIN), columnsOf([candle(0, 100), candle(5, 101)]));
  venue.has(keyOf(BITCOIN), [candle(0, 100), candle(5, 107)]);
  await heal();
  const series = await store.findSeries(keyOf(BITCOIN));
  const range = { from: at(0), to: at(60) };
  const revisions = await store.listRevisions(series?.seriesId ?? NaN, range);
  assertEquals(
    revisions.map(({ openTime, close, revision }) => [openTime, close, revision]),
    [[at(5), 101, 1]],
  );
});

Deno.test("CandleHealer heals twice what it heals once, and tells nobody the second time", async () => {
  const { store, venue, told, heal } = kit();
  await store.upsertCandles(keyOf(BITCOIN), columnsOf([candle(0, 90, { state: "provisional" })]));
  venue.has(keyOf(BITCOIN), [candle(0, 100), candle(5, 101), candle(15, 102)]);
  assertEquals(await heal(), { fetched: 3, healed: 3, quarantined: 0 });
  const [once, version] = [await stored(store), store.current()];
  assertEquals(told.length, 1);
  assertEquals(await heal(), { fetched: 3, healed: 0, quarantined: 0 });
  assertEquals([await stored(store), store.current(), told.length], [once, version, 1]);
});

const ranges: {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly asked: readonly (readonly [from: number, to: number])[];
}[] = [
  { name: "every bucket that the gap touches", from: 7, to: 12, now: 60, asked: [[5, 15]] },
  { name: "the bucket of a gap of one instant", from: 10, to: 10, now: 60, asked: [[10, 15]] },
  {
    name: "the bucket that the gap's last instant opens",
    from: 5,
    to: 10,
    now: 60,
    asked: [[5, 15]],
  },
  { name: "nothing of a bucket still open", from: 7, to: 12, now: 12, asked: [[5, 10]] },
  { name: "a bucket as soon as it is closed", from: 7, to: 12, now: 15, asked: [[5, 15]] },
  { name: "nothing at all while all is open", from: 11, to: 12, now: 13, asked: [] },
  { name: "nothing of the future", from: 50, to: 70, now: 20, asked: [] },
];
for (const { name, from, to, now, asked } of ranges) {
  Deno.test(`CandleHealer asks for ${name}`, async () => {
    const { venue, heal } = kit(now);
    await heal({ from: at(from), to: at(to) });
    assertEquals(
      venue.questions.map(({ range }) => [range.from, range.to]),
      asked.map(([first, end]) => [at(first), at(end)]),
    );
  });
}

Deno.test("CandleHealer rolls hour and day up again from what it healed", async () => {
  const { store, venue, heal } = kit(2 * 60);
  const ours = Array.from({ length: 12 }, (_, part) => candle(part * 5, 100 + part));
  await store.upsertCandles(
    keyOf(BITCOIN),
    columnsOf(ours.map((one, part) => part === 3 ? { ...one, state: "provisional" } : one)),
  );
  await store.upsertCandles(
    keyOf(BITCOIN, "1h"),
    columnsOf([candle(0, 111, { volume: 12, state: "provisional" })]),
  );
  venue.has(keyOf(BITCOIN), ours.map((one, part) => part === 3 ? { ...one, volume: 9 } : one));
  assertEquals(await heal({ from: at(15), to: at(16) }), { fetched: 1, healed: 1, quarantined: 0 });
  // Eleven parts of one unit and one of nine.
  assertEquals(await stored(store, { interval: "1h" }), [[0, 111, 20, "healed"]]);
  assertEquals(await stored(store, { interval: "1d" }), [[0, 111, 20, "provisional"]]);
});

Deno.test("CandleHealer leaves a closed day as it is where its parts are not complete", async () => {
  const { store, venue, told, heal } = kit(2 * 1_440);
  await store.upsertCandles(keyOf(BITCOIN, "1d"), columnsOf([candle(0, 500, { volume: 4_000 })]));
  venue.has(keyOf(BITCOIN), [candle(0, 100)]);
  await heal();
  assertEquals(await stored(store, { interval: "1d" }), [[0, 500, 4_000, "final"]]);
  assertEquals(told.flat().map(({ interval }) => interval), ["5m", "1h"]);
});

Deno.test("CandleHealer tells of healed and rolled bars together, as of now", async () => {
  const { venue, told, heal } = kit();
  venue.has(keyOf(BITCOIN), [candle(0, 100)]);
  await heal();
  assertEquals(
    told.map((bars) =>
      bars.map(({ interval, close, state, asof }) => [interval, close, state, asof])
    ),
    [[
      ["5m", 100, "healed", at(60)],
      ["1h", 100, "provisional", at(60)],
      ["1d", 100, "provisional", at(60)],
    ]],
  );
});

Deno.test("CandleHealer takes no candle that the venue says is open", async () => {
  const { store, venue, heal } = kit();
  venue.has(keyOf(BITCOIN), [candle(0, 100), candle(5, 101, { state: "provisional" })]);
  assertEquals(await heal(), { fetched: 2, healed: 1, quarantined: 0 });
  assertEquals(await stored(store), [[0, 100, 1, "healed"]]);
});

Deno.test("CandleHealer counts rows that could not be read, and heals by the others", async () => {
  const { store, venue, heal } = kit();
  venue.has(keyOf(BITCOIN), [candle(0, 100)]);
  venue.unreadable = [{ line: 2, text: "[]", reason: "no candle" }];
  assertEquals(await heal(), { fetched: 1, healed: 1, quarantined: 1 });
  assertEquals((await stored(store)).length, 1);
});

const failures = [
  new ProviderError("binance", "next_provider", "Cannot call binance: HTTP 503"),
  new AppError("RATE_LIMITED", "Cannot call binance", { details: { retry_after_s: 9 } }),
];
for (const failure of failures) {
  Deno.test(`CandleHealer keeps what it healed before a ${failure.name}, and says it`, async () => {
    const { store, venue, heal } = kit();
    venue.has(keyOf(BITCOIN), [candle(0, 100)]);
    venue.has(keyOf(ETHEREUM), [candle(0, 10)]);
    venue.onQuestion = (_, count) => {
      if (count === 2) throw failure;
    };
    const assetIds = [BITCOIN, ETHEREUM];
    const thrown = await assertRejects(() => heal({ assetIds }));
    assertEquals(thrown, failure);
    assertEquals((await stored(store)).length, 1);
    assertEquals(await stored(store, { assetId: ETHEREUM }), []);
    // The next try finds the first asset done and does the rest.
    assertEquals(await heal({ assetIds }), { fetched: 2, healed: 1, quarantined: 0 });
    assertEquals((await stored(store, { assetId: ETHEREUM })).length, 1);
  });
}

Deno.test("CandleHealer heals a long gap in parts, the newest first, and keeps each", async () => {
  // 2,500 buckets of five minutes.
  const { store, venue, heal } = kit(12_500);
  venue.has(keyOf(BITCOIN), [candle(0, 1), candle(2_500, 2), candle(7_500, 3), candle(12_495, 4)]);
  venue.onQuestion = (_, count) => {
    if (count === 3) throw new ProviderError("binance", "failover_with_penalty", "HTTP 503");
  };
  const range = { from: at(0), to: at(12_499) };
  await assertRejects(() => heal(range), { type: ProviderError });
  assertEquals(
    venue.questions.map(({ range: { from, to } }) => [from, to]),
    [[at(7_500), at(12_500)], [at(2_500), at(7_500)], [at(0), at(2_500)]],
  );
  assertEquals((await stored(store)).map(([minute]) => minute), [2_500, 7_500, 12_495]);
  assertEquals(await heal(range), { fetched: 4, healed: 1, quarantined: 0 });
});

Deno.test("CandleHealer stops between two assets, and tells how far it is", async () => {
  const { venue, healer } = kit();
  const stop = new AbortController();
  const progress: number[] = [];
  venue.onQuestion = () => stop.abort();
  const request = { venue: "binance", assetIds: [BITCOIN, ETHEREUM], from: at(0), to: at(9) };
  const onProgress = (done: number) => progress.push(done);
  await assertRejects(() => healer.heal(request, { signal: stop.signal, onProgress }), {
    type: DOMException,
  });
  assertEquals([venue.questions.length, progress], [1, [0, 1]]);
});

Deno.test("CandleHealer refuses a venue that it does not know", async () => {
  const { heal } = kit();
  await assertRejects(() => heal({ venue: "mtgox" }), {
    type: RangeError,
    pattern: /"mtgox": no such provider/,
  });
});

const differences: {
  readonly name: string;
  readonly ours: Partial<CandleSketch>;
  readonly theirs: Partial<CandleSketch>;
  readonly isDifferent: boolean;
}[] = [
  { name: "is none in equal candles", ours: {}, theirs: {}, isDifferent: false },
  {
    name: "is none in the rounding of a sum",
    ours: { volume: 0.1 + 0.2 },
    theirs: { volume: 0.3 },
    isDifferent: false,
  },
  {
    name: "is one beyond a billionth",
    ours: { volume: 1_000_000 },
    theirs: { volume: 1_000_000.002 },
    isDifferent: true,
  },
  {
    name: "is none where one side does not know",
    ours: { volumeUsd: 12 },
    theirs: {},
    isDifferent: false,
  },
  { name: "is one in a price", ours: {}, theirs: { high: 101 }, isDifferent: true },
  {
    name: "is one in an open candle of the same values",
    ours: { state: "provisional" },
    theirs: {},
    isDifferent: true,
  },
  { name: "is none in a healed candle", ours: { state: "healed" }, theirs: {}, isDifferent: false },
  {
    name: "is none where the venue's own is open",
    ours: { state: "provisional" },
    theirs: { state: "provisional", high: 101 },
    isDifferent: false,
  },
];
for (const { name, ours, theirs, isDifferent } of differences) {
  Deno.test(`differingCandles(): a difference ${name}`, () => {
    const standing = columnsOf([candle(0, 100, ours)]);
    const given = columnsOf([candle(0, 100, theirs)]);
    assertEquals(differingCandles(given, standing).length, isDifferent ? 1 : 0);
  });
}

Deno.test("differingCandles() copies all values and marks them as healed", () => {
  const given = columnsOf([
    candle(0, 1),
    candle(5, 2, { open: 3, high: 4, low: 1, volume: 5, volumeUsd: 6, marketCapUsd: 7 }),
  ]);
  const differing = differingCandles(given, columnsOf([candle(0, 1)]));
  assertEquals(candleAt(differing, 0), { ...candleAt(given, 1), state: "healed" });
  assertEquals(differing.length, 1);
  // What was given is left as it is.
  assertEquals(candleAt(given, 1).state, "final");
});
