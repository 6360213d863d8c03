import type { AnalyticsService } from "../../services/analytics/mod.ts";
import type { MarketService } from "../../services/market/mod.ts";
import type { HealthService, JobsService, OpsService } from "../../services/ops/mod.ts";
import type { ChangeFeed, Clock, Log } from "../../services/ports/mod.ts";
import { analyticsEndpoints } from "./analytics.ts";
import { ApiFront } from "./api_front.ts";
import { assetEndpoints } from "./assets.ts";
import { Dispatcher, pathOf } from "./dispatcher.ts";
import type { Endpoint } from "./endpoint.ts";
import { explainEndpoints } from "./explain.ts";
import { marketEndpoints } from "./market.ts";
import { describeApi, type JsonObject } from "./openapi.ts";
import { documentEndpoint, opsEndpoints } from "./ops.ts";
import { consoleEndpoints } from "./ops_console.ts";
import { controlEndpoints } from "./ops_controls.ts";
import { taskEndpoints } from "./tasks.ts";

export interface ApiDeps {
  readonly market: MarketService;
  readonly analytics: AnalyticsService;
  readonly health: HealthService;
  readonly jobs: JobsService;
  /** What operators see and steer; absent where the process has no such part. */
  readonly ops?: OpsService;
  readonly clock: Clock;
  readonly changes: ChangeFeed;
  readonly log: Log;
  /** Version of the product. */
  readonly version: string;
}

export interface Api {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Answers a request for data; `null` leaves it to the pages. */
  readonly handle: (request: Request) => Response | Promise<Response> | null;
  /** Whether the path is data, as opposed to a page. */
  readonly claims: (pathname: string) => boolean;
  /** The OpenAPI document of all data routes. */
  readonly document: JsonObject;
}

/** The one list of data URLs, but for the document that is made of it. */
export function mountTable(deps: ApiDeps): readonly Endpoint[] {
  const { ops, clock } = deps;
  return [
    ...assetEndpoints(deps),
    ...marketEndpoints(deps),
    ...analyticsEndpoints(deps),
    ...explainEndpoints(deps),
    ...opsEndpoints(deps),
    ...taskEndpoints(deps),
    ...ops ? [...consoleEndpoints({ ops, clock }), ...controlEndpoints({ ops, clock })] : [],
  ];
}

/** Builds everything that answers with data, behind a cache that replays public answers. */
export function createApi(deps: ApiDeps): Api {
  const described = mountTable(deps);
  const document = describeApi([...described, documentEndpoint({})], deps.version);
  const dispatcher = new Dispatcher([...described, documentEndpoint(document)], deps.log);
  const front = new ApiFront(deps, dispatcher);
  const claims = (pathname: string) =>
    pathname.startsWith("/api/") || pathname === "/api" || dispatcher.knows(pathname);
  return {
    fetch: (request) => front.replay(request) ?? front.answer(request),
    handle: (request) =>
      front.replay(request) ?? (claims(pathOf(request.url)) ? front.answer(request) : null),
    claims,
    document,
  };
}
