// deno-lint-ignore-file no-console -- the entry module talks to the person who starts it
import project from "./deno.json" with { type: "json" };
import { contentSecurityPolicy, pages } from "./fresh.config.ts";
import { defineCrons, type JobSystem } from "./jobs/mod.ts";
import { createApi } from "./routes/(_api)/mod.ts";
import { HostGuard } from "./routes/(_api)/middleware/allowed_hosts.ts";
import { feedGauges } from "./routes/(_api)/gauge_stream.ts";
import type { PoolParts } from "./routes/(_api)/pools.ts";
import {
  feedHub,
  feedValues,
  poolValue,
  portfolioValue,
  STREAM_TOPICS,
  tellScores,
} from "./routes/(_api)/stream_wire.ts";
import { StreamEndpoints, valueStreams } from "./routes/(_api)/streams.ts";
import { createPages } from "./routes/page_server.ts";
import { AnalyticsService, RiskService } from "./services/analytics/mod.ts";
import {
  type Core,
  createLive,
  createOps,
  enqueueRecalculation,
  type MarketParts,
  openGauges,
  openJobs,
  openMarket,
  openOutside,
  openPools,
  openPortfolio,
  openScores,
  type PortfolioParts,
  recalculateOnClose,
} from "./services/composition/mod.ts";
import { type Config, loadConfig, withEnvFile } from "./services/config.ts";
import { StartupError } from "./services/kernel/errors.ts";
import { capabilitiesOf, HealthService, JobsService, type OpsService } from "./services/ops/mod.ts";
import { ValueFeed } from "./services/portfolio/mod.ts";
import type { GaugeService } from "./services/onchain/mod.ts";
import { SystemClock } from "./services/platform/clock.ts";
import { CombinedChangeFeed } from "./services/platform/combined_change_feed.ts";
import { readEnvText } from "./services/platform/env_file.ts";
import {
  type HttpServer,
  maxStreamsOf,
  serveHttp,
  USUAL_DESCRIPTORS,
} from "./services/platform/http_server.ts";
import { JsonLog } from "./services/platform/json_log.ts";
import { LogTail } from "./services/platform/log_tail.ts";
import { PromMetrics } from "./services/platform/metrics/prom_metrics.ts";
import { lineWriter } from "./services/platform/standard_error.ts";
import { systemTimer } from "./services/platform/timer.ts";
import type { Clock, Log } from "./services/ports/mod.ts";
import type { ScoreService } from "./services/scores/mod.ts";
import { type Database, openDatabase, pingDatabase } from "./services/storage/mod.ts";
import { StreamHub } from "./services/streams/mod.ts";

/** What the product asks of the world; tests give their own. */
export interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
}

/** The whole product, ready to answer. */
export interface Product extends AsyncDisposable {
  fetch(request: Request, info?: Deno.ServeHandlerInfo<Deno.NetAddr>): Response | Promise<Response>;
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

const { version } = project;
/** How long a stop may take before what is still open is cut. */
const STOP_LIMIT_MS = 4_500;

/** Builds the whole product. Tests give ports of their own, so there is only one wiring. */
export async function compose(config: Config, overrides: Partial<Ports> = {}): Promise<Product> {
  const { core, logs, metrics, location } = await openCore(config, overrides);
  const { clock, database, log } = core;
  const parts = await openMarket(core);
  const outside = await openOutside(core, parts.registry);
  const scores = await openScores(core, parts);
  const portfolio = await openPortfolio(core, { ...parts, queue: () => work.jobs, location });
  const gauges = openGauges(core, { ...outside, bus: parts.bus });
  const work = await openJobs(core, { ...parts, outside, scores, portfolio, gauges });
  const live = createLive(core, { ...parts, outside, jobs: work.jobs });
  const { hub, streams, stopValues } = createStreams(core, { ...parts, portfolio });
  const poolParts = openPools(core, { ...parts, outside });
  const poolFeed = poolParts.feed((cards) =>
    hub.publish("pools", cards.map((card) => poolValue(card, clock.now())))
  );
  const { jobs, jobStore } = work;
  const wake = jobs.wake.bind(jobs);
  const jobsService = new JobsService({ store: jobStore, clock, wake, runs: jobs });
  const ops = createOps(core, {
    ...{ ...parts, outside, jobs, live, jobsService, fx: portfolio.fx, poolParts, logs, version },
    streams: () => streams.stats(),
  });
  const answer = await createFront(core, {
    ...parts,
    ...{ jobs, jobsService, ops, metrics, scores, portfolio, poolParts, gauges },
  });
  const stopFeedingHub = feedHub(hub, parts);
  const stopFeedingGauges = feedGauges(hub, { bus: parts.bus, gauges, clock, log });
  const stopScoring = recalculateOnClose(core, { ...parts, jobs });
  const close = async () => {
    parts.board.stop();
    parts.demoGate.stop();
    stopFeedingHub();
    stopFeedingGauges();
    stopValues();
    stopScoring();
    await portfolio.close();
    await parts.bus[Symbol.asyncDispose]();
    await Promise.all(work.wakers.map((waker) => waker[Symbol.asyncDispose]()));
    if (!overrides.database) await database.close();
  };
  return {
    fetch: guarded(config, (request, info) => streams.handle(request) ?? answer(request, info)),
    async warm() {
      await parts.market.warm();
      await tellScores(hub, scores);
    },
    jobs: work.jobs,
    log,
    async start(options) {
      await outside.gates.start();
      work.jobs.start(options);
      live.start();
      poolFeed.start();
      portfolio.watch.start();
    },
    async stop() {
      hub.close();
      const { watch } = portfolio;
      await Promise.all([live.stop(), work.jobs.stop(), poolFeed.stop(), watch.stop()]);
      await outside.gates.stop();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What all parts are made of, and where a thread finds the same database. */
async function openCore(config: Config, overrides: Partial<Ports>) {
  const clock = overrides.clock ?? new SystemClock();
  const logs = new LogTail();
  const log = overrides.log ?? createLog(config, { clock, logs });
  const location = { ...config.database, dataDir: config.dataDir };
  const database = overrides.database ?? await openDatabase({ ...location, clock, log });
  const metrics = new PromMetrics({ clock });
  const core: Core = { config, clock, log, database, owner: crypto.randomUUID(), metrics };
  // A database that was given may be in memory, where no thread finds it.
  return { core, logs, metrics, location: overrides.database ? null : location };
}

/** Answers where the request came by a name of ours, and refuses it else. */
function guarded({ allowedHosts }: Config, answer: Product["fetch"]): Product["fetch"] {
  const hosts = new HostGuard(allowedHosts);
  return (request, info) => hosts.refuse(request) ?? answer(request, info);
}

function createStreams(
  { config, clock, log, owner }: Core,
  { registry, board, portfolio }: MarketParts & { readonly portfolio: PortfolioParts },
) {
  const maxStreams = config.maxStreams ?? maxStreamsOf(USUAL_DESCRIPTORS);
  const hub = new StreamHub(STREAM_TOPICS, { clock, timer: systemTimer, instance: owner });
  const resolve = (name: string) => registry.resolve(name);
  const { portfolios, ledger, holdings, ownerOf } = portfolio;
  const feed = new ValueFeed({
    ...{ holdings, clock, log, timer: systemTimer },
    publish: (value) => hub.publish("portfolios", [portfolioValue(value)]),
  });
  const values = valueStreams(feed, { portfolios, ownerOf });
  const stopValues = feedValues(feed, { board, ledger });
  const streams = new StreamEndpoints({
    hub,
    clock,
    resolve,
    maxStreams,
    values,
    settle: () => board.settle(),
  });
  return { hub, streams, stopValues };
}

interface FrontParts extends MarketParts {
  readonly jobs: JobSystem;
  readonly jobsService: JobsService;
  readonly ops: OpsService;
  readonly metrics: PromMetrics;
  readonly scores: ScoreService;
  readonly portfolio: PortfolioParts;
  readonly poolParts: PoolParts;
  readonly gauges: GaugeService;
}

/** Data routes and pages, and what answers a request: the ones before the others. */
async function createFront(
  core: Core,
  { market, registry, changes, board, jobs, jobsService, ops, metrics, scores, ...more }:
    FrontParts,
): Promise<Product["fetch"]> {
  const { config, clock, log } = core;
  const { portfolio, poolParts, gauges } = more;
  // One for data routes and pages, so that what one of them measured the other has.
  const risk = new RiskService({ market, clock });
  const api = createApi({
    market,
    analytics: new AnalyticsService({ market }),
    risk,
    health: createHealth(core, {
      ...{ jobs, registry: registry.version },
      poolsFallback: poolParts.pools.fallback,
    }),
    jobs: jobsService,
    ops,
    ...{ portfolio, poolParts, gauges },
    scoring: { scores, recalculate: (query) => enqueueRecalculation({ scores, jobs }, query) },
    clock,
    changes: new CombinedChangeFeed(changes, board),
    log,
    monitoring: {
      metrics,
      scrape: (format) => metrics.scrape(format),
      stopwatch: () => performance.now(),
    },
    rateLimits: config.rateLimits,
    trustedProxies: config.trustedProxies,
    version,
  });
  const page = createPages({
    state: {
      ...{ market, risk, scores, ops, clock, version, portfolio },
      watchlists: portfolio.watchlists,
      pools: poolParts.pools,
      gauges,
      autopilot: poolParts.autopilot,
      apiDocument: api.describe,
    },
    settings: pages,
    contentSecurityPolicy,
    build: await loadBuild(),
    root: import.meta.dirname ?? ".",
    log,
  });
  return (request, info) => api.handle(request, info) ?? page(request, info);
}

function createHealth(
  { config, clock, database }: Core,
  { jobs, registry, poolsFallback }: {
    readonly jobs: JobSystem;
    readonly registry: string;
    readonly poolsFallback: string | null;
  },
): HealthService {
  return new HealthService({
    clock,
    versions: { tokenlysis: version, registry, deno: Deno.version.deno },
    probes: [{ name: "database", check: () => pingDatabase(database) }, ...jobs.probes()],
    capabilities: capabilitiesOf({
      isNetworkAllowed: config.isNetworkAllowed,
      demoMode: config.demo,
      hasKv: typeof Deno.openKv === "function",
      hasCron: typeof Deno.cron === "function",
      venues: config.market.venues,
      hasEtherscanKey: config.etherscanKey !== null,
      poolsFallback,
    }),
  });
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

function createLog(
  { logLevel, environment }: Pick<Config, "logLevel" | "environment">,
  { clock, logs }: { clock: Clock; logs: LogTail },
): Log {
  // Standard output is for the line that says where the server listens.
  const print = lineWriter(Deno.stderr);
  const write = (line: string) => {
    logs.add(line);
    print(line);
  };
  // Lines of a trial must not pass for those of the real thing where both are collected.
  const fields = environment === "production" ? {} : { environment };
  return new JsonLog({ clock, write, level: logLevel }, fields);
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
  let limit: ReturnType<typeof setTimeout> | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      // What is still open when the time is up is cut, so that a stop always ends: also one that
      // comes while the start is not over yet.
      limit ??= setTimeout(() => Deno.exit(0), STOP_LIMIT_MS);
      stopped.resolve();
    });
  }
  const server = listen(config, product);
  const { hostname, port } = server.addr;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  console.log(`Tokenlysis listening on http://${host}:${port}`);
  await product.warm();
  await product.start({ hasCron });
  await stopped.promise;
  serving = null;
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
