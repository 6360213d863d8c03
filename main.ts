// deno-lint-ignore-file no-console -- the entry module talks to the person who starts it
import { join } from "node:path";
import project from "./deno.json" with { type: "json" };
import { contentSecurityPolicy, pages } from "./fresh.config.ts";
import { createJobs, defineCrons, JobSystem } from "./jobs/mod.ts";
import { createApi } from "./routes/(_api)/mod.ts";
import { createPages } from "./routes/page_server.ts";
import { AnalyticsService, indicatorEngine } from "./services/analytics/mod.ts";
import { type Config, loadConfig, withEnvFile } from "./services/config.ts";
import { StartupError } from "./services/kernel/errors.ts";
import {
  type AssetId,
  AssetRegistry,
  DemoMarket,
  loadRegistry,
  MarketService,
  seedRegistry,
} from "./services/market/mod.ts";
import { capabilitiesOf, HealthService, JobsService } from "./services/ops/mod.ts";
import { JsonLog } from "./services/platform/json_log.ts";
import { SystemClock } from "./services/platform/clock.ts";
import { readEnvText } from "./services/platform/env_file.ts";
import { noMetrics } from "./services/platform/no_metrics.ts";
import { PacedChangeFeed } from "./services/platform/paced_change_feed.ts";
import { systemRandom } from "./services/platform/random.ts";
import { systemTimer } from "./services/platform/timer.ts";
import { openKvWaker } from "./services/platform/wakers/kv.ts";
import { openNotifyWaker } from "./services/platform/wakers/notify.ts";
import type { Clock, Log } from "./services/ports/mod.ts";
import type { Waker } from "./services/ports/wakers.ts";
import { DemoProvider } from "./services/providers/mod.ts";
import {
  type Database,
  openDatabase,
  pingDatabase,
  SqlAssetStore,
  SqlCandleStore,
  SqlJobStore,
  SqlLeaseStore,
} from "./services/storage/mod.ts";

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
  /** Closes what `compose` opened; ports that were given stay open. */
  close(): Promise<void>;
}

/** How long a stop may take before what is still open is cut. */
const STOP_LIMIT_MS = 4_500;
/** How long a job may take when it runs before the first request. */
const FIRST_RUN_LIMIT_MS = 60_000;

/** Builds the whole product. Tests give ports of their own, so there is only one wiring. */
export async function compose(config: Config, overrides: Partial<Ports> = {}): Promise<Product> {
  const { version } = project;
  const clock = overrides.clock ?? new SystemClock();
  const log = overrides.log ?? createLog(config, clock);
  const database = overrides.database ??
    await openDatabase({ ...config.database, dataDir: config.dataDir, clock, log });
  const changes = new PacedChangeFeed(database.changes, clock);
  const store = new SqlCandleStore(database, clock);
  const registry = await openRegistry(new SqlAssetStore(database), clock);
  const market = new MarketService({
    registry,
    store,
    clock,
    changes,
    demoMode: config.demo,
    indicators: indicatorEngine,
  });
  const provider = new DemoProvider({ clock });
  const isListed = (assetId: AssetId) => registry.assets.some(({ id }) => id === assetId);
  const assetIds = provider.assetIds.filter(isListed);
  const demo = new DemoMarket({ provider, store, assetIds, mode: config.demo });
  const jobStore = new SqlJobStore(database, clock);
  const wakers = overrides.database ? [] : await openWakers({ config, database, log });
  const jobs = createJobSystem({ database, store: jobStore, wakers, demo, clock, log });
  // A first start has nothing to show before the demo market is there.
  if ((await store.listSeries()).length === 0) {
    await jobs.runNow("refresh_demo", { signal: AbortSignal.timeout(FIRST_RUN_LIMIT_MS) });
  }
  const analytics = new AnalyticsService({ market });
  const health = createHealth({
    config,
    clock,
    database,
    jobs,
    registry: registry.version,
  });
  const api = createApi({
    market,
    analytics,
    health,
    jobs: new JobsService({ store: jobStore, clock, wake: (job) => jobs.wake(job) }),
    clock,
    changes,
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
  const close = async () => {
    await Promise.all(wakers.map((waker) => waker[Symbol.asyncDispose]()));
    if (!overrides.database) await database.close();
  };
  return {
    fetch: (request, info) => api.handle(request) ?? page(request, info),
    warm: () => market.warm(),
    jobs,
    log,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The jobs of this process, which nothing has started yet. */
function createJobSystem({ database, store, wakers, demo, clock, log }: {
  database: Database;
  store: SqlJobStore;
  wakers: readonly Waker[];
  demo: DemoMarket;
  clock: Clock;
  log: Log;
}): JobSystem {
  return new JobSystem({
    jobs: createJobs({ clock, demo, store }),
    store,
    leases: new SqlLeaseStore(database, clock),
    wakers,
    clock,
    timer: systemTimer,
    random: systemRandom,
    log,
    metrics: noMetrics,
    owner: crypto.randomUUID(),
  });
}

/** How this process and others on the same database tell each other of jobs. */
async function openWakers({ config, database, log }: {
  config: Config;
  database: Database;
  log: Log;
}): Promise<readonly Waker[]> {
  if (database.notices) return [await openNotifyWaker(database.notices, log)];
  const waker = await openKvWaker({ path: join(config.dataDir, "kv.db"), log });
  return waker ? [waker] : [];
}

function createHealth({ config, clock, database, jobs, registry }: {
  config: Config;
  clock: Clock;
  database: Database;
  jobs: JobSystem;
  registry: string;
}): HealthService {
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
  product.jobs.start({ hasCron });
  await stopped.promise;
  serving = null;
  // What is still open when the time is up is cut, so that a stop always ends.
  const limit = setTimeout(() => Deno.exit(0), STOP_LIMIT_MS);
  await Promise.all([server.shutdown(), product.jobs.stop()]);
  await product.close();
  clearTimeout(limit);
  return 0;
}

function listen({ host, port }: Config, product: Product): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: host, port, onListen: () => {} }, product.fetch);
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
