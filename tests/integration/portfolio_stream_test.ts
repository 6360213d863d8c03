import { OWNED_STREAMS } from "@/routes/(_api)/stream_document.ts";
import { feedValues, portfolioValue } from "@/routes/(_api)/stream_wire.ts";
import { valueStreams } from "@/routes/(_api)/streams.ts";
import { LIVE_TOPICS, LiveBoard } from "@/services/market/mod.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import { VALUE_PACE_MS, ValueFeed } from "@/services/portfolio/mod.ts";
import { BEAT_MS } from "@/services/streams/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { sampleGate } from "@/tests/fakes/demo_gate.ts";
import { MemoryLivePrices } from "@/tests/fakes/memory_live_prices.ts";
import { FakeTimer, settle } from "@/tests/fakes/timer.ts";
import type { ApiHarness } from "./api_harness.ts";
import { ask, LEDGER_CSV, makePortfolio, openPricedApi } from "./portfolio_sample.ts";
import { StreamServer, until } from "./stream_harness.ts";

/** Streams over a portfolio's harness; values come when the test's time goes on. */
async function openStreams(harness: ApiHarness) {
  const { holdings, ledger, portfolios, ownerOf } = harness.portfolio;
  const timer = new FakeTimer(harness.clock);
  const bus = new MemoryBus(new RecordingLog());
  let published = 0;
  const feed = new ValueFeed({
    ...{ holdings, clock: harness.clock, log: harness.log, timer },
    publish(value) {
      published++;
      server.hub.publish("portfolios", [portfolioValue(value)]);
    },
  });
  const demo = sampleGate();
  const board = new LiveBoard({
    ...{ bus, store: new MemoryLivePrices(), demo: demo.gate, log: harness.log },
  });
  await board.start();
  const stop = feedValues(feed, { board, ledger });
  const server = new StreamServer({ values: valueStreams(feed, { portfolios, ownerOf }) });
  /** Has what is due valued, and the hub send it. */
  const tick = async (ms = VALUE_PACE_MS) => {
    const before = published;
    await timer.advance(ms);
    await until(() => published > before, "a value is published");
    await server.timer.advance(BEAT_MS);
  };
  const move = (source = "consolidated") =>
    bus.publish(LIVE_TOPICS.prices, JSON.stringify([{ assetId: "bitcoin", source }]));
  return { server, feed, timer, stop, tick, move, demo, published: () => published };
}

Deno.test("WS /ws/portfolio/{id} tells the value, then each second in which prices move", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  const { server, tick, move, stop, feed, timer, published } = await openStreams(harness);
  await using _ = server;
  const id = base.split("/").at(-1);
  const socket = await server.socket(`/ws/portfolio/${id}`);
  await until(() => feed.size === 1, "it is watched");
  await tick(0);
  const first = await socket.next();
  assertEquals([first.type, first.data.nav, first.data.portfolio_id], [
    "portfolio_value",
    "180300",
    id,
  ]);
  const [stream] = OWNED_STREAMS;
  assert(stream !== undefined);
  assertEquals(stream.data.parse(first.data), first.data);

  for (let move_ = 0; move_ < 50; move_++) move();
  await timer.advance(VALUE_PACE_MS - 1);
  await settle();
  assertEquals(published(), 1);
  await tick(1);
  assertEquals((await socket.next()).data.nav, "180300");
  assertEquals(published(), 2);

  const added = await ask(harness, ["POST", `${base}/assets`], {
    json: { timestamp: "2025-07-01", asset_id: "BTC", quantity: "1", unit_price_usd: "1" },
  });
  assertEquals(added.status, 201);
  await tick();
  assertEquals((await socket.next()).data.nav, "280300");
  const refused = await socket.ask({ type: "subscribe", coins: ["bitcoin"] });
  assertEquals(refused.error?.code, "VALIDATION_FAILED");
  socket.leave();
  await until(() => feed.size === 0, "nobody watches");
  stop();
});

Deno.test("GET /api/stream/portfolio/{id} sends the same as events, to its owner alone", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness, "ann");
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV, owner: "ann" });
  const { server, tick, stop, feed } = await openStreams(harness);
  await using _ = server;
  const id = base.split("/").at(-1);
  const path = `/api/stream/portfolio/${id}`;
  for (
    const [asked, owner, status] of [
      [path, "bob", 404],
      [`/ws/portfolio/${id}`, "bob", 404],
      ["/api/stream/portfolio/019b76da-a800-7000-8000-000000000001", "ann", 404],
      ["/api/stream/portfolio/mine", "ann", 422],
      [`${path}/more`, "ann", 404],
    ] as const
  ) {
    const response = await server.get(asked, { headers: { "x-test-owner": owner } });
    await response.body?.cancel();
    assertEquals([asked, response.status], [asked, status]);
  }
  assertEquals(feed.size, 0);
  const reader = await server.events(path, { "x-test-owner": "ann" });
  await reader.next();
  await tick(0);
  const event = await reader.next();
  assertEquals(event?.event, "portfolio_value");
  assertEquals(JSON.parse(event?.data ?? "").nav, "180300");
  stop();
});

Deno.test("a portfolio's value follows the demo market no longer than it shows", async () => {
  await using harness = await openPricedApi();
  const base = await makePortfolio(harness);
  await ask(harness, ["POST", `${base}/import`], { body: LEDGER_CSV });
  const { server, tick, move, demo, stop, feed, timer, published } = await openStreams(harness);
  await using _ = server;
  await server.socket(`/ws/portfolio/${base.split("/").at(-1)}`);
  await until(() => feed.size === 1, "it is watched");
  await tick(0);
  move("demo");
  await tick();
  assertEquals(published(), 2);
  demo.gate.start();
  await demo.write("binance");
  await settle();
  // Valued once more, since what it stood on is over.
  await tick();
  assertEquals(published(), 3);
  move("demo");
  await settle();
  await timer.advance(VALUE_PACE_MS);
  await settle();
  assertEquals([published(), timer.waiting], [3, 0]);
  demo.gate.stop();
  stop();
});
