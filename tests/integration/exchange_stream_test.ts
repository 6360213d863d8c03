import type { AssetId } from "@/services/market/assets.ts";
import { SECOND_MS } from "@/services/kernel/time.ts";
import type { FeedEvent, Tick } from "@/services/market/ports.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import { WebSocketClient } from "@/services/platform/web_socket_client.ts";
import { binanceProtocol } from "@/services/providers/binance/stream_protocol.ts";
import { coinbaseProtocol } from "@/services/providers/coinbase/stream_protocol.ts";
import { ExchangeStream } from "@/services/providers/exchange/exchange_stream.ts";
import type { VenueProtocol } from "@/services/providers/exchange/protocol.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { LocalExchange, type Refusal } from "@/tests/exchange/local_exchange.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { WarpedTime } from "@/tests/fakes/warped_time.ts";
import { marketsFrom } from "@/tests/unit/providers/market_kit.ts";

const BTC = "bitcoin" as AssetId;
const DEADLINE_MS = 180_000;
/** Nearly stands still: what a busy machine takes is no silence of the venue. */
const PACE = 1 / 20;
const START = Date.UTC(2026, 0, 1);
/** Longer than trades are waited for that others came before. */
const REORDERED_MS = SECOND_MS;
/** Longer than the first wait for another connection. */
const BACK_OFF_MS = SECOND_MS;
const SILENT_MS = 31 * SECOND_MS;

type Venue = "binance" | "coinbase";
const MARKETS: Readonly<Record<Venue, string>> = { binance: "BTCUSDT", coinbase: "BTC-USD" };

/** A stream that reads a local exchange over real sockets, in time that the test moves on. */
class Kit implements AsyncDisposable {
  readonly exchange: LocalExchange;
  readonly market: string;
  readonly events: FeedEvent[] = [];
  readonly stream: ExchangeStream;
  readonly time: WarpedTime;
  readonly #abort = new AbortController();
  readonly #reading: Promise<void>;
  #wake = () => {};

  constructor(
    exchange: LocalExchange,
    { protocol, time }: { protocol: VenueProtocol; time: WarpedTime },
  ) {
    this.exchange = exchange;
    this.time = time;
    this.market = MARKETS[protocol.venue === "binance" ? "binance" : "coinbase"];
    this.stream = new ExchangeStream({
      protocol,
      sockets: new WebSocketClient({ timer: systemTimer, isNetworkAllowed: true }),
      markets: marketsFrom({ [BTC]: this.market }),
      clock: time,
      timer: time,
      random: () => 0.5,
      log: new RecordingLog(),
    });
    this.#reading = this.#read();
  }

  static async start(
    { venue = "binance", refusal = null }: { venue?: Venue; refusal?: Refusal | null } = {},
  ): Promise<Kit> {
    const time = new WarpedTime({ from: START, pace: PACE });
    const now = () => time.now();
    const exchange = await LocalExchange.start({ markets: [MARKETS[venue]], now });
    exchange.refusal = refusal;
    const { binance, coinbase } = exchange.urls;
    const protocol = venue === "binance"
      ? { ...binanceProtocol({ urls: [`${binance}/one`, `${binance}/`] }), address }
      : coinbaseProtocol({ urls: [coinbase] });
    return new Kit(exchange, { protocol, time });
  }

  /** Resolves once an event satisfies `condition`, counted from the first one. */
  async until(condition: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(DEADLINE_MS);
    while (!condition()) {
      assert(!late.aborted, `Nothing came in time: ${JSON.stringify(this.events.slice(-3))}`);
      await new Promise<void>((resolve) => {
        const stop = systemTimer.after(DEADLINE_MS, resolve);
        this.#wake = () => {
          stop();
          resolve();
        };
      });
    }
  }

  /** Resolves once the stream is live for the n-th time. */
  async live(times = 1): Promise<void> {
    await this.until(() => this.lives >= times);
    await this.exchange.when(() => this.exchange.subscribed.has(this.market));
  }

  /** Resolves once the stream lost its connection and is live on another. */
  async back(): Promise<void> {
    const { lives } = this;
    await this.until(() => this.states.at(-1) !== "live");
    await this.exchange.when(() => this.exchange.counts.open === 0);
    this.time.skip(BACK_OFF_MS);
    await this.live(lives + 1);
  }

  /** Moves time on, once the stream has read all that the exchange sent. */
  async pass(ms: number): Promise<void> {
    const { pongs } = this.exchange.counts;
    this.exchange.ping();
    await this.exchange.when(() => this.exchange.counts.pongs > pongs);
    this.time.skip(ms);
  }

  trade(count: number): void {
    this.exchange.trade(Array(count).fill(this.market));
  }

  get ticks(): readonly Tick[] {
    return this.events.flatMap((event) => event.kind === "ticks" ? event.ticks : []);
  }

  get ids(): readonly number[] {
    return this.ticks.map(({ tradeId }) => tradeId);
  }

  get gaps(): readonly string[] {
    return this.events.flatMap((event) => event.kind === "gap" ? event.gap.reason : []);
  }

  get states(): readonly string[] {
    return this.events.flatMap((event) => event.kind === "status" ? event.status.state : []);
  }

  /** How often it became live; it says several times that it still is. */
  get lives(): number {
    const { states } = this;
    return states.filter((state, at) => state === "live" && states[at - 1] !== "live").length;
  }

  get reasons(): readonly string[] {
    return this.events.flatMap((event) => event.kind === "status" ? event.status.reason ?? [] : []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reading;
    await this.exchange.when(() => this.exchange.counts.open === 0);
    assert(this.exchange.counts.mostOpen <= 1, "There were two sockets at once");
    await this.exchange[Symbol.asyncDispose]();
  }

  async #read(): Promise<void> {
    for await (const event of this.stream.ticks([BTC], this.#abort.signal)) {
      this.events.push(event);
      this.#wake();
    }
  }
}

/** Keeps the base's path before the stream's, so that one address can be refused. */
function address(base: string): URL {
  const { pathname, origin } = new URL(base);
  return new URL(pathname === "/one" ? "/stream/one" : "/stream", origin);
}

for (const venue of ["binance", "coinbase"] as const) {
  Deno.test(`ExchangeStream of ${venue} gives every trade once and in order, whatever the noise`, async () => {
    await using kit = await Kit.start({ venue });
    await kit.live();
    kit.trade(1);
    kit.exchange.faults = { repeatEvery: 3, swapEvery: 5, withholdEvery: 0, garbageEvery: 7 };
    kit.trade(1_000);
    kit.exchange.faults = { repeatEvery: 0, swapEvery: 0, withholdEvery: 0, garbageEvery: 0 };
    kit.trade(1);
    await kit.until(() => kit.ids.length >= 1_002);
    assertEquals(kit.ids, Array.from({ length: 1_002 }, (_, at) => 1_001 + at));
    assertEquals(kit.gaps, []);
    assert(kit.stream.repeated > 300);
  });

  Deno.test(`ExchangeStream of ${venue} tells withheld trades as a gap`, async () => {
    await using kit = await Kit.start({ venue });
    await kit.live();
    kit.trade(2);
    kit.exchange.withhold([kit.market, kit.market]);
    kit.trade(1);
    await kit.pass(REORDERED_MS);
    await kit.until(() => kit.gaps.length > 0 && kit.ids.length === 3);
    assertEquals(kit.gaps, ["trade ids 1003 to 1004 are missing"]);
    assertEquals(kit.ids, [1001, 1002, 1005]);
  });

  const breaks: readonly { name: string; run: (exchange: LocalExchange) => void }[] = [
    { name: "a broken connection", run: (exchange) => exchange.drop() },
    { name: "code 1000", run: (exchange) => exchange.close(1000) },
    { name: "code 1012", run: (exchange) => exchange.close(1012, "Service restart") },
  ];
  for (const { name, run } of breaks) {
    Deno.test(`ExchangeStream of ${venue} comes back after ${name} and tells what it missed`, async () => {
      await using kit = await Kit.start({ venue });
      await kit.live();
      kit.trade(2);
      await kit.until(() => kit.ids.length === 2);
      kit.exchange.withhold([kit.market]);
      run(kit.exchange);
      await kit.back();
      kit.trade(1);
      await kit.pass(REORDERED_MS);
      await kit.until(() => kit.ids.length === 3);
      assertEquals(kit.gaps, ["disconnected, trade id 1003 is missing"]);
      assertEquals(kit.ids, [1001, 1002, 1004]);
    });
  }
}

Deno.test("ExchangeStream goes to the next address where the first answers 451", async () => {
  await using kit = await Kit.start({ refusal: { status: 451, path: "/stream/one" } });
  await kit.live();
  assertEquals(kit.exchange.counts.refused, 1);
  assert(kit.reasons.includes("HTTP 451"));
});

Deno.test("ExchangeStream rests where every address answers 451", async () => {
  await using kit = await Kit.start({ refusal: { status: 451 } });
  await kit.until(() => kit.states.includes("unavailable"));
  assertEquals(kit.exchange.counts.refused, 2);
});

Deno.test("ExchangeStream does not come back at once after 429", async () => {
  await using kit = await Kit.start({ refusal: { status: 429, retryAfterS: 7 } });
  await kit.until(() => kit.reasons.includes("HTTP 429"));
  assertEquals(kit.exchange.counts.refused, 1);
});

Deno.test("ExchangeStream tries again after 503", async () => {
  await using kit = await Kit.start({ refusal: { status: 503 } });
  await kit.until(() => kit.reasons.includes("HTTP 503"));
  kit.exchange.refusal = null;
  kit.time.skip(BACK_OFF_MS);
  await kit.live();
  assert(kit.exchange.counts.refused > 0);
  assertEquals(kit.exchange.counts.connects, 1);
});

Deno.test("ExchangeStream leaves a server that announces its shutdown", async () => {
  await using kit = await Kit.start();
  await kit.live();
  kit.exchange.announceShutdown();
  await kit.back();
  assertEquals(kit.exchange.counts.connects, 2);
});

Deno.test("ExchangeStream answers pings", async () => {
  await using kit = await Kit.start();
  await kit.live();
  kit.exchange.ping();
  kit.trade(1);
  await kit.until(() => kit.ids.length === 1);
  kit.exchange.close(1000);
  await kit.back();
  assertEquals(kit.exchange.counts.pongs, 1);
});

Deno.test("ExchangeStream leaves a peer that froze with its connection open", async () => {
  await using kit = await Kit.start();
  await kit.live();
  kit.trade(1);
  await kit.until(() => kit.ids.length === 1);
  kit.exchange.freeze();
  kit.exchange.withhold([kit.market]);
  kit.time.skip(SILENT_MS);
  await kit.back();
  kit.trade(1);
  await kit.pass(REORDERED_MS);
  await kit.until(() => kit.ids.length === 2);
  assert(kit.reasons.includes("no readable frame for 30 s"));
  assertEquals(kit.gaps, ["disconnected, trade id 1002 is missing"]);
});

Deno.test("ExchangeStream takes nothing but garbage for silence", async () => {
  await using kit = await Kit.start();
  await kit.live();
  kit.exchange.say("{half a fra", "\u0000", "[", "{}}");
  await kit.pass(SILENT_MS);
  await kit.back();
  assert(kit.reasons.includes("no readable frame for 30 s"));
  assertEquals(kit.exchange.counts.mostOpen, 1);
});
