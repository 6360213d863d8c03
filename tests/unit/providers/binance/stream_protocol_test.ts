import fc from "fast-check";
import { binanceProtocol, readBinanceFrame } from "@/services/providers/binance/stream_protocol.ts";
import type { VenueMessage, VenueTrade } from "@/services/providers/exchange/protocol.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";
import { assertNeverUnsound, brokenFrames } from "../frame_fuzz.ts";
import { countBy, receivedFrames } from "../recorded_frames.ts";

const TRADE = '{"stream":"btcusdt@trade","data":{"e":"trade","E":1637045345408,"s":"BTCUSDT",' +
  '"t":1147021583,"p":"60820.04000000","q":"0.00075000","T":1637045345407,"m":false,"M":true}}';
const FUTURES = sharedData("ws/binance_futures_combined_2021-07-22.jsonl.gz");
const SPOT = sharedData("ws/binance_spot_combined_2021-10-12.jsonl.gz");
const SINGLE = sharedData("ws/binance_single_frames.json");
const DOCUMENTED = sharedData("ws/binance_documented_messages.json");
const FIXTURES = sharedData("ws/exchange_fixture_messages.json");

function tradesOf(messages: readonly VenueMessage[]): readonly VenueTrade[] {
  return messages.flatMap((message) => message.kind === "trades" ? message.trades : []);
}

Deno.test("readBinanceFrame reads a trade of a combined and of a raw stream alike", () => {
  const trade = {
    market: "BTCUSDT",
    price: 60_820.04,
    quantity: 0.00075,
    at: 1_637_045_345_407,
    tradeId: 1_147_021_583,
  };
  const raw = JSON.stringify(JSON.parse(TRADE).data);
  for (const frame of [TRADE, raw]) {
    const message = readBinanceFrame(frame);
    assert(message.kind === "trades");
    assertEquals(message.trades.map((each) => ({ ...each, at: Number(each.at) })), [trade]);
  }
});

Deno.test("readBinanceFrame numbers aggregates by their own ids", () => {
  const frame = '{"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.001","q":"100",' +
    '"f":100,"l":105,"T":1672515782136,"m":true,"M":true}';
  const message = readBinanceFrame(frame);
  assert(message.kind === "trades");
  assertEquals(message.trades[0]?.tradeId, 12_345);
});

Deno.test("readBinanceFrame tells what is said besides trades", () => {
  const cases: readonly [frame: string, expected: VenueMessage][] = [
    ['{"result":null,"id":1}', { kind: "subscribed", markets: [] }],
    ['{"result":null,"id":2}', { kind: "ignored" }],
    ['{"result":["btcusdt@trade"],"id":3}', { kind: "subscribed", markets: ["BTCUSDT"] }],
    ['{"e":"serverShutdown","E":1770123456789}', {
      kind: "closing",
      reason: "The server announced its shutdown",
    }],
    ['{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}', {
      kind: "closing",
      reason: "The server announced its shutdown",
    }],
    ['{"error":{"code":2,"msg":"Invalid request"},"id":1}', {
      kind: "refused",
      reason: '2 "Invalid request"',
      markets: [],
    }],
    ['{"code":0,"msg":"Unknown property"}', {
      kind: "refused",
      reason: '0 "Unknown property"',
      markets: [],
    }],
    ['{"e":"somethingNew","s":"BTCUSDT"}', { kind: "ignored" }],
    ['{"stream":"!miniTicker@arr","data":[{}]}', { kind: "ignored" }],
  ];
  for (const [frame, expected] of cases) assertEquals(readBinanceFrame(frame), expected, frame);
});

Deno.test("readBinanceFrame calls bad what no trade can be, and says why", () => {
  const cases: readonly [change: Record<string, unknown>, reason: string][] = [
    [{ p: "NaN" }, 'Cannot read price "NaN"'],
    [{ p: "-1.0" }, 'Cannot read price "-1.0"'],
    [{ p: "0" }, 'Cannot read price "0"'],
    [{ p: "" }, 'Cannot read price ""'],
    [{ p: "0x10" }, 'Cannot read price "0x10"'],
    [{ p: "1e400" }, 'Cannot read price "1e400"'],
    [{ p: "1000000000000000000000" }, 'Cannot read price "1000000000000000000000"'],
    [{ p: 60820.04 }, "Cannot read price 60820.04"],
    [{ p: undefined }, "Cannot read price nothing"],
    [{ q: "0.00" }, 'Cannot read quantity "0.00"'],
    [{ q: null }, "Cannot read quantity null"],
    [{ T: "1637045345407" }, 'Cannot read time "1637045345407"'],
    [{ T: 1_637_045_345_407_123 }, "Cannot read time 1637045345407123"],
    [{ T: -5 }, "Cannot read time -5"],
    [{ t: 1.5 }, "Cannot read trade id 1.5"],
    [{ t: -1 }, "Cannot read trade id -1"],
    [{ s: "" }, 'Cannot read market ""'],
    [{ s: { x: 1 } }, 'Cannot read market {"x":1}'],
    [{ e: 5 }, "Cannot read event type 5"],
  ];
  const sound = JSON.parse(TRADE).data;
  for (const [change, reason] of cases) {
    const frame = JSON.stringify({ stream: "btcusdt@trade", data: { ...sound, ...change } });
    assertEquals(readBinanceFrame(frame), { kind: "bad", reason }, frame);
  }
});

Deno.test("readBinanceFrame calls bad what is no JSON object", () => {
  for (const frame of brokenFrames(TRADE)) assertEquals(readBinanceFrame(frame).kind, "bad", frame);
});

Deno.test("readBinanceFrame never throws and never gives an unsound trade", () => {
  const field = fc.oneof(fc.string(), fc.double(), fc.integer(), fc.jsonValue());
  const event = fc.record({
    e: fc.constantFrom("trade", "aggTrade", "kline", 5),
    s: field,
    t: field,
    a: field,
    p: fc.oneof(field, fc.double().map(String)),
    q: fc.oneof(field, fc.double().map(String)),
    T: field,
  }, { requiredKeys: [] });
  assertNeverUnsound(readBinanceFrame, { event, frame: TRADE });
});

Deno.test("binanceProtocol asks for trades by a frame at the combined stream", () => {
  const protocol = binanceProtocol({ urls: ["wss://stream.binance.com:9443"] });
  assertEquals(protocol.urls, ["wss://stream.binance.com:9443"]);
  assertEquals(protocol.subscribe(["BTCUSDT", "ETHUSDT"]), [
    '{"method":"SUBSCRIBE","params":["btcusdt@trade","ethusdt@trade"],"id":1}',
  ]);
  assertEquals(protocol.unsubscribe(["BTCUSDT"]), [
    '{"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":2}',
  ]);
  assertEquals(protocol.subscribe([]), []);
  for (
    const [base, address] of [
      ["wss://stream.binance.com:9443", "wss://stream.binance.com:9443/stream"],
      ["wss://stream.binance.com:9443/ws", "wss://stream.binance.com:9443/stream"],
      ["ws://127.0.0.1:8081/stream/", "ws://127.0.0.1:8081/stream"],
      ["ws://127.0.0.1:8081/binance/", "ws://127.0.0.1:8081/binance/stream"],
    ] as const
  ) assertEquals(protocol.address(base, ["BTCUSDT"]).href, address);
});

Deno.test({
  name: "readBinanceFrame reads every frame of the recorded futures stream",
  ignore: FUTURES === null,
  async fn() {
    assert(FUTURES);
    const messages = (await receivedFrames(FUTURES)).map(readBinanceFrame);
    // 613 bookTicker, 150 depthUpdate and 67 kline frames.
    assertEquals(countBy(messages, ({ kind }) => kind), { ignored: 830, trades: 91 });
    const trades = tradesOf(messages);
    assertClose(
      trades.reduce((sum, { price, quantity }) => sum + price * quantity, 0),
      37_718.22059,
    );
    assertEquals(holes(trades), 0);
  },
});

Deno.test({
  name: "readBinanceFrame reads every frame of the recorded spot stream",
  ignore: SPOT === null,
  async fn() {
    assert(SPOT);
    const messages = (await receivedFrames(SPOT)).map(readBinanceFrame);
    // 177 depthUpdate, 84 bookTicker and 2 kline frames.
    assertEquals(countBy(messages, ({ kind }) => kind), { ignored: 263, trades: 2 });
  },
});

Deno.test({
  name: "readBinanceFrame reads each of the single frames as it was quoted",
  ignore: SINGLE === null,
  async fn() {
    assert(SINGLE);
    const { frames } = JSON.parse(await readSharedText(SINGLE));
    const messages = frames.map(({ raw }: { raw: string }) => readBinanceFrame(raw));
    // 20 trade and 1 aggTrade; 5 kline and 4 24hrTicker.
    assertEquals(countBy<VenueMessage>(messages, ({ kind }) => kind), { trades: 21, ignored: 9 });
  },
});

Deno.test({
  name: "readBinanceFrame reads each documented message",
  ignore: DOCUMENTED === null,
  async fn() {
    assert(DOCUMENTED);
    const samples: readonly { section: string; label: string; body: unknown }[] = JSON.parse(
      await readSharedText(DOCUMENTED),
    );
    const kinds = samples.map(({ section, body }) =>
      [section, readBinanceFrame(JSON.stringify(body)).kind] as const
    );
    assertEquals(kinds.filter(([, kind]) => kind !== "ignored"), [
      ["Server Shutdown", "closing"],
      ["Server Shutdown", "closing"],
      ["Subscribe to a stream", "subscribed"],
      ["Listing Subscriptions", "subscribed"],
      ["Aggregate Trade Streams", "trades"],
      ["Trade Streams", "trades"],
    ]);
  },
});

Deno.test({
  name: "readBinanceFrame reads the stream messages of other projects' fixtures",
  ignore: FIXTURES === null,
  async fn() {
    assert(FIXTURES);
    const bodies: Readonly<Record<string, unknown>> = JSON.parse(await readSharedText(FIXTURES));
    const kinds = Object.entries(bodies).flatMap(([path, body]) => {
      const { kind } = readBinanceFrame(JSON.stringify(body));
      return kind === "ignored" ? [] : [[path.split("/").at(-1), kind]];
    });
    assertEquals(kinds.filter(([, kind]) => kind === "bad"), []);
    assertEquals(kinds, [
      ["agg_trade_stream.json", "trades"],
      ["trade_stream.json", "trades"],
      ["ws_spot_agg_trade.json", "trades"],
      ["ws_spot_trade.json", "trades"],
    ]);
  },
});

/** Places where a market's ids do not follow one another. */
function holes(trades: readonly VenueTrade[]): number {
  const last = new Map<string, number>();
  return trades.filter(({ market, tradeId }) => {
    const before = last.get(market);
    last.set(market, tradeId);
    return before !== undefined && tradeId !== before + 1;
  }).length;
}
