import type { AssetId } from "@/services/market/assets.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "@/services/kernel/time.ts";
import type { FeedEvent } from "@/services/market/ports.ts";
import { binanceProtocol } from "@/services/providers/binance/stream_protocol.ts";
import { coinbaseProtocol } from "@/services/providers/coinbase/stream_protocol.ts";
import type { BadFrame } from "@/services/providers/exchange/bad_frames.ts";
import { ExchangeStream } from "@/services/providers/exchange/exchange_stream.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeSockets } from "@/tests/fakes/sockets.ts";
import { FakeTimer, settle } from "@/tests/fakes/timer.ts";
import { marketsFrom } from "../market_kit.ts";

const BTC = "bitcoin" as AssetId;
const ETH = "ethereum" as AssetId;
const URLS = ["wss://one.test", "wss://two.test"];
const SUBSCRIBED = { result: null, id: 1 };

/** A stream of Binance with its reader, at a clock and on sockets that the test moves. */
class Kit implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly timer = new FakeTimer(this.clock);
  readonly sockets = new FakeSockets();
  readonly log = new RecordingLog();
  readonly bad: BadFrame[] = [];
  readonly events: FeedEvent[] = [];
  readonly stream: ExchangeStream;
  readonly #abort = new AbortController();
  #reading: Promise<void> = Promise.resolve();

  constructor({ coinbase = false, urls = URLS } = {}) {
    this.stream = new ExchangeStream({
      protocol: coinbase ? coinbaseProtocol({ urls }) : binanceProtocol({ urls }),
      sockets: this.sockets,
      markets: marketsFrom(
        coinbase ? { [BTC]: "BTC-USD", [ETH]: "ETH-USD" } : { [BTC]: "BTCUSDT", [ETH]: "ETHUSDT" },
      ),
      clock: this.clock,
      timer: this.timer,
      random: () => 0.5,
      log: this.log,
      onBadFrame: (bad) => this.bad.push(bad),
    });
  }

  async start(assetIds: readonly AssetId[] = [BTC, ETH]): Promise<void> {
    this.#reading = this.#read(this.stream.ticks(assetIds, this.#abort.signal));
    await settle();
  }

  /** Starts, opens and goes live. */
  async live(): Promise<void> {
    await this.start();
    await this.answer();
  }

  async answer(): Promise<void> {
    this.sockets.last.opens();
    this.sockets.last.says(SUBSCRIBED);
    await settle();
  }

  trade(tradeId: number, market = "BTCUSDT") {
    return { e: "trade", s: market, t: tradeId, p: "2", q: "1", T: this.clock.now() };
  }

  /** States in their order, each with its reason. */
  get states(): readonly string[] {
    return this.events.flatMap((event) =>
      event.kind !== "status" ? [] : [
        event.status.reason === null
          ? event.status.state
          : `${event.status.state}: ${event.status.reason}`,
      ]
    );
  }

  get ids(): readonly number[] {
    return this.events.flatMap((event) =>
      event.kind === "ticks" ? event.ticks.map(({ tradeId }) => tradeId) : []
    );
  }

  get gaps(): readonly string[] {
    return this.events.flatMap((event) => event.kind === "gap" ? event.gap.reason : []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reading;
    await settle();
    assertEquals(this.timer.delays, [], "No timer is left behind");
    assert(this.sockets.all.every(({ hasEnded }) => hasEnded), "No socket is left behind");
    assert(this.sockets.mostAtOnce <= 1, "There were two sockets at once");
  }

  async #read(events: AsyncIterable<FeedEvent>): Promise<void> {
    for await (const event of events) this.events.push(event);
  }
}

Deno.test("ExchangeStream.ticks() subscribes, goes live and gives the trades", async () => {
  await using kit = new Kit();
  await kit.live();
  assertEquals(kit.sockets.last.url, "wss://one.test/stream");
  assertEquals(kit.sockets.last.sent.length, 1);
  kit.sockets.last.says(kit.trade(5), kit.trade(6));
  await settle();
  assertEquals(kit.states, ["connecting", "live"]);
  assertEquals(kit.events.at(-1), {
    kind: "ticks",
    ticks: [5, 6].map((tradeId) => ({
      assetId: BTC,
      priceUsd: 2,
      quantity: 1,
      at: kit.clock.now(),
      source: "binance",
      tradeId,
    })),
  });
});

Deno.test("ExchangeStream.ticks() refuses more than 50 assets", () => {
  const many = Array.from({ length: 51 }, (_, at) => `asset-${at}` as AssetId);
  const { stream } = new Kit();
  assertThrows(() => stream.ticks(many, new AbortController().signal), {
    type: RangeError,
    pattern: /51 assets: expected at most 50/,
  });
});

for (const url of ["https://one.test", "one.test"]) {
  Deno.test(`ExchangeStream refuses the address "${url}" before anything starts`, () => {
    assertThrows(() => new Kit({ urls: [URLS[0] ?? "", url] }), { type: TypeError });
  });
}

Deno.test("ExchangeStream.ticks() gives up a connection that is silent for 30 s", async () => {
  await using kit = new Kit();
  await kit.live();
  await kit.timer.advance(20 * SECOND_MS);
  kit.sockets.last.says(kit.trade(5));
  await kit.timer.advance(30 * SECOND_MS - 1);
  assertEquals(kit.sockets.all.length, 1);
  await kit.timer.advance(1);
  assertEquals(kit.states.at(-1), "silent: no readable frame for 30 s");
  await kit.timer.advance(SECOND_MS);
  assertEquals(kit.sockets.all.length, 2);
});

Deno.test("ExchangeStream.ticks() gives up a handshake that never ends", async () => {
  await using kit = new Kit();
  await kit.start();
  await kit.timer.advance(31 * SECOND_MS);
  assertEquals(kit.sockets.all.length, 2);
});

Deno.test("ExchangeStream.ticks() takes nothing but garbage for silence, and keeps some", async () => {
  await using kit = new Kit();
  await kit.live();
  for (let second = 0; second < 30; second++) {
    kit.sockets.last.says("{half a fra", "}");
    await kit.timer.advance(SECOND_MS);
  }
  assertEquals(kit.states.at(-1), "silent: no readable frame for 30 s");
  assertEquals(kit.bad.length, 10);
  const last = kit.events.at(-1);
  assertEquals(last?.kind === "status" && last.status.badFrames, 60);
});

Deno.test("ExchangeStream.ticks() backs off further with each failure, up to a minute", async () => {
  await using kit = new Kit();
  await kit.start();
  const waits: (number | undefined)[] = [];
  for (let attempt = 1; attempt <= 8; attempt++) {
    kit.sockets.last.end({ status: 503 });
    await settle();
    waits.push(kit.timer.delays[0]);
    await kit.timer.advance(kit.timer.delays[0] ?? 0);
  }
  assertEquals(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assertEquals(new Set(kit.sockets.all.map(({ url }) => new URL(url).host)).size, 2);
});

Deno.test("ExchangeStream.ticks() backs off from the start after a connection that worked", async () => {
  await using kit = new Kit();
  await kit.start();
  for (let attempt = 1; attempt <= 2; attempt++) {
    kit.sockets.last.end();
    await settle();
    await kit.timer.advance(kit.timer.delays[0] ?? 0);
  }
  await kit.answer();
  for (let half = 0; half < 3; half++) {
    kit.sockets.last.says(kit.trade(half + 1));
    await kit.timer.advance(25 * SECOND_MS);
  }
  kit.sockets.last.end();
  await settle();
  assertEquals(kit.timer.delays[0], 500);
});

Deno.test("ExchangeStream.ticks() goes to the next address after HTTP 451, at once", async () => {
  await using kit = new Kit();
  await kit.start();
  kit.sockets.last.end({ status: 451 });
  await settle();
  await kit.timer.advance(0);
  await kit.answer();
  assertEquals(kit.sockets.last.url, "wss://two.test/stream");
  assertEquals(kit.states.at(-1), "live");
});

Deno.test("ExchangeStream.ticks() rests for an hour where every address says 451", async () => {
  await using kit = new Kit();
  await kit.start();
  for (const _ of URLS) {
    kit.sockets.last.end({ status: 451 });
    await settle();
    await kit.timer.advance(0);
  }
  assertEquals(kit.states.at(-1), "unavailable: HTTP 451");
  await kit.timer.advance(HOUR_MS);
  assertEquals(kit.sockets.all.length, 2);
  await kit.timer.advance(HOUR_MS / 20);
  assertEquals(kit.sockets.all.map(({ url }) => new URL(url).host), [
    "one.test",
    "two.test",
    "one.test",
  ]);
});

Deno.test("ExchangeStream.ticks() waits a minute after HTTP 429, and longer each time", async () => {
  await using kit = new Kit();
  await kit.start();
  const waits: (number | undefined)[] = [];
  for (let time = 0; time < 3; time++) {
    kit.sockets.last.end({ status: 429 });
    await settle();
    waits.push(kit.timer.delays[0]);
    await kit.timer.advance(kit.timer.delays[0] ?? 0);
  }
  assertEquals(waits, [1, 2, 4].map((minutes) => minutes * MINUTE_MS * 1.125));
});

Deno.test("ExchangeStream.ticks() reconnects before the venue cuts, without a gap if none is", async () => {
  await using kit = new Kit();
  await kit.live();
  let id = 0;
  for (let waited = 0; waited < 23 * HOUR_MS; waited += 20 * SECOND_MS) {
    kit.sockets.last.says(kit.trade(++id), kit.trade(id, "ETHUSDT"));
    kit.clock.advance(20 * SECOND_MS);
  }
  await kit.timer.advance(0);
  assertEquals(kit.sockets.all.length, 2);
  assertEquals(kit.states.slice(-2), [
    "reconnecting: planned reconnect",
    "connecting: planned reconnect",
  ]);
  await kit.answer();
  kit.sockets.last.says(kit.trade(id + 1), kit.trade(id + 1, "ETHUSDT"));
  await kit.timer.advance(11 * SECOND_MS);
  assertEquals(kit.gaps, []);
  assertEquals(kit.states.at(-1), "live");
});

Deno.test("ExchangeStream.ticks() tells what a break cost, per asset", async () => {
  await using kit = new Kit();
  await kit.live();
  kit.sockets.last.says(kit.trade(5), kit.trade(50, "ETHUSDT"));
  kit.sockets.last.end();
  await settle();
  await kit.timer.advance(500);
  await kit.answer();
  kit.sockets.last.says(kit.trade(9));
  await kit.timer.advance(11 * SECOND_MS);
  assertEquals(kit.gaps, ["disconnected, trade ids 6 to 8 are missing", "disconnected"]);
  assertEquals(kit.ids, [5, 50, 9]);
});

Deno.test("ExchangeStream.ticks() tells trades that are missing, and counts repeated ones", async () => {
  await using kit = new Kit();
  await kit.live();
  kit.sockets.last.says(kit.trade(5), kit.trade(5), kit.trade(7));
  await kit.timer.advance(300);
  assertEquals(kit.gaps, ["trade id 6 is missing"]);
  assertEquals(kit.ids, [5, 7]);
  assertEquals(kit.stream.repeated, 1);
});

Deno.test("ExchangeStream.ticks() tells what a heartbeat of Coinbase is ahead of", async () => {
  await using kit = new Kit({ coinbase: true });
  await kit.start();
  kit.sockets.last.opens();
  const time = "2026-01-01T00:00:00.000000Z";
  const beat = { type: "heartbeat", product_id: "BTC-USD", sequence: 1, time };
  kit.sockets.last.says({ ...beat, last_trade_id: 20 }, { ...beat, last_trade_id: 22 });
  await kit.timer.advance(300);
  assertEquals(kit.gaps, ["trade ids 21 to 22 are missing"]);
  assertEquals(kit.states, ["connecting", "live"]);
});

Deno.test("ExchangeStream.ticks() asks again without a market that the venue refuses", async () => {
  await using kit = new Kit({ coinbase: true });
  await kit.start();
  kit.sockets.last.opens();
  kit.sockets.last.says({
    type: "error",
    message: "Failed to subscribe",
    reason: "ETH-USD is not a valid product",
  });
  assertEquals(kit.sockets.last.sent.map((frame) => JSON.parse(frame).product_ids), [
    ["BTC-USD", "ETH-USD"],
    ["BTC-USD"],
  ]);
  assertEquals(kit.log.lines[0]?.message, "venue refuses a subscription");
});

Deno.test("ExchangeStream.ticks() leaves a server that announces its shutdown", async () => {
  await using kit = new Kit();
  await kit.live();
  kit.sockets.last.says({ e: "serverShutdown", E: 1 });
  await settle();
  assert(kit.sockets.last.hasEnded);
  assertEquals(kit.states.at(-1), "reconnecting: The server announced its shutdown");
});

Deno.test("ExchangeStream.ticks() says so where the venue has none of the assets", async () => {
  await using kit = new Kit();
  await kit.start(["unknown" as AssetId]);
  assertEquals(kit.states, ["unavailable: The venue has none of the assets"]);
  assertEquals(kit.sockets.all.length, 0);
});

Deno.test("ExchangeStream.ticks() of a new set ends the earlier one, and never holds two sockets", async () => {
  await using kit = new Kit();
  await kit.live();
  const first = kit.sockets.last;
  const abort = new AbortController();
  const reading = Array.fromAsync(kit.stream.ticks([BTC], abort.signal));
  await settle();
  assert(first.hasEnded);
  assertEquals(kit.sockets.all.length, 2);
  assertEquals(kit.sockets.mostAtOnce, 1);
  abort.abort();
  await reading;
});

Deno.test("ExchangeStream.ticks() closes its socket when the reader leaves", async () => {
  await using kit = new Kit();
  const reading = (async () => {
    for await (const _ of kit.stream.ticks([BTC], new AbortController().signal)) break;
  })();
  await reading;
  await settle();
  assertEquals(kit.sockets.all.map(({ hasEnded }) => hasEnded), [true]);
});
