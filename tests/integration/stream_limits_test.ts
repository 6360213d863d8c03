import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { type SocketReader, StreamServer, textFrame, until } from "./stream_harness.ts";

const MAX_COINS = 50;
const MAX_MESSAGES = 100;
const MAX_MISTAKES = 10;
/** What a stalled connection is sent: more than the system's buffers and ours take. */
const LARGE = JSON.stringify("x".repeat(20_000));
const ROUNDS = 600;

const coins = (count: number) => Array.from({ length: count }, (_, at) => `coin-${at}`);

const mistakes: readonly { name: string; text: string; code: string; message: RegExp }[] = [
  { name: "text that is no JSON", text: "{", code: "BAD_REQUEST", message: /expected JSON$/ },
  { name: "an empty text", text: "", code: "BAD_REQUEST", message: /expected JSON$/ },
  { name: "JSON that is no message", text: "[1]", code: "VALIDATION_FAILED", message: /expected/ },
  {
    name: "an unknown type",
    text: '{"type":"buy","coins":["bitcoin"]}',
    code: "VALIDATION_FAILED",
    message: /"subscribe"/,
  },
  {
    name: "no coins",
    text: '{"type":"subscribe","coins":[]}',
    code: "VALIDATION_FAILED",
    message: /expected/,
  },
  {
    name: "coins that are no names",
    text: '{"type":"subscribe","coins":[{"__proto__":1}]}',
    code: "VALIDATION_FAILED",
    message: /expected/,
  },
  {
    name: "a name longer than any",
    text: JSON.stringify({ type: "subscribe", coins: ["a".repeat(129)] }),
    code: "VALIDATION_FAILED",
    message: /expected/,
  },
  {
    name: "an unknown coin",
    text: '{"type":"subscribe","coins":["nocoin"]}',
    code: "RESOURCE_NOT_FOUND",
    message: /nocoin/,
  },
  {
    name: "a name of two coins",
    text: '{"type":"subscribe","coins":["UNI"]}',
    code: "CONFLICT",
    message: /UNI/,
  },
  {
    name: "51 coins",
    text: JSON.stringify({ type: "subscribe", coins: coins(MAX_COINS + 1) }),
    code: "VALIDATION_FAILED",
    message: /^Cannot stream 52 coins over one connection: expected at most 50$/,
  },
];
for (const { name, text, code, message } of mistakes) {
  Deno.test(`a WebSocket answers ${name} with ${code} and goes on`, async () => {
    await using server = new StreamServer();
    const socket = await server.socket("/ws/prices?coins=bitcoin");
    socket.sendRaw(text);
    const { type, error } = await socket.next();
    assertEquals([type, error?.code], ["error", code]);
    assertMatch(error?.message ?? "", message);
    await server.publish({ bitcoin: 1, "coin-0": 2 });
    assertEquals(await socket.prices(1), ["bitcoin=1"]);
  });
}

Deno.test("a WebSocket carries 50 coins, and takes another once one is given back", async () => {
  await using server = new StreamServer();
  const socket = await server.socket(`/ws/prices?coins=${coins(MAX_COINS)}`);
  const more = { type: "subscribe", coins: ["bitcoin"] };
  assertEquals((await socket.ask(more)).error?.code, "VALIDATION_FAILED");
  await socket.ask({ type: "unsubscribe", coins: ["coin-7"] });
  const { type, data } = await socket.ask(more);
  assertEquals([type, data.coins.length], ["subscribed", MAX_COINS]);
});

Deno.test("a WebSocket that goes on making mistakes is closed with 1008", async () => {
  await using server = new StreamServer();
  const socket = await server.socket("/ws/prices");
  for (let made = 0; made < MAX_MISTAKES; made++) socket.sendRaw("{");
  assertEquals(await socket.closed, { code: 1008, reason: "Too many mistakes" });
});

Deno.test("a WebSocket is closed with 1003 for a binary frame", async () => {
  await using server = new StreamServer();
  const socket = await server.socket("/ws/prices");
  socket.sendRaw(new Uint8Array([1, 2, 3]).buffer);
  assertEquals(await socket.closed, { code: 1003, reason: "Expected text frames" });
});

Deno.test("a WebSocket is closed with 1009 for a message over 16,384 characters", async () => {
  await using server = new StreamServer();
  const socket = await server.socket("/ws/prices");
  socket.sendRaw(`"${"a".repeat(16_382)}"`);
  assertEquals((await socket.next()).error?.code, "VALIDATION_FAILED");
  socket.sendRaw(`"${"a".repeat(16_383)}"`);
  assertEquals(await socket.closed, { code: 1009, reason: "Expected at most 16384 characters" });
});

async function pingMany(socket: SocketReader, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) socket.send({ type: "ping" });
  for (let got = 0; got < count; got++) assertEquals(await socket.next(), { type: "pong" });
}

Deno.test("a WebSocket takes 100 messages in ten seconds, and is closed for one more", async () => {
  await using server = new StreamServer();
  const socket = await server.socket("/ws/prices");
  await pingMany(socket, MAX_MESSAGES);
  await server.timer.advance(10_000);
  await pingMany(socket, MAX_MESSAGES);
  socket.send({ type: "ping" });
  assertEquals(await socket.closed, { code: 1008, reason: "Too many messages" });
});

const origins: readonly { origin: (port: number) => string; status: string }[] = [
  { origin: (port) => `http://127.0.0.1:${port}`, status: "101" },
  { origin: () => "https://evil.example", status: "403" },
  { origin: (port) => `http://127.0.0.1.evil.example:${port}`, status: "403" },
  { origin: (port) => `http://127.0.0.1:${port + 1}`, status: "403" },
  { origin: () => "null", status: "403" },
  { origin: () => "nonsense", status: "403" },
];
for (const { origin, status } of origins) {
  Deno.test(`a WebSocket from ${origin(80)} is answered with ${status}`, async () => {
    await using server = new StreamServer();
    const { head } = await server.handshake("/ws/prices", { origin: origin(server.port) });
    assertMatch(head, new RegExp(`^HTTP/1.1 ${status} `));
    if (status === "403") assertMatch(head, /"code":"FORBIDDEN"/);
  });
}

Deno.test("a WebSocket without its handshake is refused with 400", async () => {
  await using server = new StreamServer();
  const { head } = await server.handshake("/ws/prices", { connection: "close" });
  assertMatch(head, /^HTTP\/1.1 400 /);
  assertMatch(head, /"code":"BAD_REQUEST".*handshake of RFC 6455/);
  assertEquals(server.endpoints.stats().websocket, 0);
});

for (const path of ["/api/stream/prices", "/ws/prices"]) {
  Deno.test(`one stream too many at ${path} is refused with 503 until one ends`, async () => {
    await using server = new StreamServer({ maxStreams: 2 });
    const events = await server.events("/api/stream/prices");
    const socket = await server.socket("/ws/prices");
    const response = await server.get(path);
    assertEquals([response.status, response.headers.get("retry-after")], [503, "2"]);
    assertEquals(await response.json(), {
      success: false,
      error: {
        code: "UNAVAILABLE",
        message: "Cannot open another stream: too many are open",
        details: { retry_after_s: 2 },
      },
    });
    const { refused, isShedding } = server.endpoints.stats();
    assertEquals({ refused, isShedding }, { refused: 1, isShedding: true });
    // Those that are open are not disturbed.
    await server.publish({ bitcoin: 1 });
    assertEquals(await events.prices(1), ["bitcoin=1"]);
    assertEquals(await socket.ask({ type: "ping" }), { type: "pong" });
    events.abort();
    await until(() => !server.endpoints.stats().isShedding, "the client's leaving is noticed");
    const next = await server.events("/api/stream/prices");
    assertEquals(await next.prices(1), ["bitcoin=1"]);
  });
}

Deno.test("a WebSocket whose client answers no ping is ended, and counted once", async () => {
  await using server = new StreamServer({ idleTimeoutS: 1 });
  const other = await server.socket("/ws/prices?coins=bitcoin");
  const { connection } = await server.handshake("/ws/prices?coins=bitcoin");
  assertEquals(server.endpoints.stats().websocket, 2);
  let read: number | null = 0;
  const buffer = new Uint8Array(1_024);
  while (read !== null) read = await connection.read(buffer);
  await until(() => server.hub.counts().readers === 1, "the socket is given up");
  assertEquals(server.endpoints.stats().websocket, 1);
  await server.publish({ bitcoin: 1 });
  assertEquals(await other.prices(1), ["bitcoin=1"]);
});

Deno.test("clients that vanish leave nothing behind", async () => {
  await using server = new StreamServer();
  for (let times = 0; times < 20; times++) {
    const socket = await server.handshake("/ws/prices?coins=bitcoin");
    socket.connection.close();
    const events = await server.handshake("/api/stream/prices", { connection: "close" });
    events.connection.close();
  }
  const isEmpty = () => {
    const { sse, websocket } = server.endpoints.stats();
    return sse === 0 && websocket === 0 && server.hub.counts().readers === 0;
  };
  await until(isEmpty, "all are counted out");
});

/** Publishes more than stalled connections take, and reads along with the quick ones. */
async function publishMuch(server: StreamServer, quick: readonly { next(): Promise<unknown> }[]) {
  for (let round = 1; round <= ROUNDS; round++) {
    server.hub.publish("prices", [
      { key: "bitcoin", json: LARGE },
      { key: "ethereum", json: String(round) },
    ]);
    await server.timer.advance(100);
    await Promise.all(quick.map(async (reader) => {
      await reader.next();
      await reader.next();
    }));
  }
}

/** Reads what is there, until it ends with what the pattern says. */
async function readUntil(connection: Deno.TcpConn, pattern: RegExp): Promise<number> {
  const buffer = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  let tail = "";
  let size = 0;
  while (!pattern.test(tail)) {
    const count = await connection.read(buffer);
    assert(count !== null, `The connection ended before ${pattern}`);
    size += count;
    tail = (tail + decoder.decode(buffer.subarray(0, count), { stream: true })).slice(-200);
  }
  return size;
}

Deno.test("stalled readers disturb nobody, cost little, and end with the newest", async () => {
  await using server = new StreamServer();
  const events = await server.events("/api/stream/prices");
  await events.next();
  const socket = await server.socket("/ws/prices?coins=bitcoin,ethereum");
  await socket.ask({ type: "ping" });
  const stalledEvents = await server.handshake("/api/stream/prices", { connection: "close" });
  const stalledSocket = await server.handshake("/ws/prices?coins=bitcoin,ethereum");
  await until(() => server.hub.counts().readers === 4, "all four read");
  await publishMuch(server, [events, socket]);
  const { delivered } = server.hub.counts();
  assert(delivered < ROUNDS * 7, `${delivered} values were written, stalled readers included`);
  const limit = ROUNDS * LARGE.length * 0.9;
  const last = new RegExp(`\\b${ROUNDS}(\\n\\n|}$)`);
  const sizes = Promise.all([
    readUntil(stalledEvents.connection, last),
    readUntil(stalledSocket.connection, last),
  ]);
  let isRead = false;
  sizes.finally(() => isRead = true);
  await until(() => {
    server.timer.advance(5_000);
    return isRead;
  }, "the stalled readers have caught up");
  for (const size of await sizes) assert(size < limit, `${size} bytes waited for a reader`);
  assert(server.hub.counts().conflated > 0);
});

Deno.test("a WebSocket that asks on and on without reading is closed with 1008", async () => {
  await using server = new StreamServer();
  const events = await server.events("/api/stream/prices");
  await events.next();
  const { connection } = await server.handshake("/ws/prices?coins=bitcoin,ethereum");
  await until(() => server.hub.counts().readers === 2, "both read");
  await publishMuch(server, [events]);
  await connection.write(textFrame('{"type":"ping"}'));
  await readUntil(connection, /Too slow: read before asking for more$/);
});
