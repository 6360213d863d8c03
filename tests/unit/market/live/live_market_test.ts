import { MINUTE_MS, SECOND_MS, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { LIVE_TOPICS, LiveBoard, LiveMarket } from "@/services/market/mod.ts";
import type { AssetId, FeedEvent, FeedGap, LivePrice, Tick } from "@/services/market/mod.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { sampleGate } from "@/tests/fakes/demo_gate.ts";
import { MemoryCandleStore } from "@/tests/fakes/memory_candle_store.ts";
import { MemoryLeases } from "@/tests/fakes/memory_leases.ts";
import { MemoryLivePrices } from "@/tests/fakes/memory_live_prices.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { RecordingMetrics } from "@/tests/fakes/metrics.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

const START = Date.UTC(2026, 0, 1);
const BITCOIN = "bitcoin" as AssetId;
const at = (ms: number) => utcMsOf(START + ms);

/** A feed that says what the test has it say. */
class FakeFeed {
  #send: ((event: FeedEvent) => void) | null = null;
  isOpen = false;

  async *ticks(_assets: readonly AssetId[], signal: AbortSignal): AsyncGenerator<FeedEvent> {
    const waiting: FeedEvent[] = [];
    let wake = () => {};
    this.#send = (event) => {
      waiting.push(event);
      wake();
    };
    signal.addEventListener("abort", () => wake());
    this.isOpen = true;
    while (!signal.aborted) {
      const event = waiting.shift();
      if (event) yield event;
      else await new Promise<void>((resolve) => wake = resolve);
    }
    this.isOpen = false;
  }

  send(event: FeedEvent): void {
    assert(this.#send, "The feed is not listened to");
    this.#send(event);
  }
}

function kit() {
  const clock = new FakeClock(START);
  const timer = new FakeTimer(clock);
  const bus = new MemoryBus();
  const store = new MemoryCandleStore(clock);
  const prices = new MemoryLivePrices();
  const leases = new MemoryLeases();
  const feed = new FakeFeed();
  const gaps: FeedGap[] = [];
  const published: LivePrice[][] = [];
  const permit = { isGiven: true };
  bus.subscribe(LIVE_TOPICS.prices, (payload) => published.push(JSON.parse(payload)));
  let ids = 0;
  const live = (owner = "one") =>
    new LiveMarket({
      feeds: [{ venue: "binance", assetIds: [BITCOIN], source: feed }],
      mayFeed: () => permit.isGiven,
      store,
      prices,
      bus,
      leases,
      owner,
      clock,
      timer,
      log: new RecordingLog(),
      metrics: new RecordingMetrics(),
      newId: () => `held-${++ids}`,
      heal: (gap) => {
        gaps.push(gap);
        return Promise.resolve();
      },
    });
  /** A process that listens already. */
  const listen = async (owner?: string) => {
    const market = live(owner);
    market.start();
    await timer.advance(0);
    return market;
  };
  return { clock, timer, bus, store, prices, leases, feed, gaps, published, permit, live, listen };
}

function tick(ms: number, priceUsd: number, { venue = "binance", quantity = 1 } = {}): Tick {
  return { assetId: BITCOIN, source: venue, at: at(ms), priceUsd, quantity, tradeId: ms };
}

const ticks = (...some: readonly Tick[]): FeedEvent => ({ kind: "ticks", ticks: some });

async function candlesOf(store: MemoryCandleStore, interval: "5m" | "1h" | "1d" = "5m") {
  const series = await store.findSeries({ assetId: BITCOIN, source: "binance", interval });
  if (!series) return [];
  const range = { from: 0 as UtcMs, to: 8e15 as UtcMs };
  const { openTime, close, volume, state } = await store.listCandles(series.seriesId, {
    range,
    limit: 1_000,
  });
  return Array.from(openTime, (time, row) => [time - START, close[row], volume[row], state[row]]);
}

Deno.test("LiveMarket publishes a price within a beat of its trade, once it is stored", async () => {
  const { timer, feed, prices, published, listen } = kit();
  const market = await listen();
  feed.send(ticks(tick(1, 100), tick(2, 102)));
  await timer.advance(250);
  assertEquals(published.map((some) => some.map(({ priceUsd }) => priceUsd)), [[102]]);
  assertEquals((await prices.listPrices()).map(({ priceUsd }) => priceUsd), [102]);
  await timer.advance(10 * SECOND_MS);
  assertEquals(published.length, 1);
  await market.stop();
});

Deno.test("LiveMarket publishes at most four prices of an asset in a second", async () => {
  const { timer, feed, published, listen } = kit();
  const market = await listen();
  for (let ms = 10; ms <= 3 * SECOND_MS; ms += 10) {
    await timer.advance(10);
    feed.send(ticks(tick(ms, 100 + ms / 1_000)));
  }
  await timer.advance(250);
  assertEquals(published.length, 3 * 4 + 1);
  assertEquals(published.every((prices) => prices.length === 1), true);
  assertEquals(published.at(-1)?.at(0)?.priceUsd, 103);
  await market.stop();
});

Deno.test("LiveMarket publishes nothing that it could not store, and stores it later", async () => {
  const { timer, feed, prices, published, listen } = kit();
  const market = await listen();
  prices.isAway = true;
  feed.send(ticks(tick(1, 100)));
  await timer.advance(500);
  assertEquals(published, []);
  prices.isAway = false;
  await timer.advance(250);
  assertEquals(published.map((some) => some.map(({ priceUsd }) => priceUsd)), [[100]]);
  await market.stop();
});

Deno.test("LiveMarket stores open bars every ten seconds, and closed ones at once", async () => {
  const { timer, feed, store, listen } = kit();
  const market = await listen();
  feed.send(ticks(tick(1, 100, { quantity: 2 })));
  await timer.advance(12 * SECOND_MS);
  assertEquals(await candlesOf(store), [[0, 100, 2, 0]]);
  feed.send(ticks(tick(13 * SECOND_MS, 101)));
  await timer.advance(7 * MINUTE_MS);
  // The first bucket lacks what was traded before this process listened: it is not final.
  assertEquals(await candlesOf(store), [[0, 101, 3, 0]]);
  await market.stop();
});

Deno.test("LiveMarket makes a bar final that it heard from beginning to end", async () => {
  const { timer, feed, store, gaps, listen } = kit();
  const market = await listen();
  feed.send(ticks(tick(1, 100)));
  await timer.advance(5 * MINUTE_MS);
  feed.send(ticks(tick(5 * MINUTE_MS + 1, 110), tick(6 * MINUTE_MS, 111)));
  await timer.advance(7 * MINUTE_MS + SECOND_MS);
  const FINAL = 1;
  assertEquals((await candlesOf(store)).at(-1), [5 * MINUTE_MS, 111, 2, FINAL]);
  assertEquals(gaps.map(({ from, reason }) => [from - START, reason]), [
    [0, "its trades may have gaps"],
  ]);
  await market.stop();
});

Deno.test("LiveMarket asks to heal what was not heard since the last stored bar", async () => {
  const { timer, feed, gaps, listen, store } = kit();
  const first = await listen();
  feed.send(ticks(tick(1, 100)));
  await timer.advance(SECOND_MS);
  await first.stop();
  assertEquals((await candlesOf(store)).length, 1);
  await timer.advance(20 * MINUTE_MS);
  const second = await listen("two");
  feed.send(ticks(tick(20 * MINUTE_MS + 5, 105)));
  await timer.advance(SECOND_MS);
  assertEquals(gaps.at(-1), {
    venue: "binance",
    assetIds: [BITCOIN],
    // The bar before the newest stored one may have waited for late trades.
    from: at(-5 * MINUTE_MS),
    to: at(20 * MINUTE_MS + 5),
    reason: "not listening",
  });
  await second.stop();
});

Deno.test("LiveMarket gives the lease up though the last prices can't be stored", async () => {
  const { feed, prices, leases, listen } = kit();
  const market = await listen();
  feed.send(ticks(tick(1, 100)));
  prices.isAway = true;
  await market.stop();
  assertEquals([leases.holder, market.isFeeding, feed.isOpen], [null, false, false]);
});

Deno.test("LiveMarket asks to heal the bar that still waited for late trades at its end", async () => {
  const { timer, feed, gaps, listen, store } = kit();
  const first = await listen();
  feed.send(ticks(tick(1, 100)));
  await timer.advance(5 * MINUTE_MS);
  feed.send(ticks(tick(5 * MINUTE_MS + 1, 101)));
  await timer.advance(SECOND_MS);
  await first.stop();
  assertEquals((await candlesOf(store)).map(([open, , , state]) => [open, state]), [
    [0, 0],
    [5 * MINUTE_MS, 0],
  ]);
  assertEquals(gaps, []);
  const second = await listen("two");
  feed.send(ticks(tick(5 * MINUTE_MS + 2_000, 102)));
  await timer.advance(SECOND_MS);
  assertEquals(gaps.map(({ from, to }) => [from, to]), [[at(0), at(5 * MINUTE_MS + 2_000)]]);
  await second.stop();
});

Deno.test("LiveMarket passes on a feed's gap, and never makes its bars final", async () => {
  const { timer, feed, store, gaps, listen } = kit();
  const market = await listen();
  feed.send(ticks(tick(1, 100)));
  await timer.advance(5 * MINUTE_MS);
  feed.send(ticks(tick(5 * MINUTE_MS + 1, 100)));
  const gap = {
    venue: "binance",
    assetIds: [BITCOIN],
    from: at(4 * MINUTE_MS),
    to: at(5 * MINUTE_MS + 1),
    reason: "disconnected",
  };
  feed.send({ kind: "gap", gap });
  await timer.advance(SECOND_MS);
  assertEquals(gaps.filter(({ reason }) => reason === "disconnected"), [gap]);
  await timer.advance(8 * MINUTE_MS);
  assertEquals((await candlesOf(store)).map(([, , , state]) => state), [0, 0]);
  await market.stop();
});

Deno.test("LiveMarket holds a price that jumped, and lets it count once confirmed", async () => {
  const { timer, feed, prices, published, listen } = kit();
  const market = await listen();
  feed.send(ticks(tick(1, 100)));
  await timer.advance(250);
  feed.send(ticks(tick(300, 1_000)));
  await timer.advance(SECOND_MS);
  assertEquals(published.flat().map(({ priceUsd }) => priceUsd), [100]);
  assertEquals((await prices.listHeld({ limit: 9 })).map(({ state }) => state), ["held"]);
  market.settleHeld({ id: "held-1", action: "accept", by: "owner" });
  await timer.advance(SECOND_MS);
  assertEquals(published.flat().map(({ priceUsd }) => priceUsd), [100, 1_000]);
  assertEquals((await prices.listHeld({ limit: 9 }))[0]?.settledBy, "owner");
  await market.stop();
});

Deno.test("LiveMarket believes no trade from far ahead of the clock", async () => {
  const { timer, feed, published, listen } = kit();
  const market = await listen();
  feed.send(ticks(tick(2 * MINUTE_MS, 100)));
  await timer.advance(SECOND_MS);
  assertEquals(published, []);
  await market.stop();
});

Deno.test("LiveMarket feeds in one instance, and another takes over when it stops", async () => {
  const { timer, feed, leases, live } = kit();
  const one = live("one");
  const two = live("two");
  one.start();
  await timer.advance(0);
  two.start();
  await timer.advance(20 * SECOND_MS);
  assertEquals([one.isFeeding, two.isFeeding, feed.isOpen], [true, false, true]);
  await one.stop();
  assertEquals(leases.holder, null);
  await timer.advance(6 * SECOND_MS);
  assertEquals([one.isFeeding, two.isFeeding], [false, true]);
  await two.stop();
});

Deno.test("LiveMarket stops feeding when another instance has the lease", async () => {
  const { timer, feed, leases, listen } = kit();
  const market = await listen("one");
  leases.holder = "other";
  await timer.advance(6 * SECOND_MS);
  assertEquals([market.isFeeding, feed.isOpen], [false, false]);
  await market.stop();
});

Deno.test("LiveMarket ends at once, with nothing stored or told, when it may not feed", async () => {
  const { timer, feed, prices, published, permit, listen } = kit();
  const market = await listen();
  feed.send(ticks(tick(1, 100)));
  await timer.advance(10);
  permit.isGiven = false;
  await timer.advance(250);
  assertEquals([market.isFeeding, feed.isOpen, published], [false, false, []]);
  assertEquals(await prices.listPrices(), []);
  await timer.advance(MINUTE_MS);
  assertEquals([market.isFeeding, feed.isOpen], [false, false]);
  permit.isGiven = true;
  await timer.advance(SECOND_MS);
  assertEquals([market.isFeeding, feed.isOpen], [true, true]);
  await market.stop();
});

Deno.test("LiveBoard has the newest price of store and bus, with market figures of either", async () => {
  const { timer, feed, bus, prices, listen } = kit();
  const market = { source: "coingecko", asof: at(-5), volume24hUsd: 7, marketCapUsd: 9 };
  await prices.recordPrices([{
    assetId: BITCOIN,
    priceUsd: 90,
    asof: at(-5),
    source: "coingecko",
    venues: [],
    excluded: [],
    market,
  }]);
  const board = new LiveBoard({ bus, store: prices, demo: sampleGate().gate });
  await board.start();
  assertEquals(board.find(BITCOIN)?.priceUsd, 90);
  const before = board.version();
  const running = await listen();
  feed.send(ticks(tick(1, 100)));
  feed.send({
    kind: "status",
    status: {
      venue: "binance",
      state: "live",
      url: "wss://example",
      since: at(0),
      lastFrameAt: at(0),
      attempts: 0,
      reason: null,
      badFrames: 0,
    },
  });
  await timer.advance(SECOND_MS);
  assertEquals([board.find(BITCOIN)?.priceUsd, board.find(BITCOIN)?.market], [100, market]);
  assertEquals(board.feeds().map(({ venue, state }) => [venue, state]), [["binance", "live"]]);
  assert(board.version() > before);
  const late = new LiveBoard({ bus, store: prices, demo: sampleGate().gate });
  await late.start();
  assertEquals(late.feeds(), []);
  await timer.advance(5 * SECOND_MS);
  assertEquals(late.feeds(), board.feeds());
  await running.stop();
  board.stop();
  late.stop();
});

Deno.test("LiveMarket rolls 1 h and 1 d bars up from the 5 m bars it stored", async () => {
  const { timer, feed, store, listen } = kit();
  const market = await listen();
  feed.send(ticks(tick(1, 100), tick(2, 90)));
  await timer.advance(5 * MINUTE_MS);
  feed.send(ticks(tick(5 * MINUTE_MS + 1, 120, { quantity: 3 })));
  await timer.advance(2 * MINUTE_MS);
  assertEquals(await candlesOf(store, "1h"), [[0, 120, 5, 0]]);
  assertEquals(await candlesOf(store, "1d"), [[0, 120, 5, 0]]);
  await market.stop();
});
