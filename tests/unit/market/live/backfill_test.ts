import { AppError, ProviderError } from "@/services/kernel/errors.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, utcMsOf } from "@/services/kernel/time.ts";
import {
  type AssetId,
  Backfill,
  type BackfillScope,
  type TimeRange,
} from "@/services/market/mod.ts";
import { type Candle, candleAt, type Interval } from "@/services/market/candle.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeMarketProvider } from "@/tests/fakes/market_provider.ts";
import { MemoryAbsences } from "@/tests/fakes/memory_absences.ts";
import {
  type CandleSketch,
  columnsOf,
  MemoryCandleStore,
} from "@/tests/fakes/memory_candle_store.ts";

/** Far enough from the turn of an hour or a day that neither has only just been closed. */
const NOW = Date.UTC(2026, 0, 1, 12, 30);
const TODAY = Date.UTC(2026, 0, 1);
const BITCOIN = "bitcoin" as AssetId;
const ETHEREUM = "ethereum" as AssetId;
const day = (number: number) => utcMsOf(TODAY + number * DAY_MS);

interface KitOptions {
  readonly venues?: readonly FakeMarketProvider[];
  readonly assetIds?: readonly AssetId[];
}

function kit({ venues = [new FakeMarketProvider()], assetIds = [BITCOIN] }: KitOptions = {}) {
  const clock = new FakeClock(NOW);
  const store = new MemoryCandleStore(clock);
  const absences = new MemoryAbsences();
  const markets = venues.map((provider) => ({ provider, assetIds }));
  const backfill = new Backfill({ markets, store, absences, clock });
  const progress: (readonly [number, number])[] = [];
  const run = (scope: BackfillScope = {}, { signal } = new AbortController()) =>
    backfill.run(scope, { signal, onProgress: (done, total) => progress.push([done, total]) });
  return { clock, store, absences, progress, run };
}

function keyOf(interval: Interval, { assetId = BITCOIN, source = "binance" } = {}) {
  return { assetId, interval, source };
}

/** One candle a day of these days, closing at 100 + its number. */
function days(from: number, to: number, fields: Partial<CandleSketch> = {}) {
  return Array.from({ length: to - from }, (_, at) => ({
    openTime: day(from + at),
    close: 100 + from + at,
    ...fields,
  }));
}

async function stored(
  store: MemoryCandleStore,
  key: ReturnType<typeof keyOf>,
): Promise<readonly Candle[]> {
  const series = await store.findSeries(key);
  if (series === null) return [];
  const range = { from: day(-10_000), to: day(1_000) };
  const columns = await store.listCandles(series.seriesId, { range, limit: 100_000 });
  return Array.from({ length: columns.length }, (_, row) => candleAt(columns, row));
}

/** Day and state of what is stored of Bitcoin. */
async function storedDays(store: MemoryCandleStore) {
  const candles = await stored(store, keyOf("1d"));
  return candles.map(({ openTime, state }) => [(openTime - TODAY) / DAY_MS, state]);
}

/** The days asked for, as `[from, to)`. */
function askedDays({ questions }: FakeMarketProvider) {
  return questions.map(({ range }) => [
    (range.from - TODAY) / DAY_MS,
    (range.to - TODAY) / DAY_MS,
  ]);
}

const DAYS: BackfillScope = { interval: "1d" };

Deno.test("Backfill asks for recent windows first, newest pages first, and nothing twice", async () => {
  const venue = new FakeMarketProvider();
  const { run } = kit({ venues: [venue] });
  const { left } = await run();
  assertEquals(left, 0);
  const hour = (number: number) => utcMsOf(TODAY + number * HOUR_MS);
  const end = utcMsOf(NOW);
  const fineFrom = (number: number) => utcMsOf(end - number * 5 * MINUTE_MS);
  const expected: readonly (readonly [Interval, TimeRange])[] = [
    ["1d", { from: day(-365), to: day(0) }],
    ["1h", { from: hour(12 - 720), to: hour(12) }],
    // A week of 5 m candles is 2,016: two pages of 1,000 and the rest.
    ["5m", { from: fineFrom(1_000), to: end }],
    ["5m", { from: fineFrom(2_000), to: fineFrom(1_000) }],
    ["5m", { from: fineFrom(2_016), to: fineFrom(2_000) }],
    ["1d", { from: day(-1_000), to: day(-365) }],
    ["1d", { from: day(-1_095), to: day(-1_000) }],
    ["1h", { from: hour(12 - 1_000), to: hour(12 - 720) }],
    ...[1, 2, 3, 4, 5, 6, 7].map((page) =>
      ["1h", {
        from: hour(12 - (page + 1) * 1_000),
        to: hour(12 - page * 1_000),
      }] as const
    ),
    // A year has 8,760 hours.
    ["1h", { from: hour(12 - 8_760), to: hour(12 - 8_000) }],
    ["5m", { from: fineFrom(3_000), to: fineFrom(2_016) }],
    ...[3, 4, 5, 6, 7].map((page) =>
      ["5m", {
        from: fineFrom((page + 1) * 1_000),
        to: fineFrom(page * 1_000),
      }] as const
    ),
    // Thirty days have 8,640 parts of 5 m.
    ["5m", { from: fineFrom(8_640), to: fineFrom(8_000) }],
  ];
  assertEquals(venue.questions.map(({ interval, range }) => [interval, range] as const), expected);
});

Deno.test("Backfill fills a window for all assets before it goes on to the next", async () => {
  const venue = new FakeMarketProvider("binance", { intervals: ["1d", "1h"] });
  const { run } = kit({ venues: [venue], assetIds: [BITCOIN, ETHEREUM] });
  await run();
  assertEquals(venue.questions.slice(0, 4).map(({ assetId, interval }) => [assetId, interval]), [
    ["bitcoin", "1d"],
    ["ethereum", "1d"],
    ["bitcoin", "1h"],
    ["ethereum", "1h"],
  ]);
  assertEquals(venue.questions.some(({ interval }) => interval === "5m"), false);
});

Deno.test("Backfill fills an asset from the first venue that has the interval", async () => {
  const first = new FakeMarketProvider("binance", { intervals: ["1d"] });
  const second = new FakeMarketProvider("coinbase", { intervals: ["1d", "1h"] });
  const { run } = kit({ venues: [first, second] });
  await run();
  assertEquals(new Set(first.questions.map(({ interval }) => interval)), new Set(["1d"]));
  assertEquals(new Set(second.questions.map(({ interval }) => interval)), new Set(["1h"]));
});

const scopes: {
  readonly scope: BackfillScope;
  readonly series: readonly string[];
}[] = [
  { scope: { assetId: ETHEREUM, interval: "1d" }, series: ["ethereum 1d"] },
  { scope: { interval: "1h" }, series: ["bitcoin 1h", "ethereum 1h"] },
  { scope: { assetId: BITCOIN }, series: ["bitcoin 1d", "bitcoin 1h", "bitcoin 5m"] },
  { scope: { assetId: "unknown" as AssetId }, series: [] },
  { scope: { interval: "4h" }, series: [] },
];
for (const { scope, series } of scopes) {
  Deno.test(`Backfill keeps to the scope ${JSON.stringify(scope)}`, async () => {
    const venue = new FakeMarketProvider();
    const { run } = kit({ venues: [venue], assetIds: [BITCOIN, ETHEREUM] });
    await run(scope);
    const asked = venue.questions.map(({ assetId, interval }) => `${assetId} ${interval}`);
    assertEquals([...new Set(asked)].sort(), series);
  });
}

Deno.test("Backfill asks for gaps only, and marks what it fills between candles as healed", async () => {
  const venue = new FakeMarketProvider();
  venue.has(keyOf("1d"), days(-1_095, 0));
  const { store, run } = kit({ venues: [venue] });
  await store.upsertCandles(
    keyOf("1d"),
    columnsOf([...days(-1_095, -9), ...days(-7, -4), ...days(-3, -1)]),
  );
  assertEquals(await run(DAYS), {
    fetched: 4,
    written: 4,
    absent: 0,
    quarantined: 0,
    left: 0,
    stoppedBy: null,
  });
  assertEquals(askedDays(venue), [[-1, 0], [-4, -3], [-9, -7]]);
  assertEquals((await storedDays(store)).slice(-10), [
    [-10, "final"],
    [-9, "healed"],
    [-8, "healed"],
    [-7, "final"],
    [-6, "final"],
    [-5, "final"],
    [-4, "healed"],
    [-3, "final"],
    [-2, "final"],
    // After the last candle: history as the venue has it.
    [-1, "final"],
  ]);
});

Deno.test("Backfill run again asks for nothing and changes nothing", async () => {
  const venue = new FakeMarketProvider();
  venue.has(keyOf("1d"), days(-500, 0));
  const { store, run } = kit({ venues: [venue] });
  const first = await run(DAYS);
  assertEquals([first.written, first.absent, first.left], [500, 595, 0]);
  const [asked, version] = [venue.questions.length, store.current()];
  assertEquals(await run(DAYS), {
    fetched: 0,
    written: 0,
    absent: 0,
    quarantined: 0,
    left: 0,
    stoppedBy: null,
  });
  assertEquals([venue.questions.length, store.current()], [asked, version]);
});

Deno.test("Backfill asks once for a hole that the venue has nothing of", async () => {
  const venue = new FakeMarketProvider();
  const { store, absences, clock, run } = kit({ venues: [venue] });
  await store.upsertCandles(
    keyOf("1d"),
    columnsOf([...days(-1_095, -9), ...days(-7, 0)]),
  );
  assertEquals((await run(DAYS)).absent, 2);
  assertEquals(await absences.listAbsences(keyOf("1d")), [{ from: day(-9), to: day(-7) }]);
  for (let hour = 0; hour < 12; hour++) {
    clock.advance(30 * MINUTE_MS);
    await run(DAYS);
  }
  assertEquals(askedDays(venue).filter(([from]) => from === -9), [[-9, -7]]);
});

Deno.test("Backfill asks again for a bucket that was closed too recently to be absent", async () => {
  const venue = new FakeMarketProvider("binance", { intervals: ["5m"] });
  const { store, absences, clock, run } = kit({ venues: [venue] });
  await run();
  const known = await absences.listAbsences(keyOf("5m"));
  // Of 12:20 and 12:25 the venue may be late; the bucket of 12:15 it had ten minutes for.
  assertEquals(Math.max(...known.map(({ to }) => to)), NOW - 10 * MINUTE_MS);
  const late = { openTime: NOW - 5 * MINUTE_MS, close: 7 };
  venue.has(keyOf("5m"), [late]);
  clock.advance(MINUTE_MS);
  await run();
  const ranges = await absences.listAbsences(keyOf("5m"));
  assertEquals(ranges.every(({ from, to }) => from < to), true);
  assertEquals((await stored(store, keyOf("5m"))).map(({ openTime }) => openTime), [
    utcMsOf(late.openTime),
  ]);
});

Deno.test("Backfill takes a row that can't be read for no absence", async () => {
  const venue = new FakeMarketProvider();
  venue.unreadable = [{ line: 1, text: "[]", reason: "no candle" }];
  const { store, absences, run } = kit({ venues: [venue] });
  await store.upsertCandles(keyOf("1d"), columnsOf(days(-1_095, -1)));
  assertEquals(await run(DAYS), {
    fetched: 0,
    written: 0,
    absent: 0,
    quarantined: 1,
    left: 0,
    stoppedBy: null,
  });
  assertEquals(await absences.listAbsences(keyOf("1d")), []);
  venue.unreadable = [];
  venue.has(keyOf("1d"), days(-1, 0));
  assertEquals((await run(DAYS)).written, 1);
});

Deno.test("Backfill replaces an open candle that nobody closed, and leaves a young one", async () => {
  const venue = new FakeMarketProvider("binance", { intervals: ["5m"] });
  const { store, absences, run } = kit({ venues: [venue] });
  const at = (minutes: number) => utcMsOf(NOW + minutes * MINUTE_MS);
  const open = (minutes: number) => ({
    openTime: at(minutes),
    close: 1,
    state: "provisional" as const,
  });
  await absences.recordAbsence(keyOf("5m"), { from: day(-31), to: at(-30) });
  await store.upsertCandles(
    keyOf("5m"),
    columnsOf([
      { openTime: at(-30), close: 1 },
      open(-25),
      open(-20),
      // Closed ten and five minutes ago: the live market may still close them.
      open(-15),
      open(-10),
      open(-5),
    ]),
  );
  venue.has(keyOf("5m"), [{ openTime: at(-25), close: 2 }]);
  await run();
  assertEquals(
    (await stored(store, keyOf("5m"))).map(({ openTime, close, state }) => [
      (openTime - NOW) / MINUTE_MS,
      close,
      state,
    ]),
    [
      [-30, 1, "final"],
      [-25, 2, "healed"],
      // The venue has none: ours is kept, and not asked for again.
      [-20, 1, "provisional"],
      [-15, 1, "provisional"],
      [-10, 1, "provisional"],
      [-5, 1, "provisional"],
    ],
  );
  assertEquals(venue.questions.map(({ range }) => [range.from, range.to]), [[at(-25), at(-15)]]);
  await run();
  assertEquals(venue.questions.length, 1);
});

Deno.test("Backfill passes a spent budget on, and goes on from there the next time", async () => {
  const venue = new FakeMarketProvider();
  venue.has(keyOf("1d"), days(-1_095, 0));
  const spent = new AppError("RATE_LIMITED", "no budget", { details: { retry_after_s: 60 } });
  venue.onQuestion = (_, count) => {
    if (count === 2) throw spent;
  };
  const { store, run } = kit({ venues: [venue] });
  assertEquals(await assertRejects(() => run(DAYS), { type: AppError }), spent);
  assertEquals((await storedDays(store)).length, 365);
  const second = await run(DAYS);
  assertEquals([second.written, second.left], [730, 0]);
  assertEquals((await storedDays(store)).length, 1_095);
  assertEquals(askedDays(venue), [
    [-365, 0],
    [-1_000, -365],
    // Now one gap before all that is stored.
    [-1_095, -365],
  ]);
});

Deno.test("Backfill leaves a source that is away, and goes on with the others", async () => {
  const away = new FakeMarketProvider("binance", { intervals: ["1d"] });
  const other = new FakeMarketProvider("coinbase", { intervals: ["1h"] });
  away.onQuestion = () => {
    throw new ProviderError("binance", "next_provider", "Cannot call binance: it is frozen");
  };
  const { run, absences } = kit({ venues: [away, other], assetIds: [BITCOIN, ETHEREUM] });
  const result = await run();
  assertEquals(away.questions.length, 1);
  // Both assets: 720 hours of the last 30 days, then nine pages of the year before.
  assertEquals(other.questions.length, 2 * (1 + 9));
  // Both assets: the last year, then two pages of the two before.
  assertEquals([result.left, result.stoppedBy], [6, "Cannot call binance: it is frozen"]);
  assertEquals(await absences.listAbsences(keyOf("1d")), []);
});

Deno.test("Backfill leaves a series that fails, and goes on with the others of its source", async () => {
  const venue = new FakeMarketProvider();
  venue.has(keyOf("1d", { assetId: ETHEREUM }), days(-1_095, 0));
  venue.onQuestion = ({ assetId }) => {
    if (assetId !== BITCOIN) return;
    throw new ProviderError("binance", "never", "Cannot call binance: HTTP 400");
  };
  const { run } = kit({ venues: [venue], assetIds: [BITCOIN, ETHEREUM] });
  const result = await run(DAYS);
  assertEquals(
    [result.written, result.left, result.stoppedBy],
    [1_095, 3, "Cannot call binance: HTTP 400"],
  );
  assertEquals(venue.questions.filter(({ assetId }) => assetId === BITCOIN).length, 1);
});

Deno.test("Backfill names at most five problems", async () => {
  const venue = new FakeMarketProvider();
  const assetIds = Array.from({ length: 9 }, (_, at) => `asset-${at}` as AssetId);
  venue.onQuestion = ({ assetId }) => {
    throw new ProviderError("binance", "never", `no ${assetId}`);
  };
  const { run } = kit({ venues: [venue], assetIds });
  const { stoppedBy } = await run(DAYS);
  assertEquals(stoppedBy, "no asset-0; no asset-1; no asset-2; no asset-3; no asset-4");
});

Deno.test("Backfill passes on what is no failure of a provider", async () => {
  const venue = new FakeMarketProvider();
  venue.onQuestion = () => {
    throw new TypeError("our own mistake");
  };
  await assertRejects(() => kit({ venues: [venue] }).run(), { type: TypeError });
});

Deno.test("Backfill stops at a signal between two ranges and keeps what it has", async () => {
  const venue = new FakeMarketProvider();
  venue.has(keyOf("1d"), days(-1_095, 0));
  const stop = new AbortController();
  venue.onQuestion = () => stop.abort();
  const { store, run } = kit({ venues: [venue] });
  await assertRejects(() => run(DAYS, stop), { type: DOMException });
  assertEquals([venue.questions.length, (await storedDays(store)).length], [1, 365]);
});

Deno.test("Backfill tells how many of its ranges are done", async () => {
  const { progress, run } = kit();
  await run(DAYS);
  assertEquals(progress, [[0, 3], [1, 3], [2, 3], [3, 3]]);
});
