import { recalculateRequest } from "@/jobs/mod.ts";
import { type Api, createApi, type Monitoring } from "@/routes/(_api)/mod.ts";
import type { PoolParts } from "@/routes/(_api)/pools.ts";
import type { Scoring } from "@/routes/(_api)/scores.ts";
import type { RateLimitMode } from "@/routes/(_api)/middleware/rate_limit.ts";
import { AnalyticsService, indicatorEngine, RiskService } from "@/services/analytics/mod.ts";
import {
  AutopilotService,
  DEFAULT_POOL_SETTINGS,
  PoolArchive,
  PoolIngestion,
  PoolService,
} from "@/services/defi/mod.ts";
import { ProviderError } from "@/services/kernel/errors.ts";
import { Secret } from "@/services/kernel/secret.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import {
  type AssetId,
  AssetRegistry,
  type CandleStore,
  type DemoMode,
  type Interval,
  MarketService,
} from "@/services/market/mod.ts";
import {
  capabilitiesOf,
  type HealthProbe,
  HealthService,
  JobsService,
  OpsService,
  seriesCoverage,
} from "@/services/ops/mod.ts";
import { openPortfolio, type PortfolioParts } from "@/services/composition/portfolio_parts.ts";
import { LOCAL_OWNER } from "@/services/portfolio/mod.ts";
import { GaugeService } from "@/services/onchain/mod.ts";
import type { JobStore } from "@/services/ports/jobs.ts";
import { PacedChangeFeed } from "@/services/platform/paced_change_feed.ts";
import { MockPoolProvider } from "@/services/providers/pools/mod.ts";
import { JsonLog } from "@/services/platform/json_log.ts";
import { LogTail } from "@/services/platform/log_tail.ts";
import { loadMethods, ScoreService } from "@/services/scores/mod.ts";
import {
  type Database,
  pingDatabase,
  SqlAuditLog,
  SqlCandleStore,
  SqlGaugeStore,
  SqlJobStore,
  SqlLeaseStore,
  SqlPoolStore,
  SqlRelationStore,
  SqlScoreStore,
} from "@/services/storage/mod.ts";
import { MemoryBus } from "@/services/platform/bus/memory_bus.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { FakeFx, FakeHeldPrices, FakePools, FakeProviders, heldPrice } from "@/tests/fakes/ops.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";
import { type CandleSketch, columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { FakeGas } from "@/tests/unit/onchain/gauge_sample.ts";
import { aliasRow, assetRow, sampleRegistry } from "@/tests/unit/market/assets_sample.ts";

/** How requests of tests say whose they are. */
const OWNER_HEADER = "x-test-owner";

/** Where the clock of every API test stands at first. */
export const NOW = Date.UTC(2026, 0, 1);

/** The data routes over an empty database in memory, with the means to fill and to ask it. */
export interface ApiHarness extends AsyncDisposable {
  readonly api: Api;
  readonly market: MarketService;
  readonly store: CandleStore;
  readonly jobs: JobsService;
  readonly jobStore: JobStore;
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  readonly ops: OpsService;
  readonly scores: ScoreService;
  /** Readings written here are served as the pools. */
  readonly poolStore: SqlPoolStore;
  readonly poolParts: PoolParts;
  readonly gauges: GaugeService;
  readonly gasSource: FakeGas;
  readonly gaugeStore: SqlGaugeStore;
  /** What the console shows of the log. */
  readonly operatorsLog: JsonLog;
  /** Everything that has an owner; requests tell theirs by a header. */
  readonly portfolio: PortfolioParts;
  readonly database: Database;
  /** Asks for a change, as an owner; the local one if none is named. */
  send(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    options?: SendOptions,
  ): Promise<Response>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Writes candles `[first day + i] -> close` of an asset. */
  write(options: SeriesSketch): Promise<void>;
}

export interface SeriesSketch {
  readonly assetId?: string;
  readonly source?: string;
  readonly interval?: Interval;
  readonly candles: readonly CandleSketch[];
}

/** The gauges that are on. */
interface GaugeOptions {
  /** Read of `gasSource`. */
  readonly hasGas?: boolean | undefined;
  /** Never answered: readings come from the test. */
  readonly hasMempool?: boolean | undefined;
}

interface HarnessOptions extends GaugeOptions {
  readonly demoMode?: DemoMode;
  readonly monitoring?: Monitoring;
  readonly rateLimits?: RateLimitMode;
  readonly trustedProxies?: readonly string[];
  readonly probes?: readonly HealthProbe[];
  /** Keeps the data in a file, and has a thread compute on ledgers with more rows than this. */
  readonly maxRowsHere?: number;
}

export async function openTestApi(
  { demoMode = "auto", probes, monitoring, rateLimits = "off", trustedProxies = [], ...options }:
    HarnessOptions = {},
): Promise<ApiHarness> {
  const clock = new FakeClock(NOW);
  const log = new RecordingLog();
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_api_" });
  const { maxRowsHere, ...gauges } = options;
  const threaded = threadedIn(folder, maxRowsHere);
  const database = await openTestDatabase({ clock, ...threaded?.file });
  const store = new SqlCandleStore(database, clock);
  const changes = new PacedChangeFeed(database.changes, clock);
  const registry = registryOfFour();
  const facts = { registry, store, clock, changes, demoMode };
  const market = new MarketService({ ...facts, indicators: indicatorEngine });
  const analytics = new AnalyticsService({ market });
  const risk = new RiskService({ market, clock });
  const health = new HealthService({
    clock,
    versions: { tokenlysis: "1.2.3" },
    probes: probes ?? [{ name: "database", check: () => pingDatabase(database) }],
    capabilities: capabilitiesOf({
      isNetworkAllowed: false,
      demoMode,
      hasKv: true,
      hasCron: false,
      venues: [],
      hasEtherscanKey: false,
      poolsFallback: "DUNE_API_KEY is not set",
    }),
  });
  const jobStore = new SqlJobStore(database, clock);
  const jobs = new JobsService({ store: jobStore, clock, wake: () => {} });
  const { ops, operatorsLog } = createOps({ database, clock, store, market, jobs, jobStore });
  const portfolio = await createPortfolio(
    { clock, database, log, config: { dataDir: folder, demo: demoMode } },
    { registry, market, store, changes, queue: () => jobStore, ...threaded?.options },
  );
  const scoring = await createScoring({ database, clock, market, jobStore });
  const poolKit = createPools({ database, clock, changes, log }, gauges);
  const version = "1.2.3";
  const api = createApi({
    ...{ market, analytics, risk, health, jobs, ops, scoring, portfolio, ...poolKit.served },
    ...{ clock, changes, log, rateLimits, trustedProxies, version },
    ...monitoring && { monitoring },
  });
  return {
    api,
    ...{ market, store, jobs, jobStore, clock, log, ops, operatorsLog },
    scores: scoring.scores,
    portfolio,
    database,
    send: (method, path, options) => send(api, [method, path], options),
    ...poolKit.kept,
    ...poolKit.served,
    async get(path, headers = {}) {
      return await api.fetch(new Request(`http://localhost${path}`, { headers }));
    },
    async write({ assetId = "bitcoin", source = "daily_cmc", interval = "1d", candles }) {
      const key = { assetId: assetId as AssetId, source, interval };
      await store.upsertCandles(key, columnsOf(candles));
    },
    async [Symbol.asyncDispose]() {
      await portfolio.close();
      await database.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A file in place of memory, and what has a thread find it; `null` where none is wanted. */
function threadedIn(folder: string, maxRowsHere: number | undefined) {
  if (maxRowsHere === undefined) return null;
  return {
    file: { path: `${folder}/tokenlysis.db` },
    options: { maxRowsHere, location: { url: null, dataDir: folder } },
  };
}

interface SendOptions {
  readonly owner?: string;
  readonly json?: unknown;
  readonly body?: BodyInit;
}

async function send(
  api: Api,
  [method, path]: readonly [method: string, path: string],
  { owner = LOCAL_OWNER, json, body }: SendOptions = {},
): Promise<Response> {
  const headers = {
    [OWNER_HEADER]: owner,
    ...json !== undefined && { "content-type": "application/json" },
  };
  const content = json === undefined ? body : JSON.stringify(json);
  return await api.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers,
      ...content !== undefined && { body: content },
    }),
  );
}

/** Portfolios of the owners that requests name. */
async function createPortfolio(
  ...parts: Parameters<typeof openPortfolio>
): Promise<PortfolioParts> {
  return {
    ...await openPortfolio(...parts),
    ownerOf: (headers) => headers.get(OWNER_HEADER) ?? LOCAL_OWNER,
  };
}

/** The key of the operator of every API test. */
export const ADMIN_KEY = "operator";

/** Pools of a store, the provider of made-up ones for who ingests, and gauges without sources. */
function createPools(
  { database, clock, changes, log }: {
    readonly database: Database;
    readonly clock: FakeClock;
    readonly changes: PacedChangeFeed;
    readonly log: RecordingLog;
  },
  { hasGas = false, hasMempool = false }: GaugeOptions,
) {
  const store = new SqlPoolStore(database, clock);
  const archive = new PoolArchive({ store, changes, clock });
  const fetcher = { provider: "mock", wanted: "dune", fallback: "DUNE_API_KEY is not set" };
  const settings = DEFAULT_POOL_SETTINGS;
  const pools = new PoolService({ archive, settings, fetcher });
  const autopilot = new AutopilotService({ archive, clock, settings });
  const leases = new SqlLeaseStore(database, clock);
  const provider = new MockPoolProvider();
  const ingestion = new PoolIngestion({
    ...{ provider, store, leases, owner: "test", clock, log },
    audit: new SqlAuditLog(database, clock),
    timer: new FakeTimer(clock),
  });
  const gaugeStore = new SqlGaugeStore(database);
  const gas = new FakeGas(() => clock.now());
  const silent = () => Promise.reject(new ProviderError("mempool", "never", "silent"));
  const noKey = { reason: "ETHERSCAN_API_KEY is not set", setting: "set it and restart" };
  const gauges = new GaugeService({
    ...{ store: gaugeStore, bus: new MemoryBus(log), clock, log, examples: null },
    sources: {
      eth_gas: hasGas ? gas : noKey,
      btc_mempool: hasMempool
        ? { name: "btc_mempool", provider: "mempool", fetch: silent }
        : { reason: "TOKENLYSIS_NETWORK is off", setting: "set it to on" },
    },
  });
  const poolParts = { pools, autopilot, ingestion, adminKey: new Secret(ADMIN_KEY) };
  return { served: { poolParts, gauges }, kept: { poolStore: store, gaugeStore, gasSource: gas } };
}

/** Two assets of one symbol, and one of many names. */
function registryOfFour(): AssetRegistry {
  return new AssetRegistry(sampleRegistry({
    assets: [
      assetRow("bitcoin", { symbol: "BTC", name: "Bitcoin", decimals: 8 }),
      assetRow("ethereum", { symbol: "ETH", name: "Ethereum" }),
      assetRow("uniswap", { symbol: "UNI", name: "Uniswap", themes: ["defi"] }),
      assetRow("unicorn-token", { symbol: "UNI", name: "Unicorn", themes: ["meme"] }),
    ],
    themes: [
      { id: "layer-1", name: "Layer 1" },
      { id: "defi", name: "DeFi" },
      { id: "meme", name: "Meme" },
    ],
    asset_aliases: [aliasRow("xbt", "bitcoin")],
  }));
}

/** The scores over the database, whose recalculations wait in the queue. */
async function createScoring({ database, clock, market, jobStore }: {
  database: Database;
  clock: FakeClock;
  market: MarketService;
  jobStore: JobStore;
}): Promise<Scoring> {
  const files = ["v1", "signal"].map((name) =>
    Deno.readTextFile(new URL(`../../registry/methods/${name}.json`, import.meta.url))
  );
  const methods = loadMethods(await Promise.all(files));
  const store = new SqlScoreStore(database, clock);
  const relations = new SqlRelationStore(database, clock);
  const scores = new ScoreService({ market, store, relations, methods, clock });
  return {
    scores,
    async recalculate({ method = null, asof = null, days = 1 }) {
      const inputs = String(await scores.getVersion());
      return await jobStore.enqueue(recalculateRequest({ method, asof, days, inputs }));
    },
  };
}

/** The id of the one price that is held back. */
export const HELD_ID = "019b76da-a800-7000-8000-000000000001";

/** The operator's part over the database, with providers and held prices of its own. */
function createOps({ database, clock, store, market, jobs, jobStore }: {
  database: Database;
  clock: FakeClock;
  store: CandleStore;
  market: MarketService;
  jobs: JobsService;
  jobStore: JobStore;
}): { readonly ops: OpsService; readonly operatorsLog: JsonLog } {
  const logs = new LogTail();
  const operatorsLog = new JsonLog({ clock, level: "debug", write: (line) => logs.add(line) });
  const bitcoin = { id: "bitcoin", symbol: "BTC" };
  const ops = new OpsService({
    clock,
    log: operatorsLog,
    version: "1.2.3",
    providers: new FakeProviders("binance", "coingecko"),
    jobs,
    feeds: () => [],
    streams: () => null,
    coverage: async () => seriesCoverage([bitcoin], await store.listSeries()),
    held: new FakeHeldPrices(heldPrice({ id: HELD_ID })),
    pools: new FakePools(),
    fx: new FakeFx(),
    logs,
    audit: new SqlAuditLog(database, clock),
    resolveAsset: (name) => market.resolve(name),
    enqueueBackfill: ({ assetId, interval }) =>
      jobStore.enqueue({
        name: "backfill_candles",
        key: `${assetId ?? "all"} ${interval ?? "all"}`,
        maxAttempts: 20,
        timeoutMs: 1_000,
      }),
  });
  return { ops, operatorsLog };
}

/** One candle a day from 2021-01-01 on with these closes, and ten units traded each day. */
export function dailyCandles(closes: readonly number[], first = "2021-01-01"): CandleSketch[] {
  const start = Date.parse(`${first}T00:00:00Z`);
  return closes.map((close, at) => ({
    openTime: start + at * DAY_MS,
    open: close - 1,
    high: close + 2,
    low: close - 3,
    close,
    volume: 10,
  }));
}
