import { MINUTE_MS, SECOND_MS } from "@/services/kernel/time.ts";
import { assertEquals } from "@/tests/assert.ts";
import { at, BITCOIN, candlesOf, marketKit, START, tick, ticks } from "./live_market_kit.ts";

Deno.test("LiveMarket stores open bars every ten seconds, and closed ones at once", async () => {
  const { timer, feed, store, listen } = marketKit();
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
  const { timer, feed, store, gaps, listen } = marketKit();
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
  const { timer, feed, gaps, listen, store } = marketKit();
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

Deno.test("LiveMarket asks again to heal what could not be queued, and says so once a try", async () => {
  const { timer, feed, gaps, queue, log, listen } = marketKit();
  const market = await listen();
  feed.send(ticks(tick(1, 100)));
  await timer.advance(5 * MINUTE_MS);
  queue.isAway = true;
  const missed = (minutes: number) => ({
    venue: "binance",
    assetIds: [BITCOIN],
    from: at(minutes * MINUTE_MS),
    to: at(minutes * MINUTE_MS + 1),
    reason: "disconnected",
  });
  for (const minutes of [1, 2, 3]) feed.send({ kind: "gap", gap: missed(minutes) });
  await timer.advance(SECOND_MS);
  const failures = () => log.lines.filter(({ level }) => level === "error").length;
  assertEquals([gaps, failures()], [[], 1]);
  await timer.advance(5 * SECOND_MS);
  assertEquals([gaps, failures()], [[], 2]);
  queue.isAway = false;
  await timer.advance(5 * SECOND_MS);
  assertEquals(gaps.filter(({ reason }) => reason === "disconnected"), [1, 2, 3].map(missed));
  await timer.advance(MINUTE_MS);
  assertEquals(gaps.filter(({ reason }) => reason === "disconnected").length, 3);
  await market.stop();
});

Deno.test("LiveMarket asks to heal the bar that still waited for late trades at its end", async () => {
  const { timer, feed, gaps, listen, store } = marketKit();
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
  const { timer, feed, store, gaps, listen } = marketKit();
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

Deno.test("LiveMarket rolls 1 h and 1 d bars up from the 5 m bars it stored", async () => {
  const { timer, feed, store, listen } = marketKit();
  const market = await listen();
  feed.send(ticks(tick(1, 100), tick(2, 90)));
  await timer.advance(5 * MINUTE_MS);
  feed.send(ticks(tick(5 * MINUTE_MS + 1, 120, { quantity: 3 })));
  await timer.advance(2 * MINUTE_MS);
  assertEquals(await candlesOf(store, "1h"), [[0, 120, 5, 0]]);
  assertEquals(await candlesOf(store, "1d"), [[0, 120, 5, 0]]);
  await market.stop();
});
