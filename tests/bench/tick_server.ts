// deno-lint-ignore-file no-console -- the parent reads the results from standard output
/**
 * The whole product over a database on disk, with one exchange in its own process: frames of
 * Binance come straight from memory into the stream's client, and take every step from there.
 * Standard output tells the port, and at the end how much of what was sent is stored.
 */
import process from "node:process";
import { compose } from "@/main.ts";
import { loadConfig } from "@/services/config.ts";
import type { UtcMs } from "@/services/kernel/time.ts";
import { serveHttp } from "@/services/platform/http_server.ts";
import { systemTimer } from "@/services/platform/timer.ts";
import type { ClientSocket, SocketClient, SocketEvents } from "@/services/ports/sockets.ts";
import { openDatabase, SqlCandleStore } from "@/services/storage/mod.ts";
import { SystemClock } from "@/services/platform/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

const BEAT_MS = 5;
/** Each trade is of one unit, so that the volume of the candles counts them. */
const QUANTITY = "1.00000000";

/** What the parent gives as JSON in the first argument. */
export interface IngestOrder {
  readonly perSecond: number;
  readonly dataDir: string;
}

/** What is told at the end. */
export interface IngestResult {
  readonly markets: number;
  readonly sent: number;
  readonly stored: number;
  /** How long the trades were sent for. */
  readonly seconds: number;
  /** Share of one processor that the process took meanwhile. */
  readonly cpuShare: number;
  readonly errors: readonly string[];
}

/** An exchange in memory: says trades of the markets in turn, at a rate. */
class MemoryExchange implements SocketClient {
  #markets: readonly string[] = [];
  #events: SocketEvents | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;
  #sent = 0;
  readonly #subscribed = Promise.withResolvers<number>();

  get sent(): number {
    return this.#sent;
  }

  open(_url: URL, events: SocketEvents): ClientSocket {
    this.#events = events;
    queueMicrotask(() => events.onOpen());
    return {
      send: (text) => this.#subscribe(text),
      close: () => queueMicrotask(() => events.onEnd({ code: 1000, reason: "", status: null })),
    };
  }

  /** Resolves to the number of markets once they were asked for. */
  get subscribed(): Promise<number> {
    return this.#subscribed.promise;
  }

  run(perSecond: number): void {
    const startedAt = performance.now();
    const before = this.#sent;
    this.#beat = setInterval(() => {
      const due = before + Math.floor((performance.now() - startedAt) * perSecond / 1_000);
      while (this.#sent < due) this.#say();
    }, BEAT_MS);
  }

  stop(): void {
    clearInterval(this.#beat);
  }

  #subscribe(text: string): void {
    const { id, params } = JSON.parse(text);
    this.#markets = params.map((stream: string) => stream.split("@")[0]?.toUpperCase());
    this.#events?.onText(JSON.stringify({ result: null, id }));
    this.#subscribed.resolve(this.#markets.length);
  }

  #say(): void {
    const turn = this.#sent++;
    const market = this.#markets[turn % this.#markets.length] ?? "";
    const id = 1_000_000 + Math.floor(turn / this.#markets.length);
    const price = 100 + turn % 997 / 1_000;
    const at = Date.now();
    this.#events?.onText(
      `{"stream":"${market.toLowerCase()}@trade","data":{"e":"trade","E":${at},"s":"${market}",` +
        `"t":${id},"p":"${price.toFixed(8)}","q":"${QUANTITY}","T":${at},"m":true,"M":true}}`,
    );
  }
}

/** Units in all 5-minute candles of the exchange. */
async function storedUnits(store: SqlCandleStore): Promise<number> {
  let units = 0;
  for (const { seriesId, source, interval } of await store.listSeries()) {
    if (source !== "binance" || interval !== "5m") continue;
    const range = { from: 0 as UtcMs, to: Number.MAX_SAFE_INTEGER as UtcMs };
    const { volume } = await store.listCandles(seriesId, { range, limit: 1_000 });
    units += volume.reduce((sum, value) => sum + value, 0);
  }
  return units;
}

async function serve({ perSecond, dataDir }: IngestOrder): Promise<IngestResult> {
  const clock = new SystemClock();
  const log = new RecordingLog();
  // Where candles would be fetched: empty, as they are all made here.
  await using rest = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json([]),
  );
  const base = `http://127.0.0.1:${rest.addr.port}`;
  const config = loadConfig({
    TOKENLYSIS_DATA_DIR: dataDir,
    TOKENLYSIS_DEMO: "off",
    TOKENLYSIS_MARKET_VENUES: "binance",
    TOKENLYSIS_MARKET_REST_URLS: `binance=${base},coingecko=${base}`,
  });
  await using database = await openDatabase({ ...config.database, dataDir, clock, log });
  const sockets = new MemoryExchange();
  const product = await compose(config, { clock, log, database, sockets });
  await product.warm();
  await product.start({ hasCron: false });
  const server = serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    handler: (request, info) => product.fetch(request, info),
    log,
    timer: systemTimer,
  });
  const markets = await sockets.subscribed;
  const startedAt = clock.now();
  const cpuBefore = cpuMs();
  sockets.run(perSecond);
  console.log(`READY ${server.addr.port}`);
  // The parent says by a byte that the trades may end.
  await Deno.stdin.read(new Uint8Array(1));
  sockets.stop();
  const seconds = (clock.now() - startedAt) / 1_000;
  const cpuShare = (cpuMs() - cpuBefore) / 1_000 / seconds;
  await Promise.all([server.shutdown(), product.stop()]);
  const stored = await storedUnits(new SqlCandleStore(database, clock));
  await product.close();
  const errors = log.lines.filter(({ level }) => level === "error").map(({ message }) => message);
  return { markets, sent: sockets.sent, stored, seconds, cpuShare, errors };
}

/** Processor time of this process, user and system, all threads. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

console.log(JSON.stringify(await serve(JSON.parse(Deno.args[0] ?? "{}"))));
Deno.exit(0);
