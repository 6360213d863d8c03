import { DAY_MS, MINUTE_MS } from "@/services/kernel/time.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import { type Product, type ProductOptions, startProduct } from "./product.ts";
import { ShiftedClock } from "./shifted_clock.ts";

/** Markets of the local exchange; the first two are bitcoin's. */
const BITCOIN_MARKETS = ["BTCUSDT", "BTC-USD"] as const;
const MARKETS = [...BITCOIN_MARKETS, "ETHUSDT", "ETH-USD"] as const;
/**
 * Far from where prices begin to show more or fewer decimals, and high enough that two trades on
 * end differ in those that show.
 */
const FIRST_PRICE = 5_000;
/** Enough that every asset has a change over 24 hours. */
const HISTORY_MS = 2 * DAY_MS;
const BUCKET_MS = 5 * MINUTE_MS;
/** After this a bucket is closed, and one with a gap has been asked for. */
export const CLOSING_MS = 8 * MINUTE_MS;
const ASK_EVERY_MS = 50;
/** Of all markets together. */
export const TRADES_PER_SECOND = 40;
/** What is waited for comes on every machine, at last: the limit only ends what never comes. */
const LIMIT_MS = 180_000;

/** A candle as `/assets/bitcoin/candles` gives it. */
export interface ReadCandle {
  readonly t: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly source: string;
  readonly state: string;
}

/**
 * An exchange that a test plays and a product that hears of it, both on one clock that the test
 * puts forward. The exchange has traded for two days when the product starts.
 */
export class LivePlace implements AsyncDisposable {
  readonly exchange: LocalExchange;
  product: Product;
  readonly #clock: ShiftedClock;
  readonly #startedAt: number;
  #aheadMs: number;

  private constructor(
    exchange: LocalExchange,
    { clock, product, aheadMs }: { clock: ShiftedClock; product: Product; aheadMs: number },
  ) {
    this.exchange = exchange;
    this.product = product;
    this.#clock = clock;
    this.#aheadMs = aheadMs;
    this.#startedAt = clock.now();
  }

  /**
   * `env` holds settings beside those that point the product to the exchange. Time starts
   * `intoBucketMs` after the begin of a 5-minute bucket, so that runs are alike.
   */
  static async start(
    { env = {}, intoBucketMs = MINUTE_MS }: Pick<ProductOptions, "env"> & {
      readonly intoBucketMs?: number;
    } = {},
  ): Promise<LivePlace> {
    const clock = new ShiftedClock();
    const aheadMs = (BUCKET_MS + intoBucketMs - clock.now() % BUCKET_MS) % BUCKET_MS;
    clock.putForward(aheadMs);
    const time = { past: clock.now() - HISTORY_MS, isOver: false };
    const exchange = await LocalExchange.start({
      markets: MARKETS,
      firstPrice: FIRST_PRICE,
      now: () => time.isOver ? clock.now() : time.past,
    });
    for (; time.past < clock.now(); time.past += MINUTE_MS) exchange.withhold(MARKETS);
    time.isOver = true;
    const product = await startProduct({
      env: { ...settingsOf(exchange), ...env },
      dataDir: await Deno.makeTempDir({ prefix: "tokenlysis-" }),
      aheadMs,
    });
    // An exchange that goes away while it is asked for two days would cost it its breaker.
    await until(() => readJobStates(product.url, "backfill_candles"), {
      what: "The history is fetched",
      holds: (states) => states.length > 0 && states.every((state) => state === "done"),
    });
    return new LivePlace(exchange, { clock, product, aheadMs });
  }

  get url(): string {
    return this.product.url;
  }

  /**
   * Moves time for exchange and product alike, further than the lease to feed is long, and waits
   * until the product feeds anew. The exchange must be trading.
   */
  async putForward(ms: number): Promise<void> {
    const now = this.#clock.now();
    this.#clock.putForward(ms);
    this.#aheadMs += ms;
    const moved = await fetch(`${this.url}/test/clock?forward_ms=${ms}`);
    assertEquals(moved.status, 200, await moved.text());
    await until(() => readFeeds(this.url), {
      what: "The venues are heard anew",
      holds: (feeds) =>
        feeds.length === 2 &&
        feeds.every(({ state, since }) => state === "live" && Date.parse(since) > now + ms),
    });
  }

  /** Trades until the product has a price that both venues make by trades of now. */
  async #isHeard(): Promise<void> {
    const since = this.#clock.now();
    this.exchange.run(TRADES_PER_SECOND);
    await until(() => readVenues(this.url), {
      what: "Both venues are heard",
      holds: (trades) =>
        trades.length === BITCOIN_MARKETS.length &&
        trades.every(({ at }) => Date.parse(at) >= since),
    });
    this.exchange.run(0);
  }

  /** Kills the product without a word and starts it again where it was, later. */
  async killAndRestart({ laterMs }: { laterMs: number }): Promise<void> {
    const { url, dataDir } = this.product;
    this.product.process.kill("SIGKILL");
    await this.product.close();
    this.#clock.putForward(laterMs);
    this.#aheadMs += laterMs;
    this.product = await startProduct({
      env: { ...settingsOf(this.exchange), TOKENLYSIS_PORT: new URL(url).port },
      aheadMs: this.#aheadMs,
      dataDir,
    });
  }

  /** The exchange can't be reached any more, by stream or by request; it goes on trading. */
  pullAway(): void {
    this.exchange.refusal = { status: 503 };
    this.exchange.restRefusal = { status: 503 };
    this.exchange.drop();
  }

  bringBack(): void {
    this.exchange.refusal = null;
    this.exchange.restRefusal = null;
  }

  /**
   * One trade of bitcoin at each venue, and the price they make: the mean of the two. Both are
   * heard before, and trade on at that price: what is old counts as stale, and a venue that says
   * nothing for 30 s is connected to anew, so that a single trade may pass it by.
   */
  async tradeBitcoin(): Promise<number> {
    await this.#isHeard();
    const trades = this.exchange.trade(BITCOIN_MARKETS);
    this.exchange.run(TRADES_PER_SECOND, { isStill: true });
    return trades.reduce((sum, { price }) => sum + price, 0) / trades.length;
  }

  /** Bitcoin's closed candles of the last two hours, as the API answers. */
  async readCandles(): Promise<readonly ReadCandle[]> {
    const now = this.#clock.now();
    const query = new URLSearchParams({
      interval: "5m",
      start: new Date(this.#startedAt - 120 * MINUTE_MS).toISOString(),
      end: new Date(now - now % BUCKET_MS - 1).toISOString(),
    });
    const answer = await fetch(`${this.url}/assets/bitcoin/candles?${query}`);
    return await answer.json();
  }

  /** Whether candles are all closed and those that the exchange's trades make. */
  isTrue(candles: readonly ReadCandle[]): boolean {
    const source = candles[0]?.source;
    const market = source === "binance" ? "BTCUSDT" : "BTC-USD";
    const now = this.#clock.now();
    const truth = this.exchange.candles.list(market, {
      stepMs: BUCKET_MS,
      from: candles[0]?.t ?? now,
      to: now - now % BUCKET_MS - 1,
    });
    return truth.length > 0 && candles.length === truth.length &&
      truth.every(({ openTime, open, high, low, close, volume }, at) => {
        const candle = candles[at];
        return candle !== undefined && candle.state !== "provisional" && candle.t === openTime &&
          candle.o === open && candle.h === high && candle.l === low && candle.c === close &&
          Math.abs(candle.v - volume) < 1e-6;
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.product.close();
    await this.exchange[Symbol.asyncDispose]();
    await Deno.remove(this.product.dataDir, { recursive: true });
  }
}

async function readFeeds(
  url: string,
): Promise<readonly { readonly state: string; readonly since: string }[]> {
  return (await (await fetch(`${url}/api/ops/overview`)).json()).data.feeds;
}

/** The venues' trades that bitcoin's price stands on. */
async function readVenues(url: string): Promise<readonly { readonly at: string }[]> {
  const { data } = await (await fetch(`${url}/api/market/price/bitcoin`)).json();
  return data.venue_prices ?? [];
}

async function readJobStates(url: string, job: string): Promise<readonly string[]> {
  const { data } = await (await fetch(`${url}/api/ops/jobs`)).json();
  return data.flatMap(({ name, state }: { name: string; state: string }) =>
    name === job ? [state] : []
  );
}

function settingsOf({ urls }: LocalExchange): Readonly<Record<string, string>> {
  const { binance, coinbase, rest } = urls;
  return {
    TOKENLYSIS_NETWORK: "on",
    TOKENLYSIS_DEMO: "off",
    TOKENLYSIS_LIVE_ASSETS: "bitcoin,ethereum",
    TOKENLYSIS_MARKET_STREAM_URLS: `binance=${binance},coinbase=${coinbase}`,
    // Every provider, so that none is asked outside this machine.
    TOKENLYSIS_MARKET_REST_URLS: ["binance", "coinbase", "coingecko"]
      .map((provider) => `${provider}=${rest}`).join(),
  };
}

/** The first answer for which `holds`; asks again until then, and fails where it never does. */
export async function until<T>(
  ask: () => Promise<T>,
  { holds, what }: { readonly holds: (answer: T) => boolean; readonly what: string },
): Promise<T> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    assert(
      performance.now() < deadline,
      `${what}: not within ${LIMIT_MS} ms, at last ${JSON.stringify(answer)?.slice(-600)}`,
    );
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
