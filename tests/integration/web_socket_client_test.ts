import type { SocketEnd } from "@/services/ports/sockets.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import {
  WebSocketClient,
  type WebSocketClientOptions,
} from "@/services/platform/web_socket_client.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { LocalExchange } from "@/tests/exchange/local_exchange.ts";

/** A connection with what it called back. */
function connect(url: string, options: Partial<WebSocketClientOptions> = {}) {
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<SocketEnd>();
  const texts: string[] = [];
  const client = new WebSocketClient({ timer: systemTimer, isNetworkAllowed: true, ...options });
  const socket = client.open(new URL(url), {
    onOpen: opened.resolve,
    onText: (text) => texts.push(text),
    onEnd: ended.resolve,
  });
  return { socket, texts, opened: opened.promise, ended: ended.promise };
}

for (const status of [451, 429, 503]) {
  Deno.test(`WebSocketClient tells that HTTP ${status} refused the handshake`, async () => {
    await using exchange = await LocalExchange.start();
    exchange.refusal = { status, retryAfterS: 7 };
    const end = await connect(exchange.urls.binance).ended;
    assertEquals([end.code, end.status], [1006, status]);
  });
}

Deno.test("WebSocketClient tells that nobody listens", async () => {
  const exchange = await LocalExchange.start();
  const { binance } = exchange.urls;
  await exchange[Symbol.asyncDispose]();
  const end = await connect(binance).ended;
  assertEquals([end.code, end.status], [1006, null]);
  assertMatch(end.reason, /tcp connect error/);
});

Deno.test("WebSocketClient passes on frames and the server's goodbye", async () => {
  await using exchange = await LocalExchange.start();
  const { socket, texts, opened, ended } = connect(`${exchange.urls.binance}/stream`);
  await opened;
  socket.send('{"method":"LIST_SUBSCRIPTIONS","id":3}');
  await exchange.when(() => exchange.counts.requests === 1);
  exchange.close(1012, "Service restart");
  assertEquals(await ended, { code: 1012, reason: "Service restart", status: null });
  assertEquals(texts, ['{"result":[],"id":3}']);
});

Deno.test("WebSocketClient tells a broken connection as 1006", async () => {
  await using exchange = await LocalExchange.start();
  const { opened, ended } = connect(exchange.urls.binance);
  await opened;
  exchange.drop();
  const end = await ended;
  assertEquals([end.code, end.status], [1006, null]);
});

Deno.test("WebSocketClient gives up a handshake that takes too long", async () => {
  await using exchange = await LocalExchange.start();
  exchange.handshakeDelayMs = 60_000;
  const end = await connect(exchange.urls.binance, { connectTimeoutMs: 50 }).ended;
  assertEquals(end, { code: 1006, reason: "No connection within 50 ms", status: null });
});

Deno.test("WebSocketClient.close() ends at once although the peer is frozen", async () => {
  await using exchange = await LocalExchange.start();
  const { socket, opened, ended } = connect(`${exchange.urls.binance}/stream`);
  await opened;
  await exchange.when(() => exchange.counts.open === 1);
  exchange.freeze();
  socket.close();
  socket.close();
  assertEquals(await ended, { code: 1000, reason: "Closed by us", status: null });
});

Deno.test("WebSocketClient ends a connection whose frame is too long", async () => {
  await using exchange = await LocalExchange.start();
  const { texts, opened, ended } = connect(exchange.urls.binance, { maxFrameChars: 10 });
  await opened;
  await exchange.when(() => exchange.counts.open === 1);
  exchange.say("0123456789", "0123456789a");
  const end = await ended;
  assertEquals([end.code, end.reason], [
    1009,
    "A frame has 11 characters: expected at most 10",
  ]);
  assertEquals(texts, ["0123456789"]);
});

Deno.test("WebSocketClient connects nowhere while the network is off", async () => {
  await using exchange = await LocalExchange.start();
  const { socket, ended } = connect(exchange.urls.binance, { isNetworkAllowed: false });
  socket.send("x");
  socket.close();
  const end = await ended;
  assertMatch(end.reason, /TOKENLYSIS_NETWORK is off/);
  assert(exchange.counts.connects === 0);
});
