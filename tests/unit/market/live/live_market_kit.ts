import { type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { LIVE_TOPICS, LiveMarket } from "@/services/market/mod.ts";
import type { AssetId, FeedEvent, FeedGap, LivePrice, Tick } from "@/services/market/mod.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import { assert } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { MemoryCandleStore } from "@/tests/fakes/memory_candle_store.ts";
import { MemoryLeases } from "@/tests/fakes/memory_leases.ts";
import { MemoryLivePrices } from "@/tests/fakes/memory_live_prices.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { RecordingMetrics } from "@/tests/fakes/metrics.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

export const START = Date.UTC(2026, 0, 1);
export const BITCOIN = "bitcoin" as AssetId;
/** So long after the start. */
export function at(ms: number): UtcMs {
  return utcMsOf(START + ms);
}

/** A feed that says what the test has it say. */
class FakeFeed {
  #send: ((event: FeedEvent) => void) | null = null;
  isOpen = false;

  async *ticks(_assets: readonly AssetId[], signal: AbortSignal): AsyncGenerator<FeedEvent> {
    const waiting: FeedEvent[] = [];
    let wake = () => {};
    this.#send = (event) => {
      waiting.push(event);
      wake();
    };
    signal.addEventListener("abort", () => wake());
    this.isOpen = true;
    while (!signal.aborted) {
      const event = waiting.shift();
      if (event) yield event;
      else await new Promise<void>((resolve) => wake = resolve);
    }
    this.isOpen = false;
  }

  send(event: FeedEvent): void {
    assert(this.#send, "The feed is not listened to");
    this.#send(event);
  }
}

/** A live market over stores in memory and a feed that the test plays. */
export function marketKit() {
  const clock = new FakeClock(START);
  const timer = new FakeTimer(clock);
  const bus = new MemoryBus(new RecordingLog());
  const store = new MemoryCandleStore(clock);
  const prices = new MemoryLivePrices();
  const leases = new MemoryLeases();
  const feed = new FakeFeed();
  const gaps: FeedGap[] = [];
  const published: LivePrice[][] = [];
  const permit = { isGiven: true };
  const queue = { isAway: false };
  const log = new RecordingLog();
  bus.subscribe(LIVE_TOPICS.prices, (payload) => published.push(JSON.parse(payload)));
  let ids = 0;
  const live = (owner = "one") =>
    new LiveMarket({
      feeds: [{ venue: "binance", assetIds: [BITCOIN], source: feed }],
      mayFeed: () => Promise.resolve(permit.isGiven),
      store,
      prices,
      bus,
      leases,
      owner,
      clock,
      timer,
      log,
      metrics: new RecordingMetrics(),
      newId: () => `held-${++ids}`,
      heal: (gap) => {
        if (queue.isAway) return Promise.reject(new Error("queue away"));
        gaps.push(gap);
        return Promise.resolve();
      },
    });
  /** A process that listens already. */
  const listen = async (owner?: string) => {
    const market = live(owner);
    market.start();
    await timer.advance(0);
    return market;
  };
  return {
    clock,
    timer,
    bus,
    store,
    prices,
    leases,
    feed,
    gaps,
    published,
    permit,
    queue,
    log,
    live,
    listen,
  };
}

export function tick(ms: number, priceUsd: number, { venue = "binance", quantity = 1 } = {}): Tick {
  return { assetId: BITCOIN, source: venue, at: at(ms), priceUsd, quantity, tradeId: ms };
}

export function ticks(...some: readonly Tick[]): FeedEvent {
  return { kind: "ticks", ticks: some };
}

/** The stored bars: open time since the start, close, volume, state. */
export async function candlesOf(store: MemoryCandleStore, interval: "5m" | "1h" | "1d" = "5m") {
  const series = await store.findSeries({ assetId: BITCOIN, source: "binance", interval });
  if (!series) return [];
  const range = { from: 0 as UtcMs, to: 8e15 as UtcMs };
  const { openTime, close, volume, state } = await store.listCandles(series.seriesId, {
    range,
    limit: 1_000,
  });
  return Array.from(openTime, (time, row) => [time - START, close[row], volume[row], state[row]]);
}
