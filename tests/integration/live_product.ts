import { healCandles } from "@/jobs/heal_candles.ts";
import { healRequest, JobSystem } from "@/jobs/mod.ts";
import { UuidFactory } from "@/services/kernel/ids.ts";
import {
  type AssetId,
  AssetRegistry,
  CandleHealer,
  type CandleStore,
  DemoGate,
  type FeedGap,
  type Interval,
  intervalMs,
  LiveBoard,
  LiveMarket,
  loadRegistry,
  seedRegistry,
} from "@/services/market/mod.ts";
import { MemoryBus } from "@/services/platform/bus/mod.ts";
import { FetchHttpClient } from "@/services/platform/fetch_http_client.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import { WebSocketClient } from "@/services/platform/web_socket_client.ts";
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
import { openTestDatabase } from "@/tests/database.ts";
import { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import type { TradedCandle } from "@/tests/exchange/traded_candles.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { noMetrics } from "@/tests/fakes/no_metrics.ts";
import type { WarpedTime } from "@/tests/fakes/warped_time.ts";

export const BTC = "bitcoin" as AssetId;
/** Half of every wait that is left to chance. */
const CHANCE = 0.5;
export const MARKETS = { binance: "BTCUSDT", coinbase: "BTC-USD" } as const;

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
  readonly log = new RecordingLog();
  readonly bus = new MemoryBus(this.log);
  /** What was to be healed, with the reasons. */
  readonly gaps: FeedGap[] = [];
  readonly store: CandleStore;
  readonly prices: SqlLivePriceStore;
  readonly board: LiveBoard;
  readonly gates: Outside["gates"];
  readonly #database: Database;
  readonly #jobs: JobSystem;
  readonly #live: LiveMarket;
  #beats = 0;
  #isBeating = false;

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
    const store = this.store = new SqlCandleStore(database, time);
    const demo = new DemoGate({ store, changes: database.changes, mode: "off", log });
    this.prices = new SqlLivePriceStore(database);
    this.board = new LiveBoard({ bus, store: this.prices, demo, log });
    const { prices } = this;
    const healer = new CandleHealer({ providers, store, bus, clock: time });
    const jobs = new JobSystem({
      ...shared,
      jobs: [healCandles({ healer })],
      store: new SqlJobStore(database, time),
      leases,
      wakers: [],
      random: () => CHANCE,
    });
    this.#jobs = jobs;
    this.#live = new LiveMarket({
      ...shared,
      timer: { after: (delayMs, run) => this.#planBeat(time, { delayMs, run }) },
      feeds: outside.feeds,
      mayFeed: () => Promise.resolve(true),
      store,
      prices,
      bus,
      leases,
      newId: () => ids.next(),
      heal: async (gap) => {
        this.gaps.push(gap);
        await jobs.enqueue(healRequest(gap));
      },
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
      random: () => CHANCE,
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

  /** Times that the live market went through its beat, in which it keeps its lease and stores. */
  get beats(): number {
    return this.#beats;
  }

  /** Whether it is between two beats. */
  get isResting(): boolean {
    return !this.#isBeating;
  }

  /** Whether a job runs. */
  get isWorking(): boolean {
    return this.#jobs.status().running.length > 0;
  }

  /** As the product stops when it is told to. */
  async stop(): Promise<void> {
    await Promise.all([this.#live.stop(), this.#jobs.stop()]);
    await this.gates.stop();
    this.board.stop();
    await this.bus[Symbol.asyncDispose]();
    await this.#database.close();
  }

  /** The live market plans a beat when the one before is over. */
  #planBeat(time: WarpedTime, { delayMs, run }: { delayMs: number; run: () => void }): () => void {
    this.#beats++;
    this.#isBeating = false;
    return time.after(delayMs, () => {
      this.#isBeating = true;
      run();
    });
  }
}

function urlsOf(venues: readonly Venue[], urlOf: (venue: Venue) => string) {
  return Object.fromEntries(venues.map((venue) => [venue.name, [urlOf(venue)]]));
}
