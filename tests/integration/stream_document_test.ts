import { STREAMS } from "@/routes/(_api)/stream_document.ts";
import { feedGauges } from "@/routes/(_api)/gauge_stream.ts";
import { feedHub, poolValue } from "@/routes/(_api)/stream_wire.ts";
import { type IsoDay, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import {
  type AssetId,
  type FeedStatus,
  LIVE_TOPICS,
  LiveBoard,
  type LiveCandle,
  type LivePrice,
} from "@/services/market/mod.ts";
import { GAUGE_TOPIC } from "@/services/onchain/mod.ts";
import { SCORE_TOPIC, type ScoreNews } from "@/services/scores/mod.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { sampleGate } from "@/tests/fakes/demo_gate.ts";
import { MemoryLivePrices } from "@/tests/fakes/memory_live_prices.ts";
import { settle } from "@/tests/fakes/timer.ts";
import { sampleGas } from "@/tests/unit/onchain/gauge_sample.ts";
import { sampleCard } from "@/tests/unit/defi/pool_card_sample.ts";
import { openTestApi } from "./api_harness.ts";
import { StreamServer } from "./stream_harness.ts";

const bitcoin = "bitcoin" as AssetId;
const at: UtcMs = utcMsOf(Date.UTC(2026, 0, 1, 12));

const price: LivePrice = {
  assetId: bitcoin,
  priceUsd: 64_000.5,
  asof: at,
  source: "consolidated",
  venues: [{ venue: "binance", priceUsd: 64_000.5, at }],
  excluded: [{ venue: "coinbase", priceUsd: 1, at, reason: "off_median" }],
  market: null,
};
const candle: LiveCandle = {
  ...{ assetId: bitcoin, source: "binance", interval: "5m", openTime: at },
  ...{ open: 1, high: 3, low: 0.5, close: 2, volume: null },
  ...{ state: "provisional", asof: at },
};
const feed: FeedStatus = {
  ...{ venue: "binance", state: "silent", url: "wss://example.test", since: at },
  ...{ lastFrameAt: null, attempts: 2, reason: "no frame for 30 s", badFrames: 1 },
};

const score: ScoreNews = {
  ...{ assetId: bitcoin, method: "v1", day: "2025-12-31" as IsoDay, asof: at },
  ...{ score: 61.5, band: [58, 66.25], rank: 2, rankInterval: [1, 4], letter: "B" },
};

/** What goes in at the bus, and what comes out at the other end. */
const events: Readonly<Record<string, { topic: string; fact: unknown; data: unknown }>> = {
  "/api/stream/prices": {
    topic: LIVE_TOPICS.prices,
    fact: price,
    data: {
      coin_id: "bitcoin",
      price: 64_000.5,
      timestamp: "2026-01-01T12:00:00Z",
      source: "consolidated",
      venues: ["binance"],
    },
  },
  "/api/stream/candles": {
    topic: LIVE_TOPICS.candles,
    fact: candle,
    data: {
      ...{ coin_id: "bitcoin", interval: "5m", t: Date.UTC(2026, 0, 1, 12) },
      ...{ o: 1, h: 3, l: 0.5, c: 2, v: null },
      ...{ state: "provisional", source: "binance", asof: "2026-01-01T12:00:00Z" },
    },
  },
  "/api/stream/scores": {
    topic: SCORE_TOPIC,
    fact: score,
    data: {
      ...{ coin_id: "bitcoin", method: "v1", score: 61.5, band: [58, 66.25], rank: 2 },
      ...{ rank_interval: [1, 4], grade: "B", asof: "2026-01-01T12:00:00Z" },
    },
  },
  "/api/stream/feeds": {
    topic: LIVE_TOPICS.feeds,
    fact: feed,
    data: {
      ...{ venue: "binance", state: "silent", since: "2026-01-01T12:00:00Z" },
      ...{ last_frame_at: null, attempts: 2, reason: "no frame for 30 s" },
    },
  },
};

Deno.test("GET /api/stream/pools sends pools as they are read anew, as documented", async () => {
  const definition = STREAMS.find(({ path }) => path === "/api/stream/pools");
  await using server = new StreamServer();
  const reader = await server.events("/api/stream/pools");
  await reader.next();
  const card = sampleCard({}, [{}]);
  server.hub.publish("pools", [poolValue(card, at)]);
  await server.publish({});
  const sent = await reader.next();
  assertEquals(sent?.event, definition?.event);
  const data = JSON.parse(sent?.data ?? "");
  assertEquals([data.id, data.supply_apy], [card.pool.id, 0.05]);
  assertEquals(definition?.data.parse(data), data);
  assertEquals(server.hub.counts().encoded, 1);
});

Deno.test("GET /api/stream/onchain sends the reading whose gauge the bus names, as documented", async () => {
  const definition = STREAMS.find(({ path }) => path === "/api/stream/onchain");
  await using server = new StreamServer();
  await using harness = await openTestApi({ hasGas: true });
  const { gaugeStore, clock, log } = harness;
  await gaugeStore.record("eth_gas", sampleGas(clock.now(), { fast: 37 }));
  const bus = new MemoryBus(log);
  const stop = feedGauges(server.hub, { bus, gauges: harness.gauges, clock, log });
  const reader = await server.events("/api/stream/onchain");
  await reader.next();
  for (const name of ["btc_mempool", "doge_gas", "eth_gas"]) bus.publish(GAUGE_TOPIC, name);
  await settle();
  await server.publish({});
  const sent = await reader.next();
  const data = JSON.parse(sent?.data ?? "");
  assertEquals([sent?.event, data.gauge, data.fast], [definition?.event, "eth/gas", 37]);
  assertEquals(definition?.data.parse(data), data);
  stop();
});

for (const { path, event, data: schema } of STREAMS.filter(({ path }) => path in events)) {
  Deno.test(`GET ${path} sends what the bus tells, as documented`, async () => {
    const expected = events[path];
    assert(expected, `No example for ${path}`);
    await using server = new StreamServer();
    const bus = new MemoryBus(new RecordingLog());
    const { gate: demo, log } = sampleGate({ mode: "off" });
    const board = new LiveBoard({ bus, store: new MemoryLivePrices(), demo, log });
    await board.start();
    const stop = feedHub(server.hub, { board, bus });
    const reader = await server.events(`${path}${path.endsWith("candles") ? "?coin=BTC" : ""}`);
    await reader.next();
    bus.publish(expected.topic, JSON.stringify([expected.fact]));
    await server.publish({});
    const sent = await reader.next();
    assertEquals(sent?.event, event);
    const data: unknown = JSON.parse(sent?.data ?? "");
    assertEquals(data, expected.data);
    // Parsing drops what the schema does not name, so equality finds undocumented fields.
    assertEquals(schema.parse(data), data);
    stop();
    bus.publish(expected.topic, JSON.stringify([expected.fact]));
    assertEquals(server.hub.counts().encoded, 1);
  });
}

Deno.test("GET /openapi.json describes the streams, and WebSockets in words", async () => {
  await using harness = await openTestApi();
  const { paths, tags } = await (await harness.get("/openapi.json")).json();
  for (const { path, query, refusals } of STREAMS) {
    const { responses, parameters, tags: [tag] } = paths[path].get;
    assertEquals(tag, "streams");
    assertEquals(Object.keys(responses[200].content), ["text/event-stream"]);
    assertEquals(Object.keys(responses).map(Number), [200, ...refusals, 500].sort());
    const names = parameters.map((one: { in: string; name: string }) => `${one.in} ${one.name}`);
    const expected = Object.keys(query.shape).map((name) => `query ${name}`);
    assertEquals(names, [...expected, "header Last-Event-ID"]);
  }
  const { description } = tags.find(({ name }: { name: string }) => name === "streams");
  for (
    const word of ["/ws/prices", "/ws/scores", "/api/market/stream", "subscribe", "batch=1", "1012"]
  ) {
    assert(description.includes(word), word);
  }
});
