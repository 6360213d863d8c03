import { MINUTE_MS, SECOND_MS } from "@/services/kernel/time.ts";
import { LiveBoard } from "@/services/market/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { sampleGate } from "@/tests/fakes/demo_gate.ts";
import { at, BITCOIN, marketKit, tick, ticks } from "./live_market_kit.ts";

Deno.test("LiveMarket publishes a price within a beat of its trade, once it is stored", async () => {
  const { timer, feed, prices, published, listen } = marketKit();
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
  const { timer, feed, published, listen } = marketKit();
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
  const { timer, feed, prices, published, listen } = marketKit();
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

Deno.test("LiveMarket gives the lease up though the last prices can't be stored", async () => {
  const { feed, prices, leases, listen } = marketKit();
  const market = await listen();
  feed.send(ticks(tick(1, 100)));
  prices.isAway = true;
  await market.stop();
  assertEquals([leases.holder, market.isFeeding, feed.isOpen], [null, false, false]);
});

Deno.test("LiveMarket holds a price that jumped, and lets it count once confirmed", async () => {
  const { timer, feed, prices, published, listen } = marketKit();
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
  const { timer, feed, published, listen } = marketKit();
  const market = await listen();
  feed.send(ticks(tick(2 * MINUTE_MS, 100)));
  await timer.advance(SECOND_MS);
  assertEquals(published, []);
  await market.stop();
});

Deno.test("LiveMarket feeds in one instance, and another takes over when it stops", async () => {
  const { timer, feed, leases, live } = marketKit();
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
  const { timer, feed, leases, listen } = marketKit();
  const market = await listen("one");
  leases.holder = "other";
  await timer.advance(6 * SECOND_MS);
  assertEquals([market.isFeeding, feed.isOpen], [false, false]);
  await market.stop();
});

Deno.test("LiveMarket ends at once, with nothing stored or told, when it may not feed", async () => {
  const { timer, feed, prices, published, permit, listen } = marketKit();
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
  const { timer, feed, bus, prices, log, listen } = marketKit();
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
  const board = new LiveBoard({ bus, store: prices, demo: sampleGate().gate, log });
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
  const late = new LiveBoard({ bus, store: prices, demo: sampleGate().gate, log });
  await late.start();
  assertEquals(late.feeds(), []);
  await timer.advance(5 * SECOND_MS);
  assertEquals(late.feeds(), board.feeds());
  await running.stop();
  board.stop();
  late.stop();
});
