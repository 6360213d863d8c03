import { HEARTBEAT_MS } from "@/services/streams/mod.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { type EventReader, StreamServer } from "./stream_harness.ts";

const JSON_TYPE = "application/json";

async function skipRetry(reader: EventReader): Promise<void> {
  assertEquals(await reader.next(), { retry: "2000" });
}

Deno.test("GET /api/stream/prices sends a retry hint, then prices with ids", async () => {
  await using server = new StreamServer();
  await server.publish({ bitcoin: 1 });
  const reader = await server.events("/api/stream/prices");
  assertEquals(reader.response.status, 200);
  assertEquals(reader.response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assertEquals(reader.response.headers.get("cache-control"), "no-store");
  // By the clock that makes the times of events, not by the system's.
  assertEquals(reader.response.headers.get("date"), "Thu, 01 Jan 2026 00:00:00 GMT");
  assertEquals(reader.response.headers.get("x-content-type-options"), "nosniff");
  await skipRetry(reader);
  const first = await reader.next();
  assertEquals({ ...first, data: JSON.parse(first?.data ?? "") as unknown }, {
    id: "one-1",
    event: "price_update",
    data: {
      coin_id: "bitcoin",
      price: 1,
      timestamp: "2026-01-01T00:00:00Z",
      source: "consolidated",
      venues: [],
    },
  });
  await server.publish({ bitcoin: 2, ethereum: 3 });
  assertEquals(await reader.prices(2), ["bitcoin=2", "ethereum=3"]);
});

const names = ["bitcoin", "BTC", "btc", "xbt", "XBT", " bitcoin ", "bitcoin,btc,xbt"];
for (const name of names) {
  Deno.test(`GET /api/stream/prices?coins=${name} streams bitcoin alone`, async () => {
    await using server = new StreamServer();
    const reader = await server.events(`/api/stream/prices?coins=${encodeURIComponent(name)}`);
    await server.publish({ ethereum: 1, bitcoin: 2 });
    await server.publish({ bitcoin: 3 });
    assertEquals(await reader.prices(2), ["bitcoin=2", "bitcoin=3"]);
  });
}

for (const place of ["header", "parameter"]) {
  Deno.test(`GET /api/stream/prices goes on after the last event id in its ${place}`, async () => {
    await using server = new StreamServer();
    const first = await server.events("/api/stream/prices");
    await skipRetry(first);
    await server.publish({ bitcoin: 1 });
    const id = (await first.next())?.id ?? "";
    first.abort();
    for (const price of [2, 3]) await server.publish({ bitcoin: price, ethereum: price * 10 });
    const second = place === "header"
      ? await server.events("/api/stream/prices", { "last-event-id": id })
      : await server.events(`/api/stream/prices?last_event_id=${id}`);
    await skipRetry(second);
    await server.publish({ bitcoin: 4 });
    const missed = ["bitcoin=2", "ethereum=20", "bitcoin=3", "ethereum=30", "bitcoin=4"];
    assertEquals(await second.prices(5), missed);
  });
}

for (const id of ["other-1", "one-999", "junk"]) {
  Deno.test(`GET /api/stream/prices says reset to the last event id ${id}`, async () => {
    await using server = new StreamServer();
    await server.publish({ bitcoin: 1 });
    const reader = await server.events("/api/stream/prices", { "last-event-id": id });
    await skipRetry(reader);
    assertEquals(await reader.next(), { event: "reset", data: "{}" });
    assertEquals(await reader.prices(1), ["bitcoin=1"]);
  });
}

Deno.test("GET /api/stream/prices sends a comment where nothing else comes", async () => {
  await using server = new StreamServer();
  const reader = await server.events("/api/stream/prices");
  await skipRetry(reader);
  await server.timer.advance(HEARTBEAT_MS);
  assertEquals(await reader.next(), { comment: "still here" });
});

Deno.test("GET /api/stream/candles streams one chart's bars", async () => {
  await using server = new StreamServer();
  const reader = await server.events("/api/stream/candles?coin=BTC&interval=1h");
  await skipRetry(reader);
  for (const group of ["bitcoin 5m", "ethereum 1h", "bitcoin 1h"]) {
    server.hub.publish("candles", [{ key: `${group} 0`, group, json: `"${group}"` }]);
  }
  await server.publish({});
  assertEquals(await reader.next(), { id: "one-3", event: "candle", data: '"bitcoin 1h"' });
});

Deno.test("GET /api/stream/feeds streams the state of every venue", async () => {
  await using server = new StreamServer();
  const reader = await server.events("/api/stream/feeds");
  await skipRetry(reader);
  server.hub.publish("feeds", [{ key: "binance", json: "{}" }, { key: "coinbase", json: "[]" }]);
  await server.publish({});
  assertEquals(await reader.next(), { id: "one-1", event: "feed", data: "{}" });
  assertEquals(await reader.next(), { id: "one-2", event: "feed", data: "[]" });
});

const coins = (count: number) => Array.from({ length: count }, (_, at) => `coin-${at}`);

const refusals: readonly {
  readonly path: string;
  readonly status: number;
  readonly code: string;
  readonly message: RegExp;
}[] = [
  {
    path: `/api/stream/prices?coins=${coins(51)}`,
    status: 422,
    code: "VALIDATION_FAILED",
    message: /^Cannot stream 51 coins over one connection: expected at most 50$/,
  },
  {
    path: "/api/stream/prices?coins=bitcoin,nocoin",
    status: 404,
    code: "RESOURCE_NOT_FOUND",
    message: /nocoin/,
  },
  { path: "/api/stream/prices?coins=UNI", status: 409, code: "CONFLICT", message: /UNI/ },
  {
    path: "/api/stream/prices?coins=",
    status: 422,
    code: "VALIDATION_FAILED",
    message: /leave coins out for all$/,
  },
  {
    path: "/api/stream/candles",
    status: 422,
    code: "VALIDATION_FAILED",
    message: /expected a coin$/,
  },
  {
    path: "/api/stream/candles?coin=bitcoin&interval=2h",
    status: 422,
    code: "VALIDATION_FAILED",
    message: /^Cannot stream candles of "2h"/,
  },
  {
    path: "/ws/prices?coins=bitcoin",
    status: 400,
    code: "BAD_REQUEST",
    message: /expected an upgrade$/,
  },
];
for (const { path, status, code, message } of refusals) {
  Deno.test(`GET ${path.slice(0, 60)} is refused with ${status}`, async () => {
    await using server = new StreamServer();
    const response = await server.get(path);
    assertEquals([response.status, response.headers.get("content-type")], [status, JSON_TYPE]);
    const { success, error } = await response.json();
    assertEquals([success, error.code], [false, code]);
    assertMatch(error.message, message);
    assertEquals(server.endpoints.stats().sse, 0);
  });
}

Deno.test("streams take nothing but GET", async () => {
  await using server = new StreamServer();
  const response = await server.get("/api/stream/prices", { method: "POST", body: "{}" });
  assertEquals([response.status, response.headers.get("allow")], [405, "GET"]);
  assertEquals((await response.json()).error.code, "METHOD_NOT_ALLOWED");
});

Deno.test("WS /ws/prices sends the latest of the coins asked for, then what changes", async () => {
  await using server = new StreamServer();
  await server.publish({ bitcoin: 1, ethereum: 2 });
  const socket = await server.socket("/ws/prices?coins=btc,xbt");
  assertEquals((await socket.next()).data, {
    coin_id: "bitcoin",
    price: 1,
    timestamp: "2026-01-01T00:00:00Z",
    source: "consolidated",
    venues: [],
  });
  await server.publish({ ethereum: 3, bitcoin: 4 });
  assertEquals(await socket.prices(1), ["bitcoin=4"]);
});

Deno.test("WS /api/market/stream subscribes and unsubscribes coins by any name", async () => {
  await using server = new StreamServer();
  await server.publish({ bitcoin: 1, ethereum: 2 });
  const socket = await server.socket("/api/market/stream");
  assertEquals(await socket.ask({ type: "subscribe", coins: ["XBT"] }), {
    type: "subscribed",
    data: { coins: ["bitcoin"] },
  });
  assertEquals(await socket.prices(1), ["bitcoin=1"]);
  assertEquals(await socket.ask({ type: "subscribe", coins: ["ETH", "bitcoin"] }), {
    type: "subscribed",
    data: { coins: ["bitcoin", "ethereum"] },
  });
  // What it had is not sent again.
  assertEquals(await socket.prices(1), ["ethereum=2"]);
  assertEquals(await socket.ask({ type: "unsubscribe", coins: ["BTC"] }), {
    type: "unsubscribed",
    data: { coins: ["ethereum"] },
  });
  await server.publish({ bitcoin: 3, ethereum: 4 });
  assertEquals(await socket.prices(1), ["ethereum=4"]);
  assertEquals(await socket.ask({ type: "ping" }), { type: "pong" });
});

Deno.test("WS /ws/scores subscribes and unsubscribes coins, and hears of scores alone", async () => {
  await using server = new StreamServer();
  const tell = async (scores: Readonly<Record<string, number>>) => {
    const values = Object.entries(scores)
      .map(([key, score]) => ({ key: `${key} v1`, group: key, json: `{"score":${score}}` }));
    server.hub.publish("scores", values);
    await server.publish({ bitcoin: 1 });
  };
  await tell({ bitcoin: 60, ethereum: 40 });
  const socket = await server.socket("/ws/scores");
  assertEquals(await socket.ask({ type: "subscribe", coins: ["BTC", "ETH"] }), {
    type: "subscribed",
    data: { coins: ["bitcoin", "ethereum"] },
  });
  assertEquals(await socket.next(), { type: "score_update", data: { score: 60 } });
  assertEquals(await socket.next(), { type: "score_update", data: { score: 40 } });
  await socket.ask({ type: "unsubscribe", coins: ["bitcoin"] });
  await tell({ bitcoin: 61, ethereum: 41 });
  assertEquals(await socket.next(), { type: "score_update", data: { score: 41 } });
});

Deno.test("WS /ws/prices?batch=1 sends one frame a beat", async () => {
  await using server = new StreamServer();
  const socket = await server.socket("/ws/prices?coins=bitcoin,ethereum&batch=1");
  await server.publish({ bitcoin: 1, ethereum: 2 });
  const { type, data } = await socket.next();
  assertEquals(type, "price_updates");
  assertEquals(data.map((one: { price: number }) => one.price), [1, 2]);
});

Deno.test("a WebSocket that nothing comes for gets a heartbeat every 30 s", async () => {
  await using server = new StreamServer();
  const socket = await server.socket("/ws/prices");
  assertEquals(await socket.ask({ type: "ping" }), { type: "pong" });
  await server.timer.advance(2 * HEARTBEAT_MS);
  assertEquals(await socket.next(), { type: "heartbeat" });
  assertEquals(await socket.ask({ type: "ping" }), { type: "pong" });
});

Deno.test("stopping ends events with a hint and sockets with 1012, and takes no more", async () => {
  await using server = new StreamServer();
  const events = await server.events("/api/stream/prices?coins=bitcoin");
  const subscribed = await server.socket("/ws/prices?coins=bitcoin");
  const silent = await server.socket("/api/market/stream");
  await silent.ask({ type: "ping" });
  await skipRetry(events);
  server.hub.close();
  assertEquals(await events.next(), { retry: "2000" });
  assertEquals(await events.next(), null);
  for (const socket of [subscribed, silent]) {
    assertEquals(await socket.closed, { code: 1012, reason: "Restarting: connect again" });
  }
  const late = await server.get("/api/stream/prices");
  assertEquals([late.status, late.headers.get("retry-after")], [503, "2"]);
  assertMatch((await late.json()).error.message, /the server is stopping$/);
});

Deno.test("a server that shuts down while streams are open does not wait for them", async () => {
  const server = new StreamServer();
  const events = await server.events("/api/stream/prices");
  const socket = await server.socket("/ws/prices");
  await skipRetry(events);
  await server.stop();
  assertEquals([await events.next(), await events.next()], [{ retry: "2000" }, null]);
  const { code } = await socket.closed;
  // Deno ends a socket with 1001, unless the hub's own word was quicker.
  assert(code === 1001 || code === 1012, `${code}`);
  const { sse, websocket } = server.endpoints.stats();
  assertEquals({ sse, websocket }, { sse: 0, websocket: 0 });
  await server[Symbol.asyncDispose]();
});

Deno.test("streams are counted while they are open", async () => {
  await using server = new StreamServer();
  const events = await server.events("/api/stream/prices");
  const socket = await server.socket("/ws/prices?coins=bitcoin");
  await socket.ask({ type: "ping" });
  await server.publish({ bitcoin: 1 });
  await socket.prices(1);
  const { sse, websocket, encoded, delivered, isShedding } = server.endpoints.stats();
  assertEquals({ sse, websocket, encoded, delivered, isShedding }, {
    ...{ sse: 1, websocket: 1, encoded: 1, delivered: 2, isShedding: false },
  });
  await events.prices(1);
  assert(server.hub.counts().readers === 2);
});
