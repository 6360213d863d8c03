import fc from "fast-check";
import {
  coinbaseProtocol,
  readCoinbaseFrame,
} from "@/services/providers/coinbase/stream_protocol.ts";
import type { VenueMessage } from "@/services/providers/exchange/protocol.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";
import { assertNeverUnsound, brokenFrames } from "../frame_fuzz.ts";
import { countBy, receivedFrames } from "../recorded_frames.ts";

const MATCH = '{"type":"match","trade_id":280232,"side":"sell","size":"985","price":"0.00001305",' +
  '"product_id":"SKL-BTC","sequence":177100030,"time":"2021-04-17T16:43:37.089723Z"}';
/** 2021-04-17T16:43:37.089Z: digits below a millisecond are cut. */
const MATCH_AT = 1_618_677_817_089;
const EXCHANGE = sharedData("ws/coinbase_exchange_2021-04-17.jsonl.gz");
const ADVANCED = sharedData("ws/coinbase_advanced_trade_2026-08-09.jsonl.gz");
const FIXTURES = sharedData("ws/exchange_fixture_messages.json");

Deno.test("readCoinbaseFrame reads a match", () => {
  const message = readCoinbaseFrame(MATCH);
  assert(message.kind === "trades");
  assertEquals(message.trades.map((trade) => ({ ...trade, at: Number(trade.at) })), [
    { market: "SKL-BTC", price: 0.00001305, quantity: 985, at: MATCH_AT, tradeId: 280_232 },
  ]);
});

Deno.test("readCoinbaseFrame takes a last match for news of the past, not for a trade", () => {
  const message = readCoinbaseFrame(MATCH.replace('"match"', '"last_match"'));
  assert(message.kind === "heartbeat");
  assertEquals({ ...message, at: Number(message.at) }, {
    kind: "heartbeat",
    market: "SKL-BTC",
    lastTradeId: 280_232,
    at: MATCH_AT,
  });
});

Deno.test("readCoinbaseFrame tells what is said besides trades", () => {
  const cases: readonly [frame: string, expected: unknown][] = [
    [
      '{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD",' +
      '"time":"2014-11-07T08:19:28.464459Z"}',
      { kind: "heartbeat", market: "BTC-USD", lastTradeId: 20, at: 1_415_348_368_464 },
    ],
    [
      '{"type":"subscriptions","channels":[{"name":"heartbeat","product_ids":["ETH-USD"]},' +
      '{"name":"matches","product_ids":["BTC-USD","ETH-USD"]}]}',
      { kind: "subscribed", markets: ["BTC-USD", "ETH-USD"] },
    ],
    ['{"type":"subscriptions","channels":[]}', { kind: "subscribed", markets: [] }],
    [
      '{"type":"error","message":"Failed to subscribe","reason":"FOO-USD is not a valid product"}',
      {
        kind: "refused",
        reason: "Failed to subscribe: FOO-USD is not a valid product",
        markets: ["FOO-USD"],
      },
    ],
    ['{"type":"error","message":"Too many requests"}', {
      kind: "refused",
      reason: "Too many requests",
      markets: [],
    }],
    ['{"type":"error"}', { kind: "refused", reason: "no reason given", markets: [] }],
    ['{"type":"ticker","product_id":"BTC-USD","price":"1","trade_id":7}', { kind: "ignored" }],
    ['{"type":"somethingNew"}', { kind: "ignored" }],
  ];
  for (const [frame, expected] of cases) {
    assertEquals<unknown>(readCoinbaseFrame(frame), expected, frame);
  }
});

Deno.test("readCoinbaseFrame calls bad what no trade can be, and says why", () => {
  const cases: readonly [change: Record<string, unknown>, reason: string][] = [
    [{ price: "NaN" }, 'Cannot read price "NaN"'],
    [{ price: "-3" }, 'Cannot read price "-3"'],
    [{ price: 5 }, "Cannot read price 5"],
    [{ size: "Infinity" }, 'Cannot read quantity "Infinity"'],
    [{ time: "yesterday" }, 'Cannot read time "yesterday"'],
    [{ time: "2021-02-31T00:00:00Z" }, 'Cannot read time "2021-02-31T00:00:00Z"'],
    [{ trade_id: "280232" }, 'Cannot read trade id "280232"'],
    [{ product_id: null }, "Cannot read market null"],
    [{ type: 4 }, "Cannot read type 4"],
    [{ type: "last_match", trade_id: null }, "Cannot read trade id null"],
    [{ type: "heartbeat", last_trade_id: 4, time: 5 }, "Cannot read time 5"],
    [{ type: "heartbeat", last_trade_id: 4, product_id: 5 }, "Cannot read market 5"],
  ];
  for (const [change, reason] of cases) {
    const frame = JSON.stringify({ ...JSON.parse(MATCH), ...change });
    assertEquals(readCoinbaseFrame(frame), { kind: "bad", reason }, frame);
  }
});

Deno.test("readCoinbaseFrame calls bad what is no JSON object with a type", () => {
  for (const frame of [...brokenFrames(MATCH), "[]", "{}"]) {
    assertEquals(readCoinbaseFrame(frame).kind, "bad", frame);
  }
});

Deno.test("readCoinbaseFrame never throws and never gives an unsound trade", () => {
  const field = fc.oneof(fc.string(), fc.double(), fc.integer(), fc.jsonValue());
  const event = fc.record({
    type: fc.constantFrom("match", "last_match", "heartbeat", "subscriptions", "error", 5),
    product_id: field,
    product_ids: field,
    channels: field,
    reason: field,
    trade_id: field,
    last_trade_id: field,
    price: fc.oneof(field, fc.double().map(String)),
    size: fc.oneof(field, fc.double().map(String)),
    time: fc.oneof(field, fc.date({ noInvalidDate: true }).map((date) => date.toISOString())),
  }, { requiredKeys: [] });
  assertNeverUnsound(readCoinbaseFrame, { event, frame: MATCH });
});

Deno.test("coinbaseProtocol asks for matches and heartbeats", () => {
  const protocol = coinbaseProtocol({ urls: ["ws://127.0.0.1:8082"] });
  assertEquals(protocol.urls, ["ws://127.0.0.1:8082"]);
  assertEquals(protocol.address("ws://127.0.0.1:8082", ["BTC-USD"]).href, "ws://127.0.0.1:8082/");
  assertEquals(protocol.subscribe(["BTC-USD"]), [
    '{"type":"subscribe","product_ids":["BTC-USD"],"channels":["matches","heartbeat"]}',
  ]);
  assertEquals(protocol.unsubscribe(["BTC-USD"]), [
    '{"type":"unsubscribe","product_ids":["BTC-USD"],"channels":["matches","heartbeat"]}',
  ]);
  assertEquals(protocol.subscribe([]), []);
});

Deno.test({
  name: "readCoinbaseFrame reads every frame of the recorded stream, each trade once",
  ignore: EXCHANGE === null,
  async fn() {
    assert(EXCHANGE);
    const messages = (await receivedFrames(EXCHANGE)).map(readCoinbaseFrame);
    // 600 l2update, 2 snapshot and 107 ticker frames; 10 last_match, one a product.
    assertEquals(countBy(messages, ({ kind }) => kind), {
      subscribed: 3,
      ignored: 709,
      heartbeat: 10,
      trades: 97,
    });
    const lastIds = new Map<string, number>();
    let turnover = 0;
    for (const message of messages) {
      if (message.kind === "heartbeat") lastIds.set(message.market, message.lastTradeId);
      if (message.kind !== "trades") continue;
      for (const { market, tradeId, price, quantity } of message.trades) {
        assertEquals(tradeId, (lastIds.get(market) ?? NaN) + 1, market);
        lastIds.set(market, tradeId);
        turnover += price * quantity;
      }
    }
    assertClose(turnover, 38_385.13877822353);
  },
});

Deno.test({
  name: "readCoinbaseFrame ignores the frames of Advanced Trade, which is another service",
  ignore: ADVANCED === null,
  async fn() {
    assert(ADVANCED);
    const messages = (await receivedFrames(ADVANCED)).map(readCoinbaseFrame);
    // 59 market_trades, 5 subscriptions, 6 candles, 160 ticker, 150 l2_data, 25 heartbeats.
    assertEquals(countBy(messages, ({ kind }) => kind), { ignored: 405 });
  },
});

Deno.test({
  name: "readCoinbaseFrame finds no trade in the fixtures of other services",
  ignore: FIXTURES === null,
  async fn() {
    assert(FIXTURES);
    const bodies: Readonly<Record<string, unknown>> = JSON.parse(await readSharedText(FIXTURES));
    const kinds = new Set(
      Object.values(bodies).map((body): VenueMessage["kind"] =>
        readCoinbaseFrame(JSON.stringify(body)).kind
      ),
    );
    assertEquals([...kinds].toSorted(), ["bad", "ignored"]);
  },
});
