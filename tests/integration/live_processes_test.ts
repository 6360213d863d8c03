import { Secret } from "@/services/kernel/secret.ts";
import { MINUTE_MS, SECOND_MS } from "@/services/kernel/time.ts";
import type { CandleStore } from "@/services/market/mod.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import {
  type Database,
  openDatabase,
  SqlCandleStore,
  SqlLivePriceStore,
} from "@/services/storage/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { EventReader, type ReadEvent } from "@/tests/e2e/event_reader.ts";
import { type Product, startProduct } from "@/tests/e2e/product.ts";
import { ShiftedClock } from "@/tests/e2e/shifted_clock.ts";
import { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";
import { findRedis } from "@/tests/redis.ts";
import { startUpstash } from "@/tests/upstash.ts";
import { build } from "@/tools/build.ts";
import { BUCKET_MS, isSame, LATE_MS, storedCandles } from "./live_market_support.ts";

const MARKET = "BTCUSDT";
const LEASE_MS = 15 * SECOND_MS;
const TRADES_PER_SECOND = 50;
/** What is waited for comes on every machine, at last: the limit only ends what never comes. */
const LIMIT_MS = 180 * SECOND_MS;
const HEALED_WITHIN_MS = 10 * SECOND_MS;
const ASK_EVERY_MS = 20;

/** What two processes share. */
interface Shared extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

const kinds: readonly {
  readonly name: string;
  readonly ignore: boolean;
  /** Whether a process that does not feed hears what the other makes. */
  readonly isHeard: boolean;
  share(dataDir: string): Promise<Shared>;
}[] = [
  {
    name: "SQLite",
    ignore: false,
    isHeard: false,
    share: (dataDir) =>
      Promise.resolve({
        databaseUrl: sqliteIn(dataDir),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  },
  {
    name: "SQLite and Redis",
    ignore: findRedis() === null,
    isHeard: true,
    async share(dataDir) {
      const redis = await startUpstash();
      const { url: TOKENLYSIS_REDIS_REST_URL, token: TOKENLYSIS_REDIS_REST_TOKEN } = redis;
      return {
        databaseUrl: sqliteIn(dataDir),
        env: { TOKENLYSIS_REDIS_REST_URL, TOKENLYSIS_REDIS_REST_TOKEN },
        [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
      };
    },
  },
  {
    name: "PostgreSQL",
    ignore: findPostgres() === null,
    isHeard: true,
    async share() {
      const server = await startPostgres();
      return {
        databaseUrl: await server.createDatabase(),
        [Symbol.asyncDispose]: () => server.stop(),
      };
    },
  },
];

function sqliteIn(dataDir: string): string {
  return `sqlite:${dataDir}/live.db`;
}

/** An exchange and processes that share what they store. */
class Place implements AsyncDisposable {
  readonly exchange: LocalExchange;
  readonly dataDir: string;
  readonly #shared: Shared;
  readonly #clock: ShiftedClock;
  readonly #products: Product[] = [];
  #aheadMs = 0;

  private constructor(
    exchange: LocalExchange,
    { dataDir, shared, clock }: { dataDir: string; shared: Shared; clock: ShiftedClock },
  ) {
    this.exchange = exchange;
    this.dataDir = dataDir;
    this.#shared = shared;
    this.#clock = clock;
  }

  static async start(share: (dataDir: string) => Promise<Shared>): Promise<Place> {
    await build({ ifStale: true });
    const clock = new ShiftedClock();
    const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis_live_processes_" });
    const exchange = await LocalExchange.start({ markets: [MARKET], now: () => clock.now() });
    return new Place(exchange, { dataDir, shared: await share(dataDir), clock });
  }

  /** Another process that serves the product. */
  async serve(): Promise<Product> {
    const { binance, rest } = this.exchange.urls;
    const product = await startProduct({
      dataDir: this.dataDir,
      aheadMs: this.#aheadMs,
      env: {
        TOKENLYSIS_NETWORK: "on",
        TOKENLYSIS_DEMO: "off",
        TOKENLYSIS_LIVE_ASSETS: "bitcoin",
        TOKENLYSIS_MARKET_VENUES: "binance",
        TOKENLYSIS_MARKET_STREAM_URLS: `binance=${binance}`,
        TOKENLYSIS_MARKET_REST_URLS: `binance=${rest},coingecko=${rest}`,
        TOKENLYSIS_DATABASE_URL: this.#shared.databaseUrl,
        ...this.#shared.env,
      },
    });
    this.#products.push(product);
    return product;
  }

  /** Puts the clock of the exchange and of these processes forward. */
  async putForward(ms: number, ...products: readonly Product[]): Promise<void> {
    this.#clock.putForward(ms);
    this.#aheadMs += ms;
    for (const { url } of products) {
      const moved = await fetch(`${url}/test/clock?forward_ms=${ms}`);
      assertEquals(moved.status, 200, await moved.text());
    }
  }

  /** What the processes store, as another one reads it. */
  openDatabase(): Promise<Database> {
    return openDatabase({
      url: new Secret(this.#shared.databaseUrl),
      migrationUrl: null,
      dataDir: this.dataDir,
      clock: this.#clock,
      log: new RecordingLog(),
    });
  }

  /** What is not closed yet, or wrong, of the candles that should be closed by now. */
  async unhealed(store: CandleStore): Promise<readonly string[]> {
    const stored = await storedCandles(store, { source: "binance", interval: "5m" });
    const to = this.#clock.now() - BUCKET_MS - LATE_MS;
    const truth = this.exchange.candles.list(MARKET, { stepMs: BUCKET_MS, from: 0, to });
    return truth.flatMap((made) => {
      const candle = stored.get(made.openTime);
      if (candle && candle.state !== "provisional" && isSame(candle, made)) return [];
      return `${Deno.inspect(candle)} of ${Deno.inspect(made)}`;
    });
  }

  /** Resolves once one process follows the exchange. */
  async isFollowed(): Promise<void> {
    await this.until("a subscription", ({ subscribed }) => subscribed.has(MARKET));
  }

  async until(what: string, holds: (exchange: LocalExchange) => boolean): Promise<void> {
    await inTime(what, this.exchange.when(() => holds(this.exchange)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#products.map((product) => product.close()));
    await this.exchange[Symbol.asyncDispose]();
    await this.#shared[Symbol.asyncDispose]();
    await Deno.remove(this.dataDir, { recursive: true });
  }
}

/** Fails for what has not come within so long. */
async function inTime<T>(what: string, coming: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = systemTimer.after(LIMIT_MS, () => late.reject(new Error(`Not in time: ${what}`)));
  try {
    return await Promise.race([coming, late.promise]);
  } finally {
    cancel();
  }
}

/** Resolves with the first price of a trade at `at` or later. */
function priceFrom(reader: EventReader, at: number): Promise<ReadEvent> {
  const isIt = ({ name, data }: ReadEvent) =>
    name === "price_update" && Date.parse(String(data.timestamp)) >= at;
  return inTime(`a price of ${new Date(at).toISOString()} or later`, reader.first(isIt));
}

for (const { name, ignore, isHeard, share } of kinds) {
  Deno.test({
    name: `two processes on ${name} hold one socket, and the second takes over from a killed first`,
    ignore,
    async fn() {
      await using place = await Place.start(share);
      const { exchange } = place;
      const first = await place.serve();
      await place.isFollowed();
      const second = await place.serve();
      await using ofFirst = await EventReader.open(`${first.url}/api/stream/prices?coins=bitcoin`);
      await using ofSecond = await EventReader.open(
        `${second.url}/api/stream/prices?coins=bitcoin`,
      );
      exchange.run(TRADES_PER_SECOND);
      await priceFrom(ofFirst, 0);
      if (isHeard) await priceFrom(ofSecond, 0);
      assertEquals(exchange.counts.connects, 1);

      first.process.kill("SIGKILL");
      await first.process.status;
      await place.until("the socket's end", ({ counts }) => counts.open === 0);
      // The lease of the killed one is over from here on.
      await place.putForward(LEASE_MS, second);
      await place.until("another socket", ({ counts }) => counts.connects === 2);
      await place.isFollowed();
      exchange.run(0);
      // No trade before it is of the same millisecond.
      await place.putForward(SECOND_MS, second);
      const [trade] = exchange.trade([MARKET]);
      assert(trade);
      assertEquals((await priceFrom(ofSecond, trade.at)).data.price, trade.price);
      assertEquals(exchange.counts.mostOpen, 1);
    },
  });
}

for (const { name, ignore, share } of kinds.filter(({ name }) => !name.endsWith("Redis"))) {
  Deno.test({
    name: `the product on ${name} loses no price it told of when it is killed, and no trade`,
    ignore,
    async fn() {
      await using place = await Place.start(share);
      const { exchange } = place;
      for (const events of [1, 4, 9]) {
        const product = await place.serve();
        await place.isFollowed();
        exchange.run(TRADES_PER_SECOND);
        await using reader = await EventReader.open(`${product.url}/api/stream/prices`);
        await inTime(`${events} prices`, reader.count(events));
        product.process.kill("SIGKILL");
        await product.process.status;
        const told = Math.max(...reader.events.map(({ data }) => Date.parse(`${data.timestamp}`)));
        await using database = await place.openDatabase();
        const [kept] = await new SqlLivePriceStore(database).listPrices();
        assert(kept && kept.asof >= told, "The last price told is stored");
        await place.until("the socket's end", ({ counts }) => counts.open === 0);
        // Trades of three buckets that nobody hears.
        for (let minutes = 0; minutes < 12; minutes += 4) {
          await place.putForward(4 * MINUTE_MS);
          exchange.withhold([MARKET, MARKET]);
        }
      }
      const product = await place.serve();
      await place.isFollowed();
      const [trade] = exchange.trade([MARKET]);
      await using reader = await EventReader.open(`${product.url}/api/stream/prices`);
      await priceFrom(reader, trade?.at ?? Infinity);
      await using database = await place.openDatabase();
      const store = new SqlCandleStore(database, new SystemClock());
      const deadline = performance.now() + HEALED_WITHIN_MS;
      while ((await place.unhealed(store)).length > 0 && performance.now() < deadline) {
        await new Promise((resolve) => systemTimer.after(ASK_EVERY_MS, () => resolve(null)));
      }
      assertEquals(await place.unhealed(store), []);
      assertEquals(exchange.counts.mostOpen, 1);
    },
  });
}
