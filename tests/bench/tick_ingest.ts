import { loadConfig } from "@/services/config.ts";
import type { UtcMs } from "@/services/kernel/time.ts";
import { candleAt, intervalMs } from "@/services/market/candle.ts";
import { AssetRegistry, loadRegistry } from "@/services/market/mod.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { binance } from "@/services/providers/binance/mod.ts";
import { marketsOf } from "@/services/providers/markets.ts";
import { openDatabase, SqlCandleStore } from "@/services/storage/mod.ts";
import { type Product, startProduct } from "@/tests/e2e/product.ts";
import { LocalExchange } from "@/tests/exchange/local_exchange.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { type LoadFigures, offerLoad } from "@/tests/load/processes.ts";
import { differences } from "./tick_candles.ts";

/** What requests ask for meanwhile, with the requests a second of each. */
const LOADS = [
  { path: "/api/market/price/bitcoin", rate: 40 },
  { path: "/api/market/prices?coins=bitcoin,ethereum,solana", rate: 40 },
  { path: "/", rate: 20 },
] as const;
const CONNECTIONS = 8;
/** Readers of the stream of prices. */
const READERS = 10;
const BEAT_MS = 10;
/** How long the last trades may take to be taken. */
const CATCH_UP_MS = 5_000;
/** Ticks of the processor's clock in a second, as Linux counts the time of processes. */
const CPU_TICKS = 100;

export interface IngestFigures {
  readonly markets: number;
  readonly sent: number;
  /** How many of them the product took. */
  readonly taken: number;
  readonly perSecond: number;
  /** What differs between the stored candles and the trades. */
  readonly wrong: readonly string[];
  /** Share of one processor that the product took meanwhile. */
  readonly cpuShare: number;
  readonly loads: readonly (LoadFigures & { readonly path: string })[];
  /** Prices that the readers of the stream were told. */
  readonly told: number;
}

/**
 * Has the product, as a user starts it, take so many trades a second from an exchange in this
 * process, over a WebSocket and a frame for each, while it answers 100 requests a second.
 */
export async function measureIngest(
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<IngestFigures> {
  await using exchange = await LocalExchange.start();
  const dataDir = await Deno.makeTempDir({ prefix: "ticks_bench_" });
  try {
    await using product = await startHearing(exchange, dataDir);
    await exchange.when(() => exchange.subscribed.size > 0);
    const { pid } = product.process;
    const cpuBefore = cpuSeconds(pid);
    const trading = new Trading(exchange, perSecond);
    const readers = Array.from({ length: READERS }, () => new StreamCounter(product.url));
    const loads = await offerLoads(Number(new URL(product.url).port), seconds);
    const rate = trading.stop();
    const cpuShare = (cpuSeconds(pid) - cpuBefore) / trading.seconds;
    for (const reader of readers) reader.stop();
    const taken = await takenTicks(product, trading.sent);
    await product.close();
    return {
      markets: trading.markets.length,
      sent: trading.sent,
      taken,
      perSecond: rate,
      wrong: await wrongCandles(exchange, { dataDir, markets: trading.markets }),
      cpuShare,
      loads,
      told: readers.reduce((sum, reader) => sum + reader.count, 0),
    };
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** The product with the exchange as its only source. */
function startHearing(exchange: LocalExchange, dataDir: string): Promise<Product> {
  const { binance, rest } = exchange.urls;
  return startProduct({
    dataDir,
    env: {
      TOKENLYSIS_DEMO: "off",
      TOKENLYSIS_NETWORK: "on",
      TOKENLYSIS_MARKET_VENUES: "binance",
      TOKENLYSIS_MARKET_STREAM_URLS: `binance=${binance}`,
      TOKENLYSIS_MARKET_REST_URLS: `binance=${rest},coingecko=${rest}`,
    },
  });
}

function offerLoads(port: number, seconds: number): Promise<IngestFigures["loads"]> {
  return Promise.all(LOADS.map(async ({ path, rate }) => {
    const order = { port, path, rate, seconds, connections: CONNECTIONS, isDistinct: false };
    return { path, ...await offerLoad(order, { cores: null, processes: 1 }) };
  }));
}

/** Trades in all subscribed markets in turn, at a rate. */
class Trading {
  readonly markets: readonly string[];
  sent = 0;
  seconds = 0;
  readonly #startedAt = performance.now();
  readonly #beat;

  constructor(exchange: LocalExchange, perSecond: number) {
    this.markets = [...exchange.subscribed];
    this.#beat = setInterval(() => {
      const due = Math.floor((performance.now() - this.#startedAt) * perSecond / 1_000);
      const turns: string[] = [];
      for (; this.sent < due; this.sent++) {
        turns.push(this.markets[this.sent % this.markets.length] ?? "");
      }
      exchange.trade(turns);
    }, BEAT_MS);
  }

  /** Ends it; how many trades there were a second. */
  stop(): number {
    clearInterval(this.#beat);
    this.seconds = (performance.now() - this.#startedAt) / 1_000;
    return this.sent / this.seconds;
  }
}

/** How many trades the product took, once it took `sent`, or after the time for it is up. */
async function takenTicks({ url }: Product, sent: number): Promise<number> {
  const limit = performance.now() + CATCH_UP_MS;
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    const taken = Number(/^tokenlysis_feed_ticks_total (\d+)/m.exec(text)?.[1] ?? 0);
    if (taken >= sent || performance.now() > limit) return taken;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What the database of a product that has ended holds, against the trades. */
async function wrongCandles(
  exchange: LocalExchange,
  { dataDir, markets }: { dataDir: string; markets: readonly string[] },
): Promise<readonly string[]> {
  const clock = new SystemClock();
  const { database: settings } = loadConfig({ TOKENLYSIS_DATA_DIR: dataDir });
  await using database = await openDatabase({
    ...settings,
    dataDir,
    clock,
    log: new RecordingLog(),
  });
  const store = new SqlCandleStore(database, clock);
  const registry = await Deno.readTextFile(new URL("../../registry/assets.json", import.meta.url));
  const { assets } = new AssetRegistry(loadRegistry(registry));
  const { assetOf } = marketsOf(assets, { provider: "binance", ...binance });
  const wrong: string[] = [];
  for (const market of markets) {
    const assetId = assetOf(market);
    const series = assetId &&
      await store.findSeries({ assetId, interval: "5m", source: "binance" });
    if (!series) {
      wrong.push(`${market} has no candles`);
      continue;
    }
    const range = { from: 0 as UtcMs, to: Number.MAX_SAFE_INTEGER as UtcMs };
    const columns = await store.listCandles(series.seriesId, { range, limit: 100 });
    const stored = Array.from({ length: columns.length }, (_, at) => candleAt(columns, at));
    const traded = exchange.candles.list(market, { stepMs: intervalMs("5m"), ...range });
    wrong.push(...differences(stored, traded).map((text) => `${market}, ${text}`));
  }
  return wrong;
}

/** Processor time of a process until now, user and system, all its threads (Linux). */
function cpuSeconds(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CPU_TICKS;
}

/** Reads the stream of prices and counts them. */
class StreamCounter {
  count = 0;
  readonly #stop = new AbortController();

  constructor(url: string) {
    this.#read(url).catch((error) => {
      if (!this.#stop.signal.aborted) throw error;
    });
  }

  stop(): void {
    this.#stop.abort();
  }

  async #read(url: string): Promise<void> {
    const { signal } = this.#stop;
    const { body } = await fetch(`${url}/api/stream/prices`, { signal });
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      this.count += text.split("event: price_update").length - 1;
    }
  }
}
