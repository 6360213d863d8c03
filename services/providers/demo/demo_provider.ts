import { DAY_MS, type UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/assets.ts";
import {
  bucketStart,
  CANDLE_COLUMNS,
  type CandleColumns,
  emptyColumns,
  type Interval,
  intervalMs,
} from "../../market/candle.ts";
import { deriveCandles } from "../../market/derive.ts";
import type {
  FeedEvent,
  FeedStatus,
  MarketProvider,
  MarketProviderCapabilities,
  ProviderCandles,
  SpotPrice,
  Tick,
  TimeRange,
} from "../../market/ports.ts";
import { DEMO_SOURCE } from "../../market/series_choice.ts";
import type { Clock, Timer } from "../../ports/mod.ts";
import { NO_CANDLES } from "../candle_rows.ts";
import { DailyWalk, FIRST_DAY } from "./daily_walk.ts";
import { DEMO_ASSETS } from "./demo_assets.ts";
import { BAR_MS, DemoPath } from "./demo_path.ts";

const FIRST_MS = FIRST_DAY * DAY_MS;
/** The whole market's move on a calm day, as a fraction. */
const MARKET_VOLATILITY = 0.016;
/** Each asset ticks once in so many turns. */
const TURNS = 4;
const TURN_MS = 400;
const DEFAULT_SEED = 20_200_101;
/**
 * A synthetic market that is the same on every machine: no price of it is real, and its source is
 * `demo` wherever it is shown. The bucket that holds the present is provisional.
 */
export class DemoProvider implements MarketProvider {
  readonly name = DEMO_SOURCE;
  readonly capabilities: MarketProviderCapabilities = {
    candles: ["5m", "15m", "1h", "4h", "1d", "1w"],
    spot: true,
    ticks: true,
  };
  /** The assets that it has prices for. */
  readonly assetIds: readonly AssetId[] = DEMO_ASSETS.map(({ assetId }) => assetId);
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #paths: ReadonlyMap<AssetId, DemoPath>;

  constructor({ clock, timer, seed = DEFAULT_SEED }: {
    clock: Clock;
    timer: Timer;
    seed?: number;
  }) {
    this.#clock = clock;
    this.#timer = timer;
    const market = new DailyWalk(seed, {
      name: "market",
      dailyVolatility: MARKET_VOLATILITY,
    });
    this.#paths = new Map(
      DEMO_ASSETS.map((asset) => [asset.assetId, new DemoPath(asset, { seed, market })]),
    );
  }

  candles(
    assetId: AssetId,
    { interval, range }: { interval: Interval; range: TimeRange },
  ): Promise<ProviderCandles> {
    const path = this.#paths.get(assetId);
    if (!path || !this.capabilities.candles.includes(interval)) return Promise.resolve(NO_CANDLES);
    const now = this.#clock.now();
    const from = nextBucket(Math.max(range.from, FIRST_MS), interval);
    const to = Math.min(now, nextBucket(range.to, interval));
    if (!(from < to)) return Promise.resolve(NO_CANDLES);
    const base = intervalMs(interval) >= DAY_MS ? "1d" : "5m";
    const parts = base === "1d" ? days(path, { from, to }) : bars(path, { from, to });
    const candles = interval === base
      ? parts
      : deriveCandles(parts, { from: base, to: interval }).candles;
    return Promise.resolve({ candles, quarantined: [] });
  }

  spot(assetIds: readonly AssetId[]): Promise<readonly SpotPrice[]> {
    const now = this.#clock.now();
    const index = Math.floor((now - FIRST_MS) / BAR_MS);
    const part = (now - FIRST_MS) / BAR_MS - index;
    return Promise.resolve(assetIds.flatMap((assetId) => {
      const path = this.#paths.get(assetId);
      if (!path || index < 0) return [];
      return { assetId, priceUsd: path.priceAt(index, part), asof: now, source: DEMO_SOURCE };
    }));
  }

  /**
   * A glimpse of every asset's path each second or two, a few of them at a time as markets have
   * it. They carry no quantity: the demo market's volumes are in its candles.
   */
  async *ticks(assetIds: readonly AssetId[], signal: AbortSignal): AsyncGenerator<FeedEvent> {
    const known = assetIds.filter((assetId) => this.#paths.has(assetId));
    yield { kind: "status", status: statusAt(this.#clock.now()) };
    for (let turn = 0; !signal.aborted && known.length > 0; turn++) {
      const some = known.filter((_, at) => (at + turn) % TURNS === 0);
      const spots = await this.spot(some);
      const ticks = spots.map((spot): Tick => ({
        assetId: spot.assetId,
        priceUsd: spot.priceUsd,
        quantity: 0,
        at: spot.asof,
        source: DEMO_SOURCE,
        tradeId: turn,
      }));
      if (ticks.length > 0) yield { kind: "ticks", ticks };
      await pause(this.#timer, { ms: TURN_MS, signal });
    }
  }
}

function statusAt(now: UtcMs): FeedStatus {
  return {
    venue: DEMO_SOURCE,
    state: "live",
    url: "",
    since: now,
    lastFrameAt: now,
    attempts: 0,
    reason: null,
    badFrames: 0,
  };
}

/** Waits, until the signal aborts at the latest. */
function pause(timer: Timer, { ms, signal }: { ms: number; signal: AbortSignal }): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = timer.after(ms, resolve);
    signal.addEventListener("abort", () => {
      cancel();
      resolve();
    }, { once: true });
  });
}

/** The first bucket that starts at or after `at`. */
function nextBucket(at: number, interval: Interval): number {
  const start = bucketStart(at, interval);
  return start === at ? start : start + intervalMs(interval);
}

/** Days from a midnight on; the one that `to` lies in as far as it has come. */
function days(path: DemoPath, { from, to }: { from: number; to: number }): CandleColumns {
  const whole = Math.floor((to - from) / DAY_MS);
  const today = from + whole * DAY_MS;
  const candles = emptyColumns(whole + (today < to ? 1 : 0));
  const firstDay = (from - FIRST_MS) / DAY_MS;
  for (let at = 0; at < whole; at++) path.writeDay(firstDay + at, { candles, at });
  if (today < to) {
    const parts = bars(path, { from: today, to });
    const { candles: open } = deriveCandles(parts, { from: "5m", to: "1d" });
    for (const name of CANDLE_COLUMNS) candles[name][whole] = open[name][0] ?? NaN;
  }
  return candles;
}

/** Bars from a bucket's start on; the one that `to` lies in as far as it has come. */
function bars(path: DemoPath, { from, to }: { from: number; to: number }): CandleColumns {
  const first = Math.floor((from - FIRST_MS) / BAR_MS);
  const count = Math.ceil((to - from) / BAR_MS);
  const candles = emptyColumns(count);
  for (let at = 0; at < count; at++) {
    const part = Math.min(1, (to - from) / BAR_MS - at);
    path.writeBar(first + at, { candles, at, part });
  }
  return candles;
}
