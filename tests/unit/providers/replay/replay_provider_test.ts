import type { AssetId } from "@/services/market/assets.ts";
import type { FeedEvent } from "@/services/market/ports.ts";
import { binanceProtocol } from "@/services/providers/binance/stream_protocol.ts";
import { coinbaseProtocol } from "@/services/providers/coinbase/stream_protocol.ts";
import type { VenueProtocol } from "@/services/providers/exchange/protocol.ts";
import { ReplayProvider } from "@/services/providers/replay/replay_provider.ts";
import { assert, assertClose, assertEquals, assertRejects, assertThrows } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeTimer, settle } from "@/tests/fakes/timer.ts";
import { sharedData } from "@/tests/shared_data.ts";
import { collect, marketsFrom } from "../market_kit.ts";

const BITCOIN = "bitcoin" as AssetId;
const START = 1_637_045_345;
const COINBASE = sharedData("ws/coinbase_exchange_2021-04-17.jsonl.gz");
const NEVER = new AbortController().signal;

function tradeLine(second: number, tradeId: number, symbol = "BTCUSDT"): string {
  const at = (START + second) * 1000;
  const data = { e: "trade", E: at, s: symbol, t: tradeId, p: "100.5", q: "0.25", T: at };
  return JSON.stringify({ dir: "recv", ts: START + second, data: JSON.stringify(data) });
}

function connectLine(second: number): string {
  const url = "wss://stream.binance.com:9443/stream?streams=btcusdt@trade";
  return JSON.stringify({ dir: "connect", ts: START + second, url });
}

function bytesOf(lines: readonly string[], { isGzip = false } = {}) {
  const plain = new Blob([lines.join("\n")]).stream();
  return isGzip ? plain.pipeThrough(new CompressionStream("gzip")) : plain;
}

function build(lines: readonly string[], { speed = Infinity, isGzip = false } = {}) {
  const clock = new FakeClock();
  const timer = new FakeTimer(clock);
  const provider = new ReplayProvider({
    open: () => Promise.resolve(bytesOf(lines, { isGzip })),
    protocol: binanceProtocol({ urls: [] }),
    markets: marketsFrom({ bitcoin: "BTCUSDT", ethereum: "ETHUSDT" }),
    speed,
    clock,
    timer,
  });
  return { provider, clock, timer };
}

/** `status live`, `ticks 7,8`, `gap 1637045345000-1637045349000`. */
function told(events: readonly FeedEvent[]): readonly string[] {
  return events.map((event) => {
    if (event.kind === "status") return `status ${event.status.state}`;
    if (event.kind === "gap") return `gap ${event.gap.from}-${event.gap.to}`;
    return `ticks ${event.ticks.map(({ tradeId }) => tradeId).join(",")}`;
  });
}

Deno.test("ReplayProvider tells each trade of the assets asked for once, plain or gzip", async () => {
  const lines = [
    connectLine(0),
    '{"dir":"send","ts":1637045345,"data":"{}"}',
    tradeLine(1, 7),
    tradeLine(1, 7),
    tradeLine(1, 9, "ETHUSDT"),
    "",
    tradeLine(2, 8),
    tradeLine(3, 6),
  ];
  for (const isGzip of [false, true]) {
    const { provider } = build(lines, { isGzip });
    const events = await collect(provider.ticks([BITCOIN], NEVER));
    assertEquals(told(events), ["status live", "ticks 7", "ticks 8", "status silent"]);
    const [, first] = events;
    assert(first?.kind === "ticks");
    assertEquals(first.ticks.map((tick) => ({ ...tick, at: Number(tick.at) })), [{
      assetId: BITCOIN,
      priceUsd: 100.5,
      quantity: 0.25,
      at: (START + 1) * 1000,
      source: "binance",
      tradeId: 7,
    }]);
  }
});

Deno.test("ReplayProvider calls a second connection a gap, and counts what it cannot read", async () => {
  const lines = [
    connectLine(0),
    tradeLine(1, 7),
    "{half a li",
    '{"dir":"recv","ts":"noon","data":"{}"}',
    '{"dir":"recv","ts":1637045347,"data":"garbage"}',
    connectLine(9),
    tradeLine(10, 20),
  ];
  const events = await collect(build(lines).provider.ticks([BITCOIN], NEVER));
  assertEquals(told(events), [
    "status live",
    "ticks 7",
    "status live",
    `gap ${(START + 2) * 1000}-${(START + 9) * 1000}`,
    "ticks 20",
    "status silent",
  ]);
  const last = events.at(-1);
  assert(last?.kind === "status");
  assertEquals([last.status.badFrames, last.status.reason], [3, "The recording ended"]);
});

Deno.test("ReplayProvider keeps the pace of the recording times its speed", async () => {
  const lines = [connectLine(0), tradeLine(4, 1), tradeLine(10, 2)];
  for (const speed of [1, 2, 20]) {
    const { provider, timer } = build(lines, { speed });
    const seen: string[] = [];
    const done = (async () => {
      for await (const event of provider.ticks([BITCOIN], NEVER)) seen.push(...told([event]));
    })();
    await settle();
    assertEquals(seen, ["status live"]);
    assertEquals(timer.delays, [4000 / speed]);
    await timer.advance(4000 / speed);
    assertEquals(seen, ["status live", "ticks 1"]);
    assertEquals(timer.delays, [6000 / speed]);
    await timer.advance(6000 / speed);
    await done;
    assertEquals(seen.slice(2), ["ticks 2", "status silent"]);
  }
});

Deno.test("ReplayProvider ends at a signal, also while it waits, and leaves no timer", async () => {
  const { provider, timer } = build([connectLine(0), tradeLine(60, 1)], { speed: 1 });
  const stop = new AbortController();
  const events = collect(provider.ticks([BITCOIN], stop.signal));
  await settle();
  assertEquals(timer.delays, [60_000]);
  stop.abort();
  assertEquals(told(await events), ["status live"]);
  assertEquals(timer.delays, []);
});

Deno.test("ReplayProvider refuses a speed of 0 and more than 50 assets", async () => {
  for (const speed of [0, -1, NaN]) {
    assertThrows(() => build([], { speed }), { type: RangeError, pattern: /above 0/ });
  }
  const { provider } = build([]);
  const assetIds = Array.from({ length: 51 }, (_, index) => `asset-${index}` as AssetId);
  await assertRejects(() => collect(provider.ticks(assetIds, NEVER)), { type: RangeError });
});

Deno.test("ReplayProvider refuses a recording that is no text of lines", async () => {
  const long = ["x".repeat(16 * 1024 * 1024 + 1)];
  await assertRejects(() => collect(build(long).provider.ticks([BITCOIN], NEVER)), {
    type: RangeError,
    pattern: /lines above 16777216 characters/,
  });
  const clock = new FakeClock();
  const packed = await new Response(bytesOf([connectLine(0)], { isGzip: true })).bytes();
  const provider = new ReplayProvider({
    open: () => Promise.resolve(new Blob([packed.slice(0, -9)]).stream()),
    protocol: binanceProtocol({ urls: [] }),
    markets: marketsFrom({}),
    speed: Infinity,
    clock,
    timer: new FakeTimer(clock),
  });
  await assertRejects(() => collect(provider.ticks([], NEVER)), { type: TypeError });
});

Deno.test({
  name: "ReplayProvider gives the trades of half a recorded minute of Coinbase",
  ignore: COINBASE === null,
  async fn() {
    assert(COINBASE);
    const clock = new FakeClock();
    const protocol: VenueProtocol = coinbaseProtocol({ urls: [] });
    const provider = new ReplayProvider({
      open: async () => (await Deno.open(COINBASE)).readable,
      protocol,
      markets: marketsFrom({ skale: "SKL-USD", dash: "DASH-BTC" }),
      speed: Infinity,
      clock,
      timer: new FakeTimer(clock),
    });
    const events = await collect(provider.ticks(["skale" as AssetId], NEVER));
    const ticks = events.flatMap((event) => event.kind === "ticks" ? event.ticks : []);
    // Trades 1568268 to 1568319.
    assertEquals([ticks.length, ticks[0]?.tradeId, ticks.at(-1)?.tradeId], [
      52,
      1_568_268,
      1_568_319,
    ]);
    assertClose(ticks.reduce((sum, { quantity }) => sum + quantity, 0), 46_731.3);
  },
});
