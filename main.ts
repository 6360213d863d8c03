// deno-lint-ignore-file no-console -- the entry module talks to the person who starts it
import { join } from "node:path";
import project from "./deno.json" with { type: "json" };
import { contentSecurityPolicy, pages } from "./fresh.config.ts";
import { createJobs, defineCrons, healRequest, JobSystem } from "./jobs/mod.ts";
import { createApi } from "./routes/(_api)/mod.ts";
import { feedHub, STREAM_TOPICS } from "./routes/(_api)/stream_wire.ts";
import { StreamEndpoints } from "./routes/(_api)/streams.ts";
import { createPages } from "./routes/page_server.ts";
import { AnalyticsService, indicatorEngine } from "./services/analytics/mod.ts";
import { type Config, loadConfig, withEnvFile } from "./services/config.ts";
import { StartupError } from "./services/kernel/errors.ts";
import { UuidFactory } from "./services/kernel/ids.ts";
import {
  type AssetId,
  AssetRegistry,
  Backfill,
  CandleHealer,
  DemoMarket,
  LiveBoard,
  LiveMarket,
  loadRegistry,
  MarketService,
  seedRegistry,
} from "./services/market/mod.ts";
import { capabilitiesOf, HealthService, JobsService } from "./services/ops/mod.ts";
import { JsonLog } from "./services/platform/json_log.ts";
import { MemoryBus, PostgresBus, RedisBus } from "./services/platform/bus/mod.ts";
import { SystemClock } from "./services/platform/clock.ts";
import { CombinedChangeFeed } from "./services/platform/combined_change_feed.ts";
import { readEnvText } from "./services/platform/env_file.ts";
import { FetchHttpClient } from "./services/platform/fetch_http_client.ts";
import {
  type HttpServer,
  maxStreamsOf,
  serveHttp,
  USUAL_DESCRIPTORS,
} from "./services/platform/http_server.ts";
import { noMetrics } from "./services/platform/no_metrics.ts";
import { PacedChangeFeed } from "./services/platform/paced_change_feed.ts";
import { systemRandom } from "./services/platform/random.ts";
import { UpstashRedis } from "./services/platform/redis/upstash_redis.ts";
import { systemTimer } from "./services/platform/timer.ts";
import { openKvWaker } from "./services/platform/wakers/kv.ts";
import { openNotifyWaker } from "./services/platform/wakers/notify.ts";
import { WebSocketClient } from "./services/platform/web_socket_client.ts";
import type { Bus } from "./services/ports/bus.ts";
import type { Clock, Log } from "./services/ports/mod.ts";
import type { Waker } from "./services/ports/wakers.ts";
import {
  connectOutside,
  DemoProvider,
  loadProviders,
  type Outside,
} from "./services/providers/mod.ts";
import {
  type Database,
  openDatabase,
  pingDatabase,
  SqlAbsenceStore,
  SqlAssetStore,
  SqlCandleStore,
  SqlJobStore,
  SqlLeaseStore,
  SqlLivePriceStore,
  SqlProviderStateStore,
  SqlRawIngestStore,
} from "./services/storage/mod.ts";
import { StreamHub } from "./services/streams/mod.ts";

/** What the product asks of the world; tests give their own. */
export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
}

/** The whole product, ready to answer. */
export interface Product extends AsyncDisposable {
  fetch(request: Request, info?: Deno.ServeHandlerInfo): Response | Promise<Response>;
  /** Reads what the first request would have to wait for. */
  warm(): Promise<void>;
  readonly jobs: JobSystem;
  readonly log: Log;
  /** Begins to work: prices, jobs. `hasCron` says that `jobs.onCron` is called each minute. */
  start(options: { readonly hasCron: boolean }): Promise<void>;
  /** Ends streams, hands work back, stores what is in the making. */
  stop(): Promise<void>;
  /** Closes what `compose` opened; ports that were given stay open. */
  close(): Promise<void>;
}

/** How long a stop may take before what is still open is cut. */
const STOP_LIMIT_MS = 4_500;
/** How long a job may take when it runs before the first request. */
const FIRST_RUN_LIMIT_MS = 60_000;

/** Builds the whole product. Tests give ports of their own, so there is only one wiring. */
export async function compose(config: Config, overrides: Partial<Ports> = {}): Promise<Product> {
  const clock = overrides.clock ?? new SystemClock();
  const log = overrides.log ?? createLog(config, clock);
  const database = overrides.database ??
    await openDatabase({ ...config.database, dataDir: config.dataDir, clock, log });
  const core: Core = { config, clock, log, database, owner: crypto.randomUUID() };
  const parts = await openMarket(core);
  const outside = await openOutside(core, parts.registry);
  const work = await openJobs(core, { ...parts, outside });
  const live = createLive(core, { ...parts, outside, jobs: work.jobs });
  const { hub, streams } = createStreams(core, parts);
  const answer = await createFront(core, { ...parts, ...work });
  const stopFeedingHub = feedHub(hub, parts.bus);
  const close = async () => {
    parts.board.stop();
    stopFeedingHub();
    await parts.bus[Symbol.asyncDispose]();
    await Promise.all(work.wakers.map((waker) => waker[Symbol.asyncDispose]()));
    if (!overrides.database) await database.close();
  };
  return {
    fetch: (request, info) => streams.handle(request) ?? answer(request, info),
    warm: () => parts.market.warm(),
    jobs: work.jobs,
    log,
    async start(options) {
      await outside.gates.start();
      work.jobs.start(options);
      live.start();
    },
    async stop() {
      hub.close();
      await Promise.all([live.stop(), work.jobs.stop()]);
      await outside.gates.stop();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What every part is made of. */
interface Core {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
  /** A name that no other process has. */
  readonly owner: string;
}

/** What is stored of the market, and what is heard of it. */
async function openMarket(core: Core) {
  const { config, clock, database } = core;
  const store = new SqlCandleStore(database, clock);
  const registry = await openRegistry(new SqlAssetStore(database), clock);
  const changes = new PacedChangeFeed(database.changes, clock);
  const bus = await openBus(core);
  const prices = new SqlLivePriceStore(database);
  const board = new LiveBoard({ bus, store: prices });
  await board.start();
  const market = new MarketService({
    registry,
    store,
    clock,
    changes,
    demoMode: config.demo,
    indicators: indicatorEngine,
    live: board,
  });
  const provider = new DemoProvider({ clock, timer: systemTimer });
  const isListed = (assetId: AssetId) => registry.assets.some(({ id }) => id === assetId);
  const demo = { provider, assetIds: provider.assetIds.filter(isListed) };
  return { store, registry, changes, bus, prices, board, market, demo };
}

/** How this instance and others hear of each other's prices. */
async function openBus({ config, database, log, owner: instance }: Core): Promise<Bus> {
  const { notices } = database;
  if (notices) return await PostgresBus.open({ notices, log, instance });
  const redis = openRedis(config);
  return redis
    ? await RedisBus.open({ redis, timer: systemTimer, log, instance })
    : new MemoryBus();
}

function openRedis({ redis }: Config): UpstashRedis | null {
  return redis && new UpstashRedis({ ...redis, timer: systemTimer });
}

type MarketParts = Awaited<ReturnType<typeof openMarket>>;

/** Everything that reaches outside, which nothing has started yet. */
async function openOutside(
  { config, clock, log, database }: Core,
  registry: AssetRegistry,
): Promise<Outside> {
  const { market, isNetworkAllowed } = config;
  const text = await Deno.readTextFile(new URL("./registry/providers.json", import.meta.url));
  return connectOutside({
    configs: loadProviders(text, market),
    http: (provider) => new FetchHttpClient({ provider, isNetworkAllowed }),
    sockets: new WebSocketClient({ timer: systemTimer, isNetworkAllowed }),
    state: new SqlProviderStateStore(database, clock),
    raw: new SqlRawIngestStore(database),
    redis: openRedis(config),
    assets: registry.assets,
    venues: market.venues,
    liveAssetIds: market.liveAssets?.map((name) => registry.resolve(name).id) ?? null,
    keys: { coingecko: market.coingeckoKey },
    clock,
    timer: systemTimer,
    random: systemRandom,
    log,
    metrics: noMetrics,
  });
}

/** The jobs of this process, which nothing has started yet; on an empty store the demo is there. */
async function openJobs(
  core: Core,
  { store, registry, outside, prices, bus, demo: feed }:
    & MarketParts
    & { readonly outside: Outside },
) {
  const { config, clock, database } = core;
  const demo = new DemoMarket({ ...feed, store, mode: config.demo });
  const jobStore = new SqlJobStore(database, clock);
  const wakers = await openWakers(core);
  const absences = new SqlAbsenceStore(database, clock);
  const providers = outside.venues.map(({ provider }) => provider);
  const jobs = new JobSystem({
    ...core,
    jobs: createJobs({
      clock,
      demo,
      store: jobStore,
      raw: new SqlRawIngestStore(database),
      outside: config.isNetworkAllowed
        ? {
          healer: new CandleHealer({ providers, store, bus, clock }),
          backfill: new Backfill({ markets: outside.venues, store, absences, clock }),
          source: outside.spot,
          assetIds: registry.assets.map(({ id }) => id),
          prices,
          bus,
        }
        : null,
    }),
    store: jobStore,
    leases: new SqlLeaseStore(database, clock),
    wakers,
    timer: systemTimer,
    random: systemRandom,
    metrics: noMetrics,
  });
  // A first start has nothing to show before the demo market is there.
  if ((await store.listSeries()).length === 0) {
    await jobs.runNow("refresh_demo", { signal: AbortSignal.timeout(FIRST_RUN_LIMIT_MS) });
  }
  return { jobs, jobStore, wakers };
}

/** The prices of the venues, for as long as this process has the lease to feed. */
function createLive(
  core: Core,
  { outside, jobs, demo, ...parts }: MarketParts & { outside: Outside; jobs: JobSystem },
): LiveMarket {
  const { config, clock, database } = core;
  const ids = new UuidFactory(() => clock.now());
  const { provider: source, assetIds } = demo;
  const demoFeeds = config.demo === "off" ? [] : [{ venue: source.name, assetIds, source }];
  return new LiveMarket({
    ...core,
    ...parts,
    // Never both: prices of the demo market must not stand among real ones.
    feeds: config.isNetworkAllowed ? outside.feeds : demoFeeds,
    leases: new SqlLeaseStore(database, clock),
    timer: systemTimer,
    metrics: noMetrics,
    newId: () => ids.next(),
    heal: async (gap) => void await jobs.enqueue(healRequest(gap)),
  });
}

function createStreams({ config, clock, owner }: Core, { registry }: MarketParts) {
  const maxStreams = config.maxStreams ?? maxStreamsOf(USUAL_DESCRIPTORS);
  const hub = new StreamHub(STREAM_TOPICS, { clock, timer: systemTimer, instance: owner });
  const resolve = (name: string) => registry.resolve(name);
  return { hub, streams: new StreamEndpoints({ hub, clock, resolve, maxStreams }) };
}

/** Data routes and pages, and what answers a request: the ones before the others. */
async function createFront(
  core: Core,
  { market, registry, changes, board, jobs, jobStore }:
    & MarketParts
    & { readonly jobs: JobSystem; readonly jobStore: SqlJobStore },
): Promise<Product["fetch"]> {
  const { clock, log } = core;
  const { version } = project;
  const api = createApi({
    market,
    analytics: new AnalyticsService({ market }),
    health: createHealth(core, { jobs, registry: registry.version }),
    jobs: new JobsService({ store: jobStore, clock, wake: (job) => jobs.wake(job) }),
    clock,
    changes: new CombinedChangeFeed(changes, board),
    log,
    version,
  });
  const page = createPages({
    state: { market, clock, version, apiDocument: () => api.document },
    settings: pages,
    contentSecurityPolicy,
    build: await loadBuild(),
    root: import.meta.dirname ?? ".",
    log,
  });
  return (request, info) => api.handle(request) ?? page(request, info);
}

/** How this process and others on the same database tell each other of jobs. */
async function openWakers({ config, database, log }: Core): Promise<readonly Waker[]> {
  if (database.notices) return [await openNotifyWaker(database.notices, log)];
  const waker = await openKvWaker({ path: join(config.dataDir, "kv.db"), log });
  return waker ? [waker] : [];
}

function createHealth(
  { config, clock, database }: Core,
  { jobs, registry }: { jobs: JobSystem; registry: string },
): HealthService {
  const { version: tokenlysis } = project;
  return new HealthService({
    clock,
    versions: { tokenlysis, registry, deno: Deno.version.deno },
    probes: [{ name: "database", check: () => pingDatabase(database) }, ...jobs.probes()],
    capabilities: capabilitiesOf({
      isNetworkAllowed: config.isNetworkAllowed,
      demoMode: config.demo,
      hasKv: typeof Deno.openKv === "function",
      hasCron: typeof Deno.cron === "function",
    }),
  });
}

/** The registry of this version, seeded into the database, as an index of every name. */
async function openRegistry(store: SqlAssetStore, clock: Clock): Promise<AssetRegistry> {
  const path = new URL("./registry/assets.json", import.meta.url);
  const registry = loadRegistry(await Deno.readTextFile(path));
  await seedRegistry(registry, { store, clock });
  return new AssetRegistry(registry);
}

async function loadBuild() {
  const url = new URL("./_fresh/snapshot.js", import.meta.url);
  try {
    return await import(url.href);
  } catch (error) {
    throw new StartupError("Cannot serve pages before they are built: run deno task build", {
      cause: error,
    });
  }
}

function createLog({ logLevel }: Pick<Config, "logLevel">, clock: Clock): Log {
  const encoder = new TextEncoder();
  // Standard output is for the line that says where the server listens.
  const write = (line: string) => void Deno.stderr.writeSync(encoder.encode(line));
  return new JsonLog({ clock, write, level: logLevel });
}

/** What this process serves, for the crons. */
let serving: Product | null = null;
/** Platforms look for crons at the top level of the entry module. */
const hasCron = import.meta.main && defineCrons(Deno.cron, async (entry) => {
  await serving?.jobs.onCron(entry);
});

/** Serves until the process is told to stop; the exit code. */
async function serve(config: Config): Promise<number> {
  const product = await compose(config);
  serving = product;
  const stopped = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stopped.resolve());
  }
  const server = listen(config, product);
  const { hostname, port } = server.addr;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  console.log(`Tokenlysis listening on http://${host}:${port}`);
  await product.warm();
  await product.start({ hasCron });
  await stopped.promise;
  serving = null;
  // What is still open when the time is up is cut, so that a stop always ends.
  const limit = setTimeout(() => Deno.exit(0), STOP_LIMIT_MS);
  await Promise.all([server.shutdown(), product.stop()]);
  await product.close();
  clearTimeout(limit);
  return 0;
}

function listen({ host, port }: Config, product: Product): HttpServer {
  const { log, fetch: handler } = product;
  try {
    return serveHttp({ hostname: host, port, handler, log, timer: systemTimer });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new StartupError(
      `Cannot listen on ${host}:${port}, another program does: stop it or set TOKENLYSIS_PORT`,
      { cause: error },
    );
  }
}

async function main(): Promise<number> {
  try {
    return await serve(loadConfig(withEnvFile(Deno.env.toObject(), await readEnvText())));
  } catch (error) {
    console.error(error instanceof StartupError ? error.message : error);
    return error instanceof StartupError ? error.exitCode : 1;
  }
}

if (import.meta.main) Deno.exit(await main());
