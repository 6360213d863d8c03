import { MINUTE_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId, FeedGap, Tick } from "@/services/market/mod.ts";
import {
  type CandleBeat,
  CandleMaker,
  type CandleWrite,
} from "@/services/market/live/live_candles.ts";
import { assertEquals } from "@/tests/assert.ts";

const START = Date.UTC(2026, 0, 1);
const BITCOIN = "bitcoin" as AssetId;
const BUCKET_MS = 5 * MINUTE_MS;
/** When the n-th bucket has been closed, with the two minutes for late trades. */
const closedAt = (bucket: number) => at((bucket + 1) * BUCKET_MS + 2 * MINUTE_MS);
const at = (ms: number) => utcMsOf(START + ms);

function tick(ms: number, priceUsd = 100, { venue = "binance", assetId = "bitcoin" } = {}): Tick {
  return {
    assetId: assetId as AssetId,
    source: venue,
    at: at(ms),
    priceUsd,
    quantity: 1,
    tradeId: 0,
  };
}

function gap(fromMs: number, toMs: number): FeedGap {
  return {
    venue: "binance",
    assetIds: [BITCOIN],
    from: at(fromMs),
    to: at(toMs),
    reason: "disconnected",
  };
}

function makerOf(...ticks: readonly Tick[]): CandleMaker {
  const maker = new CandleMaker();
  for (const one of ticks) maker.add(one);
  return maker;
}

/** Bucket, close, volume and state of each bar to write. */
function written({ writes }: Pick<CandleBeat, "writes">) {
  return writes.flatMap(({ built }) =>
    built.map(({ openTime, close, volume, state }) => [
      (openTime - START) / BUCKET_MS,
      close,
      volume,
      state,
    ])
  );
}

/** Bucket, close and state of each bar told of. */
function told({ news }: CandleBeat) {
  return news.map(({ openTime, close, state }) => [(openTime - START) / BUCKET_MS, close, state]);
}

/** Times since the start and reason of each gap. */
function gaps(maker: CandleMaker) {
  return maker.takeGaps().map(({ from, to, reason }) => [from - START, to - START, reason]);
}

Deno.test("CandleMaker tells of an open bar each second and stores it each ten", () => {
  const maker = makerOf();
  const toldAt: number[] = [];
  const storedAt: number[] = [];
  for (let ms = 0; ms < 21_000; ms += 250) {
    maker.add(tick(ms));
    const beat = maker.beat(at(ms));
    if (beat.news.length > 0) toldAt.push(ms);
    if (beat.writes.length > 0) storedAt.push(ms);
    maker.stored(beat.writes);
  }
  assertEquals(toldAt, Array.from({ length: 21 }, (_, second) => second * SECOND_MS));
  assertEquals(storedAt, [0, 10_000, 20_000]);
});

Deno.test("CandleMaker has nothing to say of markets without trades", () => {
  const maker = makerOf(tick(0));
  maker.stored(maker.beat(at(0)).writes);
  assertEquals(maker.beat(at(10 * SECOND_MS)), { writes: [], news: [] });
});

Deno.test("CandleMaker tells of a bar as streams carry it", () => {
  const { news } = makerOf(tick(1, 100), tick(2, 90)).beat(at(3));
  assertEquals(news, [{
    assetId: BITCOIN,
    source: "binance",
    interval: "5m",
    openTime: at(0),
    open: 100,
    high: 100,
    low: 90,
    close: 90,
    volume: 2,
    state: "provisional",
    asof: at(2),
  }]);
});

Deno.test("CandleMaker stores a closed bar at once", () => {
  const maker = makerOf(tick(0), tick(BUCKET_MS));
  maker.stored(maker.beat(utcMsOf(closedAt(0) - SECOND_MS)).writes);
  assertEquals(written(maker.beat(closedAt(0))), [[0, 100, 1, "provisional"]]);
});

Deno.test("CandleMaker at the last beat gives all that is not stored, however recent", () => {
  const maker = makerOf(tick(0));
  maker.stored(maker.beat(at(0)).writes);
  maker.add(tick(1, 101));
  assertEquals(maker.beat(at(2)), { writes: [], news: [] });
  assertEquals(written(maker.beat(at(3), { all: true })), [[0, 101, 2, "provisional"]]);
});

Deno.test("CandleMaker gives a bar again until it is stored", () => {
  const maker = makerOf(tick(0));
  const first = maker.beat(at(0));
  const second = maker.beat(at(10 * SECOND_MS));
  assertEquals(written(second), written(first));
  // Told of it was already.
  assertEquals(told(second), []);
  maker.stored(second.writes);
  assertEquals(written(maker.beat(at(20 * SECOND_MS))), []);
});

Deno.test("CandleMaker gives a bar again that changed while it was stored", () => {
  const maker = makerOf(tick(0, 100));
  const { writes } = maker.beat(at(0));
  maker.add(tick(1, 105));
  maker.beat(at(SECOND_MS));
  maker.stored(writes);
  assertEquals(written(maker.beat(at(10 * SECOND_MS))), [[0, 105, 2, "provisional"]]);
});

Deno.test("CandleMaker gives the bars of a market in one write, oldest first", () => {
  const maker = makerOf(tick(BUCKET_MS), tick(2 * BUCKET_MS));
  maker.beat(at(2 * BUCKET_MS));
  maker.add(tick(BUCKET_MS - 1));
  const { writes } = maker.beat(at(2 * BUCKET_MS), { all: true });
  assertEquals(writes.map(({ candles }) => [...candles.openTime]), [
    [at(0), at(BUCKET_MS), at(2 * BUCKET_MS)],
  ]);
});

Deno.test("CandleMaker keeps the markets of assets and venues apart", () => {
  const maker = makerOf(
    tick(0, 1),
    tick(0, 2, { venue: "coinbase" }),
    tick(0, 3, { assetId: "ethereum" }),
  );
  const rows = ({ key, built }: CandleWrite) => [
    String(key.assetId),
    key.source,
    ...built.map(({ close }) => close),
  ];
  assertEquals(maker.beat(at(0)).writes.map(rows), [
    ["bitcoin", "binance", 1],
    ["ethereum", "binance", 3],
    ["bitcoin", "coinbase", 2],
  ]);
});

Deno.test("CandleMaker makes no bar final that it did not hear from its begin", () => {
  const maker = makerOf(tick(MINUTE_MS), tick(BUCKET_MS + 1), tick(2 * BUCKET_MS + 1));
  assertEquals(written(maker.beat(closedAt(1))), [
    [0, 100, 1, "provisional"],
    [1, 100, 1, "final"],
    [2, 100, 1, "provisional"],
  ]);
  // The first lacks what came before its first trade heard: it is to be healed.
  assertEquals(gaps(maker), [[0, BUCKET_MS - 1, "its trades may have gaps"]]);
  assertEquals(gaps(maker), []);
});

Deno.test("CandleMaker asks for a gap at once, and for each of its bars once that is closed", () => {
  const maker = makerOf(tick(1), tick(BUCKET_MS + 1), tick(2 * BUCKET_MS + 1));
  maker.stored(maker.beat(closedAt(0)).writes);
  maker.takeGaps();
  maker.addGap(gap(BUCKET_MS + 5, 2 * BUCKET_MS + 1));
  assertEquals(gaps(maker), [[BUCKET_MS + 5, 2 * BUCKET_MS + 1, "disconnected"]]);
  assertEquals(written(maker.beat(closedAt(1))).slice(0, 1), [[1, 100, 1, "provisional"]]);
  assertEquals(gaps(maker), [[BUCKET_MS, 2 * BUCKET_MS - 1, "its trades may have gaps"]]);
  assertEquals(written(maker.beat(closedAt(2))).at(-1), [2, 100, 1, "provisional"]);
  assertEquals(gaps(maker), [[2 * BUCKET_MS, 3 * BUCKET_MS - 1, "its trades may have gaps"]]);
});

Deno.test("CandleMaker makes bars final again after a gap", () => {
  const maker = makerOf(tick(0), tick(BUCKET_MS + 1));
  maker.addGap(gap(BUCKET_MS + 1, BUCKET_MS + 9));
  maker.add(tick(2 * BUCKET_MS));
  const states = written(maker.beat(closedAt(2))).map(([bucket, , , state]) => [bucket, state]);
  assertEquals(states, [[0, "provisional"], [1, "provisional"], [2, "final"]]);
});

Deno.test("CandleMaker makes no bar final that closes while its venue can't be heard", () => {
  const maker = makerOf(tick(0), tick(BUCKET_MS + 1));
  maker.interrupt("binance");
  const states = written(maker.beat(closedAt(1))).map(([bucket, , , state]) => [bucket, state]);
  assertEquals(states, [[0, "provisional"], [1, "provisional"]]);
  assertEquals(gaps(maker).at(-1), [BUCKET_MS, 2 * BUCKET_MS - 1, "its trades may have gaps"]);
});

Deno.test("CandleMaker makes bars final again once a trade or a gap says what was missed", () => {
  const heard = makerOf(tick(0), tick(BUCKET_MS + 1));
  heard.interrupt("binance");
  heard.add(tick(BUCKET_MS + 2));
  assertEquals(written(heard.beat(closedAt(1))).at(-1), [1, 100, 2, "final"]);
  const told = makerOf(tick(0), tick(2 * BUCKET_MS + 1));
  told.interrupt("binance");
  told.addMissed(gap(BUCKET_MS, BUCKET_MS + 9));
  assertEquals(written(told.beat(closedAt(2))).at(-1), [2, 100, 1, "final"]);
});

Deno.test("CandleMaker is sure of one venue's bars while another can't be heard", () => {
  const maker = makerOf(tick(0), tick(BUCKET_MS + 1));
  maker.interrupt("coinbase");
  assertEquals(written(maker.beat(closedAt(1))).at(-1), [1, 100, 1, "final"]);
});

Deno.test("CandleMaker refuses a trade that comes after its bar was closed, and has it healed", () => {
  const maker = makerOf(tick(0), tick(BUCKET_MS));
  maker.stored(maker.beat(closedAt(0)).writes);
  maker.takeGaps();
  for (const price of [997, 998, 999]) maker.add(tick(BUCKET_MS - 1, price));
  assertEquals(maker.late, 3);
  // Asked for once: the venue's candle has all of them.
  assertEquals(gaps(maker), [
    [0, BUCKET_MS - 1, "a trade came after its candle was closed"],
  ]);
  const { writes } = maker.beat(utcMsOf(closedAt(0) + 10 * SECOND_MS));
  assertEquals(written({ writes }).filter(([bucket]) => bucket === 0), []);
});

Deno.test("CandleMaker has healed what was traded between the last known trade and the first heard", () => {
  const maker = new CandleMaker();
  const key = { assetId: BITCOIN, source: "binance", interval: "5m" } as const;
  maker.remember(key, at(-20 * MINUTE_MS));
  assertEquals(gaps(maker), []);
  maker.add(tick(7));
  maker.add(tick(8));
  assertEquals(gaps(maker), [[-20 * MINUTE_MS, 7, "not listening"]]);
});

Deno.test("CandleMaker of a market never stored has nothing to heal before its first bar", () => {
  assertEquals(gaps(makerOf(tick(7))), []);
});
