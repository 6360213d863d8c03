import { SECOND_MS } from "@/services/kernel/time.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { EventReader, type ReadEvent } from "@/tests/e2e/event_reader.ts";
import { type Product, startProduct } from "@/tests/e2e/product.ts";
import { ShiftedClock } from "@/tests/e2e/shifted_clock.ts";
import { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import { findPostgres, startPostgres } from "@/tests/postgres.ts";
import { findRedis } from "@/tests/redis.ts";
import { startUpstash } from "@/tests/upstash.ts";
import { build } from "@/tools/build.ts";

const MARKET = "BTCUSDT";
const LEASE_MS = 15 * SECOND_MS;
const TRADES_PER_SECOND = 50;
const LIMIT_MS = 30 * SECOND_MS;

/** What two processes share. */
interface Shared extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

const kinds: readonly {
  readonly name: string;
  readonly ignore: boolean;
  /** Whether a process that does not feed hears what the other makes. */
  readonly isHeard: boolean;
  share(): Promise<Shared>;
}[] = [
  {
    name: "SQLite",
    ignore: false,
    isHeard: false,
    share: () => Promise.resolve({ env: {}, [Symbol.asyncDispose]: () => Promise.resolve() }),
  },
  {
    name: "SQLite and Redis",
    ignore: findRedis() === null,
    isHeard: true,
    async share() {
      const redis = await startUpstash();
      const { url: TOKENLYSIS_REDIS_REST_URL, token: TOKENLYSIS_REDIS_REST_TOKEN } = redis;
      return {
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
        env: { TOKENLYSIS_DATABASE_URL: await server.createDatabase() },
        [Symbol.asyncDispose]: () => server.stop(),
      };
    },
  },
];

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

  static async start(share: () => Promise<Shared>): Promise<Place> {
    await build({ ifStale: true });
    const clock = new ShiftedClock();
    const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis_live_processes_" });
    const exchange = await LocalExchange.start({ markets: [MARKET], now: () => clock.now() });
    return new Place(exchange, { dataDir, shared: await share(), clock });
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
      const [trade] = exchange.trade([MARKET]);
      assert(trade);
      assertEquals((await priceFrom(ofSecond, trade.at)).data.price, trade.price);
      assertEquals(exchange.counts.mostOpen, 1);
    },
  });
}
