import { utcMsOf } from "@/services/kernel/time.ts";
import {
  type AssetId,
  type DemoMode,
  type FeedStatus,
  LIVE_TOPICS,
  LiveBoard,
  type LivePrice,
} from "@/services/market/mod.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { sampleGate } from "@/tests/fakes/demo_gate.ts";
import { MemoryLivePrices } from "@/tests/fakes/memory_live_prices.ts";
import { settle } from "@/tests/fakes/timer.ts";

const START = Date.UTC(2026, 0, 1);
const BITCOIN = "bitcoin" as AssetId;
const at = (ms: number) => utcMsOf(START + ms);

function price(ms: number, priceUsd: number, fields: Partial<LivePrice> = {}): LivePrice {
  return {
    assetId: BITCOIN,
    priceUsd,
    asof: at(ms),
    source: "consolidated",
    venues: [],
    excluded: [],
    market: null,
    ...fields,
  };
}

const figures = (ms: number, marketCapUsd: number) => ({
  source: "coingecko",
  asof: at(ms),
  volume24hUsd: null,
  marketCapUsd,
});

function status(venue: string, state: FeedStatus["state"]): FeedStatus {
  return {
    venue,
    state,
    url: "wss://example",
    since: at(0),
    lastFrameAt: null,
    attempts: 0,
    reason: null,
    badFrames: 0,
  };
}

function kit({ mode = "auto" }: { readonly mode?: DemoMode } = {}) {
  const bus = new MemoryBus(new RecordingLog());
  const store = new MemoryLivePrices();
  const { gate, store: candles, write, log } = sampleGate({ mode });
  gate.start();
  const publish = (...prices: readonly LivePrice[]) =>
    bus.publish(LIVE_TOPICS.prices, JSON.stringify(prices));
  const board = new LiveBoard({ bus, store, demo: gate, log });
  return { bus, store, publish, gate, candles, write, log, board };
}

Deno.test("LiveBoard begins with what is stored, with its age", async () => {
  const { store, board } = kit();
  await store.recordPrices([price(-86_400_000, 90)]);
  assertEquals([board.find(BITCOIN), board.version()], [null, 0]);
  await board.start();
  assertEquals(board.list(), [price(-86_400_000, 90)]);
  board.stop();
});

Deno.test("LiveBoard hears in every instance what one of them published", async () => {
  const { bus, store, publish, gate, log, board } = kit();
  const other = new LiveBoard({ bus, store, demo: gate, log });
  await Promise.all([board.start(), other.start()]);
  const ethereum = price(2, 10, { assetId: "ethereum" as AssetId });
  publish(price(1, 100), ethereum);
  for (const one of [board, other]) {
    assertEquals(one.find(BITCOIN), price(1, 100));
    assertEquals(one.find(ethereum.assetId), ethereum);
    one.stop();
  }
});

Deno.test("LiveBoard misses no price between reading the store and listening", async () => {
  const { store, publish, board } = kit();
  await store.recordPrices([price(0, 90)]);
  store.onList = () => publish(price(5, 100));
  await board.start();
  assertEquals(board.find(BITCOIN)?.priceUsd, 100);
  board.stop();
});

const arrivals: {
  readonly name: string;
  readonly given: readonly LivePrice[];
  readonly expected: LivePrice;
}[] = [
  { name: "takes a newer price", given: [price(1, 1), price(2, 2)], expected: price(2, 2) },
  { name: "keeps the newer price", given: [price(2, 2), price(1, 1)], expected: price(2, 2) },
  {
    name: "takes the later one of two of the same time",
    given: [price(1, 1), price(1, 2)],
    expected: price(1, 2),
  },
  {
    name: "keeps market figures that a price without any follows",
    given: [price(1, 1, { market: figures(1, 7) }), price(2, 2)],
    expected: price(2, 2, { market: figures(1, 7) }),
  },
  {
    name: "takes newer market figures of an older price",
    given: [price(5, 5, { market: figures(1, 7) }), price(3, 3, { market: figures(3, 8) })],
    expected: price(5, 5, { market: figures(3, 8) }),
  },
  {
    name: "keeps newer market figures against a newer price with older ones",
    given: [price(1, 1, { market: figures(4, 8) }), price(5, 5, { market: figures(1, 7) })],
    expected: price(5, 5, { market: figures(4, 8) }),
  },
];
for (const { name, given, expected } of arrivals) {
  Deno.test(`LiveBoard ${name}`, async () => {
    const { publish, board } = kit();
    await board.start();
    for (const one of given) publish(one);
    assertEquals(board.list(), [expected]);
    board.stop();
  });
}

Deno.test("LiveBoard has another version after each change, and the same without one", async () => {
  const { publish, board } = kit();
  await board.start();
  const versions = [board.version()];
  publish(price(1, 1));
  versions.push(board.version());
  publish(price(2, 2));
  versions.push(board.version());
  publish();
  versions.push(board.version());
  assertEquals(versions, [0, 1, 2, 2]);
  board.stop();
});

Deno.test("LiveBoard knows the newest state of each venue's feed, by name", async () => {
  const { bus, board } = kit();
  await board.start();
  const tell = (...statuses: readonly FeedStatus[]) =>
    bus.publish(LIVE_TOPICS.feeds, JSON.stringify(statuses));
  assertEquals(board.feeds(), []);
  tell(status("coinbase", "connecting"), status("binance", "live"));
  tell(status("coinbase", "live"));
  assertEquals(board.feeds(), [status("binance", "live"), status("coinbase", "live")]);
  board.stop();
});

Deno.test("LiveBoard hears nothing once it is stopped, and keeps what it knows", async () => {
  const { bus, publish, board } = kit();
  await board.start();
  publish(price(1, 1));
  board.stop();
  publish(price(2, 2));
  bus.publish(LIVE_TOPICS.feeds, JSON.stringify([status("binance", "live")]));
  assertEquals([board.list(), board.feeds()], [[price(1, 1)], []]);
  assert(board.version() > 0);
});

const ETHEREUM = "ethereum" as AssetId;
const demo = (ms: number, priceUsd: number, fields: Partial<LivePrice> = {}) =>
  price(ms, priceUsd, { source: "demo", ...fields });

/** What a listener of the board was told, in its order. */
function hearing(board: LiveBoard): readonly string[] {
  const heard: string[] = [];
  board.subscribe({
    onPrices: (prices) => heard.push(prices.map(({ priceUsd }) => priceUsd).join()),
    onFeeds: (feeds) => heard.push(feeds.map(({ venue }) => venue).join()),
    onForgotten: () => heard.push("forgotten"),
  });
  return heard;
}

Deno.test("LiveBoard takes prices of the demo market while it is what shows", async () => {
  const { bus, publish, write, board } = kit();
  await write("demo");
  await board.start();
  const heard = hearing(board);
  publish(demo(1, 1));
  bus.publish(LIVE_TOPICS.feeds, JSON.stringify([status("demo", "live")]));
  await settle();
  assertEquals([heard, board.find(BITCOIN)?.priceUsd], [["1", "demo"], 1]);
  board.stop();
});

Deno.test("LiveBoard forgets the demo market with the first real candles, and tells so", async () => {
  const { bus, publish, write, board } = kit();
  await write("demo");
  await board.start();
  const heard = hearing(board);
  publish(demo(1, 1), price(1, 7, { assetId: ETHEREUM }));
  bus.publish(LIVE_TOPICS.feeds, JSON.stringify([status("demo", "live")]));
  await settle();
  const version = board.version();
  await write("binance");
  await settle();
  publish(demo(2, 2));
  bus.publish(LIVE_TOPICS.feeds, JSON.stringify([status("demo", "live")]));
  publish(price(3, 3));
  await settle();
  assertEquals(heard, ["7", "1", "demo", "forgotten", "3"]);
  assertEquals(board.list().map(({ priceUsd }) => priceUsd), [7, 3]);
  assertEquals(board.feeds(), []);
  assert(board.version() > version);
  board.stop();
});

Deno.test("LiveBoard tells no demo price of before a change that it has not looked at", async () => {
  const { publish, write, board } = kit();
  await write("demo");
  await board.start();
  const heard = hearing(board);
  const writing = write("binance");
  publish(demo(1, 1), price(1, 7, { assetId: ETHEREUM }));
  await writing;
  await settle();
  assertEquals([heard, board.find(BITCOIN)], [["7", "forgotten"], null]);
  board.stop();
});

Deno.test("LiveBoard leaves demo prices out while the store can't be asked", async () => {
  const { publish, write, candles, board } = kit();
  await write("demo");
  await board.start();
  const heard = hearing(board);
  candles.isAway = true;
  await write("demo");
  publish(demo(1, 1));
  await settle();
  candles.isAway = false;
  publish(demo(2, 2));
  await settle();
  assertEquals(heard, ["2"]);
  board.stop();
});

Deno.test("LiveBoard begins without stored demo prices where real candles are", async () => {
  const { store, write, board } = kit();
  await write("binance");
  await store.recordPrices([demo(0, 1), price(0, 7, { assetId: ETHEREUM })]);
  await board.start();
  assertEquals(board.list().map(({ priceUsd }) => priceUsd), [7]);
  board.stop();
});

Deno.test("LiveBoard keeps demo prices of a market asked for, but not of assets with real candles", async () => {
  const { bus, publish, write, board } = kit({ mode: "on" });
  await write("demo");
  await board.start();
  const heard = hearing(board);
  bus.publish(LIVE_TOPICS.feeds, JSON.stringify([status("demo", "live")]));
  publish(demo(1, 1), demo(1, 7, { assetId: ETHEREUM }));
  await settle();
  await write("binance");
  await settle();
  publish(demo(2, 2), demo(2, 8, { assetId: ETHEREUM }));
  await settle();
  assertEquals(heard, ["demo", "1,7", "forgotten", "8"]);
  assertEquals(board.list().map(({ priceUsd }) => priceUsd), [8]);
  assertEquals(board.feeds().map(({ venue }) => venue), ["demo"]);
  board.stop();
});

Deno.test("LiveBoard takes a real price in the place of a newer one of the demo market", async () => {
  const { publish, write, board } = kit();
  await write("demo");
  await board.start();
  publish(demo(5, 1));
  await settle();
  publish(price(1, 7));
  assertEquals(board.find(BITCOIN)?.priceUsd, 7);
  board.stop();
});

Deno.test("LiveBoard settles by looking whether what it told still stands", async () => {
  const { publish, write, board } = kit();
  await write("demo");
  await board.start();
  assertEquals(board.settle(), null);
  publish(demo(1, 1));
  await settle();
  assertEquals(board.settle(), null);
  const heard = hearing(board);
  const writing = write("binance");
  await board.settle();
  assertEquals(heard, ["forgotten"]);
  await writing;
  assertEquals(board.settle(), null);
  board.stop();
});

Deno.test("LiveBoard tells all its listeners though one of them fails", async () => {
  const { publish, log, board } = kit();
  await board.start();
  board.subscribe({
    onPrices() {
      throw new TypeError("broken");
    },
  });
  const heard = hearing(board);
  publish(price(1, 1));
  assertEquals([heard, log.lines.map(({ level }) => level)], [["1"], ["error"]]);
  board.stop();
});
