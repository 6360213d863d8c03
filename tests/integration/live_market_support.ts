import { healCandles } from "@/jobs/heal_candles.ts";
import { healRequest, JobSystem } from "@/jobs/mod.ts";
import { UuidFactory } from "@/services/kernel/ids.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import {
  type AssetId,
  AssetRegistry,
  type Candle,
  candleAt,
  CandleHealer,
  type CandleStore,
  type FeedStatus,
  freshnessOfLive,
  type Interval,
  intervalMs,
  LIVE_TOPICS,
  LiveBoard,
  LiveMarket,
  type LivePrice,
  loadRegistry,
  seedRegistry,
} from "@/services/market/mod.ts";
import { MemoryBus } from "@/services/platform/bus/mod.ts";
import { FetchHttpClient } from "@/services/platform/fetch_http_client.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import { WebSocketClient } from "@/services/platform/web_socket_client.ts";
import type { Clock, Timer } from "@/services/ports/mod.ts";
import { connectOutside, loadProviders, type Outside } from "@/services/providers/mod.ts";
import {
  type Database,
  SqlAssetStore,
  SqlCandleStore,
  SqlJobStore,
  SqlLeaseStore,
  SqlLivePriceStore,
  SqlProviderStateStore,
  SqlRawIngestStore,
} from "@/services/storage/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import type { TradedCandle } from "@/tests/exchange/traded_candles.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { noMetrics } from "@/tests/fakes/no_metrics.ts";

export const BTC = "bitcoin" as AssetId;
export const MARKETS = { binance: "BTCUSDT", coinbase: "BTC-USD" } as const;
export const BUCKET_MS = 5 * MINUTE_MS;
/** A bar takes trades until so long after its end. */
export const LATE_MS = 2 * MINUTE_MS;

/** Sums of floats may be added up in another order. */
const TOLERANCE = 1e-9;
const CHECK_EVERY_MS = 10;
/** Seconds of a scene in a second, while nothing is measured and while something is. */
const FAST = 10;
const SLOW = 2;
const HEALED_WITHIN_MS = 10 * SECOND_MS;
/** How often the product stores and tells prices. */
const BEAT_MS = 250;
/** Shorter than the lease to feed, and than what counts as silence. */
const STEP_MS = 12 * SECOND_MS;

interface Planned {
  readonly at: number;
  readonly run: () => void;
  cancel: () => void;
}

/** Time that runs `pace` times as fast as it does, and can be moved on at once. */
export class WarpedTime implements Clock, Timer {
  readonly #planned = new Set<Planned>();
  #pace: number;
  #from: number;
  #since = performance.now();

  constructor({ from, pace }: { readonly from: number; readonly pace: number }) {
    this.#from = from;
    this.#pace = pace;
  }

  now(): UtcMs {
    return utcMsOf(Math.floor(this.#from + (performance.now() - this.#since) * this.#pace));
  }

  after(delayMs: number, run: () => void): () => void {
    const planned: Planned = { at: this.now() + delayMs, run, cancel: () => {} };
    this.#planned.add(planned);
    this.#arm(planned);
    return () => {
      this.#planned.delete(planned);
      planned.cancel();
    };
  }

  /** Runs at another pace from now on. */
  run(pace: number): void {
    this.#restart({ from: this.now(), pace });
  }

  /** Moves on by `ms`; what falls due comes at once, in its order. */
  skip(ms: number): void {
    this.#restart({ from: this.now() + ms, pace: this.#pace });
  }

  #restart({ from, pace }: { from: number; pace: number }): void {
    this.#from = from;
    this.#pace = pace;
    this.#since = performance.now();
    for (const planned of [...this.#planned].sort((a, b) => a.at - b.at)) {
      planned.cancel();
      this.#arm(planned);
    }
  }

  #arm(planned: Planned): void {
    const delayMs = Math.max(0, (planned.at - this.now()) / this.#pace);
    planned.cancel = systemTimer.after(delayMs, () => {
      this.#planned.delete(planned);
      planned.run();
    });
  }
}

/** One exchange with one market, and everything it ever traded. */
export class Venue implements AsyncDisposable {
  readonly name: keyof typeof MARKETS;
  readonly market: string;
  readonly exchange: LocalExchange;
  readonly #made = new Set<string>();
  #last: { readonly price: number; readonly at: number } | null = null;

  private constructor(name: keyof typeof MARKETS, exchange: LocalExchange) {
    this.name = name;
    this.market = MARKETS[name];
    this.exchange = exchange;
  }

  static async start(name: keyof typeof MARKETS, now: () => number): Promise<Venue> {
    const exchange = await LocalExchange.start({ markets: [MARKETS[name]], now });
    return new Venue(name, exchange);
  }

  get last() {
    return this.#last;
  }

  get isFollowed(): boolean {
    return this.exchange.subscribed.has(this.market);
  }

  trade(count = 1): void {
    this.#keep(this.exchange.trade(Array(count).fill(this.market)));
  }

  /** Trades that only the venue's own candles tell of. */
  withhold(count = 1): void {
    this.#keep(this.exchange.withhold(Array(count).fill(this.market)));
  }

  /** Breaks the connection in the middle of the frame that tells of a trade. */
  tear(): void {
    this.#keep(this.exchange.tear(this.market));
  }

  hasMade({ priceUsd, at }: { readonly priceUsd: number; readonly at: number }): boolean {
    return this.#made.has(`${priceUsd} ${at}`);
  }

  /** The venue's own candles that opened in the time. */
  candles(interval: Interval, from: number, to: number): readonly TradedCandle[] {
    return this.exchange.candles.list(this.market, { stepMs: intervalMs(interval), from, to });
  }

  /** Resolves once the client has read everything that was sent, or is gone. */
  async delivered(): Promise<void> {
    const { pongs, open } = this.exchange.counts;
    this.exchange.ping();
    await this.exchange.when(() => {
      const { counts } = this.exchange;
      return counts.open < open || counts.pongs >= pongs + open;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.exchange[Symbol.asyncDispose]();
  }

  #keep(trades: ReturnType<LocalExchange["trade"]>): void {
    for (const { price, at } of trades) {
      this.#made.add(`${price} ${at}`);
      this.#last = { price, at };
    }
  }
}

/** The product's live market over real sockets, requests and a real database. */
export class LiveProduct {
  readonly bus = new MemoryBus();
  readonly log = new RecordingLog();
  readonly store: CandleStore;
  readonly prices: SqlLivePriceStore;
  readonly board: LiveBoard;
  readonly gates: Outside["gates"];
  readonly #database: Database;
  readonly #jobs: JobSystem;
  readonly #live: LiveMarket;

  private constructor(
    database: Database,
    { outside, time }: { readonly outside: Outside; readonly time: WarpedTime },
  ) {
    const { bus, log } = this;
    const shared = {
      clock: time,
      timer: time,
      log,
      metrics: noMetrics,
      owner: crypto.randomUUID(),
    };
    const leases = new SqlLeaseStore(database, time);
    const ids = new UuidFactory(() => time.now());
    const providers = outside.venues.map(({ provider }) => provider);
    this.#database = database;
    this.gates = outside.gates;
    this.store = new SqlCandleStore(database, time);
    this.prices = new SqlLivePriceStore(database);
    this.board = new LiveBoard({ bus, store: this.prices });
    const { store, prices } = this;
    const healer = new CandleHealer({ providers, store, bus, clock: time });
    const jobs = new JobSystem({
      ...shared,
      jobs: [healCandles({ healer })],
      store: new SqlJobStore(database, time),
      leases,
      wakers: [],
      random: () => 0,
    });
    this.#jobs = jobs;
    this.#live = new LiveMarket({
      ...shared,
      feeds: outside.feeds,
      store,
      prices,
      bus,
      leases,
      newId: () => ids.next(),
      heal: async (gap) => void await jobs.enqueue(healRequest(gap)),
    });
  }

  /** Starts on the database at `path`, which it makes where there is none. */
  static async start(
    path: string,
    { time, venues }: { readonly time: WarpedTime; readonly venues: readonly Venue[] },
  ): Promise<LiveProduct> {
    const database = await openTestDatabase({ path, clock: time });
    const registry = loadRegistry(await Deno.readTextFile("registry/assets.json"));
    await seedRegistry(registry, { store: new SqlAssetStore(database), clock: time });
    const outside = connectOutside({
      configs: loadProviders(await Deno.readTextFile("registry/providers.json"), {
        restUrls: urlsOf(venues, ({ exchange }) => exchange.urls.rest),
        streamUrls: urlsOf(venues, ({ name, exchange }) => exchange.urls[name]),
      }),
      http: (provider) => new FetchHttpClient({ provider, isNetworkAllowed: true }),
      sockets: new WebSocketClient({ timer: systemTimer, isNetworkAllowed: true }),
      state: new SqlProviderStateStore(database, time),
      raw: new SqlRawIngestStore(database),
      redis: null,
      assets: new AssetRegistry(registry).assets,
      venues: venues.map(({ name }) => name),
      liveAssetIds: [BTC],
      keys: {},
      clock: time,
      timer: time,
      random: () => 0,
      log: new RecordingLog(),
      metrics: noMetrics,
    });
    const product = new LiveProduct(database, { outside, time });
    await product.board.start();
    await product.gates.start();
    product.#jobs.start({ hasCron: false });
    product.#live.start();
    return product;
  }

  /** As the product stops when it is told to. */
  async stop(): Promise<void> {
    await Promise.all([this.#live.stop(), this.#jobs.stop()]);
    await this.gates.stop();
    this.board.stop();
    await this.bus[Symbol.asyncDispose]();
    await this.#database.close();
  }
}

function urlsOf(venues: readonly Venue[], urlOf: (venue: Venue) => string) {
  return Object.fromEntries(venues.map((venue) => [venue.name, [urlOf(venue)]]));
}

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
    const trades = venues.map(({ last }) => last?.price ?? NaN);
    const mean = trades.reduce((sum, price) => sum + price, 0) / trades.length;
    const what = `a price of ${mean} from ${venues.map(({ name }) => name).join(" and ")}`;
    await this.until(() => {
      const price = this.product.board.find(BTC);
      return Math.abs((price?.priceUsd ?? NaN) - mean) <= TOLERANCE * mean;
    }, { what, withinMs: 5 * SECOND_MS });
    assertEquals(this.freshness, "live");
  }

  /** What the product says of its price: `stale` where it may not be the market's. */
  get freshness(): string {
    const price = this.product.board.find(BTC);
    return price === null ? "none" : freshnessOfLive(price, this.time.now());
  }

  /** Lets time pass in steps, up to an instant; at each of them both venues trade. */
  async passUntil(instant: number, { stepMs = STEP_MS } = {}): Promise<void> {
    while (this.time.now() < instant) {
      this.time.skip(Math.min(stepMs, instant - this.time.now()));
      for (const venue of this.venues) venue.trade();
      await Promise.all(this.venues.map((venue) => venue.delivered()));
      await new Promise<void>((resolve) => this.time.after(BEAT_MS, resolve));
    }
  }

  /** Resolves once `condition` holds. */
  async until(
    condition: () => boolean | Promise<boolean>,
    { what, withinMs = MINUTE_MS }: Expectation,
  ): Promise<void> {
    const deadline = this.time.now() + withinMs;
    while (!await condition()) {
      if (this.time.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
      await new Promise<void>((resolve) => systemTimer.after(CHECK_EVERY_MS, resolve));
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

  async #stored(venue: Venue, interval: Interval): Promise<ReadonlyMap<number, Candle>> {
    const { store } = this.product;
    const series = await store.findSeries({ assetId: BTC, source: venue.name, interval });
    if (series === null) return new Map();
    const range = { from: utcMsOf(0), to: utcMsOf(this.time.now() + DAY_MS) };
    const columns = await store.listCandles(series.seriesId, { range, limit: series.rows });
    const candles = Array.from(columns.openTime, (_, at) => candleAt(columns, at));
    return new Map(candles.map((candle) => [candle.openTime, candle]));
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

function isSame(ours: Candle, theirs: TradedCandle): boolean {
  return (["open", "high", "low", "close", "volume", "volumeUsd"] as const).every((name) => {
    const value = ours[name];
    // Not every venue's candles tell the volume in dollars.
    if (value === null) return name === "volumeUsd";
    return Math.abs(value - theirs[name]) <= TOLERANCE * theirs[name];
  });
}
