import type { AnalyticsService, RiskService } from "../../services/analytics/mod.ts";
import type { MarketService } from "../../services/market/mod.ts";
import type { HealthService, JobsService, OpsService } from "../../services/ops/mod.ts";
import type { GaugeService } from "../../services/onchain/mod.ts";
import type { Metrics } from "../../services/ports/metrics.ts";
import type { ChangeFeed, Clock, Log } from "../../services/ports/mod.ts";
import { analyticsEndpoints } from "./analytics.ts";
import { ApiFront } from "./api_front.ts";
import { assetEndpoints } from "./assets.ts";
import { correlationEndpoints } from "./correlation.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Endpoint } from "./endpoint.ts";
import { explainEndpoints } from "./explain.ts";
import { marketEndpoints } from "./market.ts";
import { metricsEndpoint, type Scrape } from "./metrics.ts";
import type { ConnectionInfo } from "./middleware/client_address.ts";
import { RateLimiter, type RateLimitMode } from "./middleware/rate_limit.ts";
import { NO_REQUEST_METRICS, requestMetrics } from "./middleware/request_metrics.ts";
import { describeApi, type JsonObject } from "./openapi.ts";
import { documentEndpoint, opsEndpoints } from "./ops.ts";
import { consoleEndpoints } from "./ops_console.ts";
import { controlEndpoints } from "./ops_controls.ts";
import { portfolioEndpoints } from "./portfolio.ts";
import type { PortfolioParts } from "./portfolio_scope.ts";
import { onchainEndpoints } from "./onchain.ts";
import { poolExplainEndpoint } from "./pool_explain.ts";
import { intakeEndpoints } from "./pool_intake.ts";
import { poolEndpoints, type PoolParts } from "./pools.ts";
import { riskEndpoints } from "./risk.ts";
import { recalculateEndpoint, scoreEndpoints, type Scoring } from "./scores.ts";
import { simulationExplainEndpoints } from "./simulation_explain.ts";
import { simulationEndpoints, simulationRunEndpoints } from "./simulations.ts";
import { taskEndpoints } from "./tasks.ts";

export interface ApiDeps {
  readonly market: MarketService;
  readonly analytics: AnalyticsService;
  readonly risk: RiskService;
  readonly health: HealthService;
  readonly jobs: JobsService;
  /** Absent where the process has no such part. */
  readonly scoring?: Scoring;
  /** What has an owner; absent where the process has no such part. */
  readonly portfolio?: PortfolioParts;
  readonly poolParts?: PoolParts;
  readonly gauges?: GaugeService;
  /** What operators see and steer. */
  readonly ops: OpsService;
  readonly clock: Clock;
  readonly changes: ChangeFeed;
  readonly log: Log;
  /** Without it nothing is counted and there is no `/metrics`. */
  readonly monitoring?: Monitoring;
  /** Whom the limits hold for; nobody if left out. */
  readonly rateLimits?: RateLimitMode;
  /** Addresses and networks of proxies whose word on who asks is taken; none if left out. */
  readonly trustedProxies?: readonly string[];
  /** Version of the product. */
  readonly version: string;
}

/** Numbers of this process: where they go, and what a collector reads of them. */
export interface Monitoring {
  readonly metrics: Metrics;
  readonly scrape: Scrape;
  /** Milliseconds from any start, finer than the clock's. */
  readonly stopwatch: () => number;
}

export interface Api {
  readonly fetch: (request: Request, info?: ConnectionInfo) => Response | Promise<Response>;
  /** Answers a request for data; `null` leaves it to the pages. */
  readonly handle: (
    request: Request,
    info?: ConnectionInfo,
  ) => Response | Promise<Response> | null;
  /** Whether the path is data, as opposed to a page. */
  readonly claims: (pathname: string) => boolean;
  /** The OpenAPI document of all data routes. */
  readonly describe: () => JsonObject;
}

/** The one list of data URLs, but for the document that is made of it. */
export function mountTable(deps: ApiDeps): readonly Endpoint[] {
  const { ops, clock, monitoring, scoring, portfolio, poolParts, gauges } = deps;
  const data = [
    ...assetEndpoints(deps),
    ...marketEndpoints(deps),
    ...analyticsEndpoints(deps),
    ...riskEndpoints(deps),
    ...correlationEndpoints(deps),
    ...explainEndpoints(deps),
    ...scoring ? scoreEndpoints({ ...scoring, market: deps.market, clock }) : [],
    ...poolParts ? poolEndpoints({ ...poolParts, clock }) : [],
    ...poolParts ? [poolExplainEndpoint({ ...poolParts, clock })] : [],
    ...poolParts ? simulationEndpoints({ ...poolParts, clock }) : [],
    ...poolParts ? simulationExplainEndpoints({ ...poolParts, clock }) : [],
    ...gauges ? onchainEndpoints({ gauges, clock }) : [],
  ];
  return [
    ...data.map((one): Endpoint => ({ ...one, limit: "data" })),
    ...opsEndpoints(deps),
    ...scoring ? [recalculateEndpoint({ ...scoring, clock })] : [],
    ...portfolio ? portfolioEndpoints({ ...deps, ...portfolio }) : [],
    ...taskEndpoints({ ...deps, ownerOf: portfolio?.ownerOf }),
    ...poolParts ? intakeEndpoints({ ...poolParts, clock }) : [],
    ...poolParts ? simulationRunEndpoints({ ...poolParts, clock }) : [],
    ...consoleEndpoints({ ops, clock }),
    ...controlEndpoints({ ops, clock }),
    ...monitoring ? [metricsEndpoint(monitoring.scrape)] : [],
  ];
}

/** Builds everything that answers with data, behind a cache that replays public answers. */
export function createApi(deps: ApiDeps): Api {
  const { changes, clock, log, monitoring, rateLimits = "off", trustedProxies = [] } = deps;
  let document: JsonObject | null = null;
  // Made when somebody first asks for it, as that takes a tenth of the start.
  const describe = () => document ??= describeApi(endpoints, deps.version);
  const endpoints: readonly Endpoint[] = [...mountTable(deps), documentEndpoint(describe)];
  const dispatcher = new Dispatcher(endpoints, log);
  const front = new ApiFront({
    dispatcher,
    changes,
    clock,
    limiter: new RateLimiter({ clock, mode: rateLimits, trustedProxies }),
    metrics: monitoring
      ? requestMetrics(monitoring.metrics, monitoring.stopwatch)
      : NO_REQUEST_METRICS,
  });
  if (monitoring) tellCacheSize(monitoring.metrics, front);
  return {
    fetch: (request, info) => front.answer(request, info),
    handle: (request, info) => front.handle(request, info),
    claims: (pathname) => dispatcher.claims(pathname),
    describe,
  };
}

function tellCacheSize(metrics: Metrics, front: ApiFront): void {
  const bytes = metrics.gauge({
    name: "tokenlysis_front_cache_bytes",
    help: "Kept answers of data routes, roughly",
  });
  metrics.beforeScrape(() => bytes.set(front.cacheBytes));
}
