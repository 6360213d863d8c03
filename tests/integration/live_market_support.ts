import { DAY_MS, MINUTE_MS, SECOND_MS, utcMsOf } from "@/services/kernel/time.ts";
import {
  type Candle,
  candleAt,
  type CandleStore,
  type FeedStatus,
  freshnessOfLive,
  type Interval,
  LIVE_TOPICS,
  type LivePrice,
} from "@/services/market/mod.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import type { TradedCandle } from "@/tests/exchange/traded_candles.ts";
import { WarpedTime } from "@/tests/fakes/warped_time.ts";
import { BTC, LiveProduct, Venue } from "./live_product.ts";

export type { Venue } from "./live_product.ts";

export const BUCKET_MS = 5 * MINUTE_MS;
/** A bar takes trades until so long after its end. */
export const LATE_MS = 2 * MINUTE_MS;

/** Sums of floats may be added up in another order. */
const TOLERANCE = 1e-9;
const CHECK_EVERY_MS = 2;
/** Seconds of a scene in a second, while nothing is measured and while something is. */
const FAST = 10;
const SLOW = 2;
/** Looks at what is to be over: that many where it must be, and where a job may wait for more. */
const LOOKS = 50_000;
const LOOKS_AT_WORK = 50;
const HEALED_WITHIN_MS = 10 * SECOND_MS;
/** Shorter than what is left at least of the lease to feed, and than what counts as silence. */
const STEP_MS = 9 * SECOND_MS;

/** What is to be true within so much of the scene's time. */
interface Expectation {
  readonly what: string;
  readonly withinMs?: number;
}

/** Two exchanges and the product that follows both, with time that the test moves on. */
export class LiveScene implements AsyncDisposable {
  readonly time: WarpedTime;
  readonly binance: Venue;
  readonly coinbase: Venue;
  readonly #folder: string;
  readonly #wrongPrices: string[] = [];
  readonly #feeds: FeedStatus[] = [];
  #product: LiveProduct | null = null;
  /** Buckets before this are nobody's who began to listen in it. */
  readonly #knownFrom: number;

  private constructor(
    { time, folder, venues: [binance, coinbase] }: {
      time: WarpedTime;
      folder: string;
      venues: readonly [Venue, Venue];
    },
  ) {
    this.time = time;
    this.binance = binance;
    this.coinbase = coinbase;
    this.#folder = folder;
    this.#knownFrom = time.now() - time.now() % BUCKET_MS;
  }

  /** Exchanges that have traded already, and a product that is live. */
  static async start(from: number): Promise<LiveScene> {
    const time = new WarpedTime({ from, pace: FAST });
    const folder = await Deno.makeTempDir({ prefix: "tokenlysis_live_" });
    const now = () => time.now();
    const venues = [await Venue.start("binance", now), await Venue.start("coinbase", now)] as const;
    const scene = new LiveScene({ time, folder, venues });
    for (const venue of venues) venue.withhold(3);
    await scene.startProduct();
    return scene;
  }

  get venues(): readonly Venue[] {
    return [this.binance, this.coinbase];
  }

  get product(): LiveProduct {
    if (this.#product === null) throw new Error("The product is stopped");
    return this.#product;
  }

  /** Every state that a venue's feed was told to be in, since the start. */
  states(venue: Venue): readonly string[] {
    return this.#feeds.flatMap((feed) => feed.venue === venue.name ? feed.state : []);
  }

  async startProduct(): Promise<void> {
    this.#product = await LiveProduct.start(`${this.#folder}/live.db`, this);
    const { bus } = this.product;
    bus.subscribe(LIVE_TOPICS.prices, (payload) => this.#judge(JSON.parse(payload)));
    bus.subscribe(LIVE_TOPICS.feeds, (payload) => this.#feeds.push(...JSON.parse(payload)));
    await this.isLive();
  }

  async stopProduct(): Promise<void> {
    await this.product.stop();
    this.#product = null;
  }

  /** Resolves once the venues' feeds are live and their trades are the price. */
  async isLive(venues = this.venues): Promise<void> {
    for (const venue of venues) {
      await this.until(
        () => this.states(venue).at(-1) === "live" && venue.isFollowed,
        { what: `${venue.name} live` },
      );
    }
    await this.priceIs(venues);
  }

  /** Resolves once the price is the mean of the venues' last trades, which come now. */
  async priceIs(venues = this.venues): Promise<void> {
    for (const venue of venues) venue.trade();
    const trades = venues.flatMap(({ last }) => last ?? []);
    const mean = trades.reduce((sum, { price }) => sum + price, 0) / trades.length;
    const asof = Math.max(...trades.map(({ at }) => at));
    const what = `a price of ${mean} from ${venues.map(({ name }) => name).join(" and ")}`;
    await this.until(() => {
      const price = this.product.board.find(BTC);
      return price?.asof === asof && Math.abs(price.priceUsd - mean) <= TOLERANCE * mean;
    }, { what, withinMs: 5 * SECOND_MS });
    assertEquals(this.freshness, "live");
  }

  /** What the product says of its price: `stale` where it may not be the market's. */
  get freshness(): string {
    const price = this.product.board.find(BTC);
    return price === null ? "none" : freshnessOfLive(price, this.time.now());
  }

  /** For what is measured in less time than a fast scene gives a busy machine. */
  async inRealTime(run: () => Promise<void>): Promise<void> {
    this.time.run(1);
    await run();
    this.time.run(FAST);
  }

  /** Lets time pass in steps, up to an instant; at each of them both venues trade. */
  async passUntil(instant: number, { stepMs = STEP_MS } = {}): Promise<void> {
    this.time.run(1);
    while (this.time.now() < instant) {
      await poll(() => this.#product?.isResting ?? true);
      const beats = this.#product?.beats ?? 0;
      this.time.skip(Math.min(stepMs, instant - this.time.now()));
      for (const venue of this.venues) venue.trade();
      await Promise.all(this.venues.map((venue) => venue.delivered()));
      // Time that flies must not take the lease to feed, nor those of jobs that are under way.
      await poll(() => !this.#product || this.#product.beats > beats);
      await poll(() => !this.#product?.isWorking, LOOKS_AT_WORK);
    }
    this.time.run(FAST);
  }

  /** Resolves once `condition` holds. */
  async until(
    condition: () => boolean | Promise<boolean>,
    { what, withinMs = MINUTE_MS }: Expectation,
  ): Promise<void> {
    const deadline = this.time.now() + withinMs;
    while (!await condition()) {
      if (this.time.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
      await turn();
    }
  }

  /** The states of the 5 min candles of a venue that are closed by the clock, oldest first. */
  async closedStates(venue: Venue): Promise<readonly string[]> {
    const stored = await this.#stored(venue, "5m");
    return this.#closed(venue).map(({ openTime }) => stored.get(openTime)?.state ?? "missing");
  }

  /** What is wrong with what is stored and was told until now; nothing should ever be. */
  async wrong(): Promise<readonly string[]> {
    const wrong = [...this.#wrongPrices];
    for (const venue of this.venues) {
      for (const interval of ["5m", "1h"] as const) {
        const stored = await this.#stored(venue, interval);
        const truth = venue.candles(interval, this.#knownFrom, this.time.now());
        const byTime = new Map(truth.map((candle) => [candle.openTime, candle]));
        for (const candle of stored.values()) {
          if (candle.state === "provisional") continue;
          const made = byTime.get(candle.openTime);
          if (made && isSame(candle, made)) continue;
          wrong.push(`${venue.name} ${interval} ${Deno.inspect(candle)} of ${Deno.inspect(made)}`);
        }
      }
    }
    return wrong;
  }

  /** Resolves once every candle that is closed by the clock is closed and true, within 10 s. */
  async isHealed(): Promise<void> {
    // Of the 10 s none should be lost to a machine that is busy with something else.
    this.time.run(SLOW);
    await this.until(async () => {
      const states = await Promise.all(this.venues.map((venue) => this.closedStates(venue)));
      return states.flat().every((state) => state === "final" || state === "healed");
    }, { what: "every closed candle final or healed", withinMs: HEALED_WITHIN_MS });
    this.time.run(FAST);
    assertEquals(await this.wrong(), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#product) await this.stopProduct();
    for (const { name, exchange } of this.venues) {
      await exchange.when(() => exchange.counts.open === 0);
      assert(exchange.counts.mostOpen <= 1, `${name} had two sockets at once`);
    }
    await Promise.all(this.venues.map((venue) => venue[Symbol.asyncDispose]()));
    await Deno.remove(this.#folder, { recursive: true });
  }

  #closed(venue: Venue): readonly TradedCandle[] {
    const now = this.time.now();
    return venue.candles("5m", this.#knownFrom, now)
      .filter(({ openTime }) => openTime + BUCKET_MS + LATE_MS <= now);
  }

  #stored(venue: Venue, interval: Interval): Promise<ReadonlyMap<number, Candle>> {
    return storedCandles(this.product.store, { source: venue.name, interval });
  }

  /** A price must be made of trades that were made, none of them older than 10 s when it was. */
  #judge(prices: readonly LivePrice[]): void {
    for (const price of prices) {
      const { venues, priceUsd, asof } = price;
      const known = new Map(this.venues.map((venue) => [venue.name as string, venue]));
      const isMade = venues.length > 0 &&
        venues.every((part) => known.get(part.venue)?.hasMade(part) && asof - part.at <= 10_000);
      const mean = venues.reduce((sum, part) => sum + part.priceUsd, 0) / venues.length;
      const isMean = Math.abs(priceUsd - mean) <= TOLERANCE * mean;
      if (!isMade || !isMean) this.#wrongPrices.push(`price ${JSON.stringify(price)}`);
    }
  }
}

/** Every stored candle of bitcoin at a venue, by its opening time. */
export async function storedCandles(
  store: CandleStore,
  { source, interval }: { readonly source: string; readonly interval: Interval },
): Promise<ReadonlyMap<number, Candle>> {
  const series = await store.findSeries({ assetId: BTC, source, interval });
  if (series === null) return new Map();
  const range = { from: utcMsOf(0), to: utcMsOf((series.lastOpenTime ?? 0) + DAY_MS) };
  const columns = await store.listCandles(series.seriesId, { range, limit: series.rows });
  const candles = Array.from(columns.openTime, (_, at) => candleAt(columns, at));
  return new Map(candles.map((candle) => [candle.openTime, candle]));
}

/** Looks until `condition` holds, or so many times: a machine that is slow gets more time. */
async function poll(condition: () => boolean, limit = LOOKS): Promise<void> {
  for (let looks = 0; !condition() && looks < limit; looks++) await turn();
}

function turn(): Promise<void> {
  return new Promise((resolve) => systemTimer.after(CHECK_EVERY_MS, resolve));
}

/** Whether both say the same of a bucket, but for the rounding of their sums. */
export function isSame(ours: Candle, theirs: TradedCandle): boolean {
  return (["open", "high", "low", "close", "volume", "volumeUsd"] as const).every((name) => {
    const value = ours[name];
    // Not every venue's candles tell the volume in dollars.
    if (value === null) return name === "volumeUsd";
    return Math.abs(value - theirs[name]) <= TOLERANCE * theirs[name];
  });
}
