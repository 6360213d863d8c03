import { Hono } from "hono";
import { AppError } from "../../services/kernel/errors.ts";
import type { AnalyticsService } from "../../services/analytics/mod.ts";
import type { MarketService } from "../../services/market/mod.ts";
import type { HealthService } from "../../services/ops/mod.ts";
import type { ChangeFeed, Clock, Log } from "../../services/ports/mod.ts";
import { analyticsEndpoints } from "./analytics.ts";
import { assetEndpoints } from "./assets.ts";
import type { Endpoint } from "./endpoint.ts";
import { internalError, refusal } from "./errors.ts";
import { explainEndpoints } from "./explain.ts";
import { marketEndpoints } from "./market.ts";
import { acceptsGzip, compressed } from "./middleware/compression.ts";
import { FrontCache } from "./middleware/front_cache.ts";
import { RequestIds } from "./middleware/request_id.ts";
import { SECURITY_HEADERS } from "./middleware/security_headers.ts";
import { describeApi, type JsonObject } from "./openapi.ts";
import { documentEndpoint, opsEndpoints } from "./ops.ts";
import type { Reply } from "./reply.ts";

export interface ApiDeps {
  readonly market: MarketService;
  readonly analytics: AnalyticsService;
  readonly health: HealthService;
  readonly clock: Clock;
  readonly changes: ChangeFeed;
  readonly log: Log;
  /** Version of the product. */
  readonly version: string;
}

export interface Api {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Whether the path is data, as opposed to a page. */
  readonly claims: (pathname: string) => boolean;
  /** The OpenAPI document of all data routes. */
  readonly document: JsonObject;
}

/** The one list of data URLs, but for the document that is made of it. */
export function mountTable(deps: ApiDeps): readonly Endpoint[] {
  return [
    ...assetEndpoints(deps),
    ...marketEndpoints(deps),
    ...analyticsEndpoints(deps),
    ...explainEndpoints(deps),
    ...opsEndpoints(deps),
  ];
}

/** Builds everything that answers with data, behind a cache that replays public answers. */
export function createApi(deps: ApiDeps): Api {
  const described = mountTable(deps);
  const document = describeApi([...described, documentEndpoint({})], deps.version);
  const endpoints = [...described, documentEndpoint(document)];
  const bareRoutes = endpoints.map(({ path }) => path)
    .filter((path) => !path.startsWith("/api/"))
    .map((path) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`));
  const front = new ApiFront(deps, endpoints);
  return {
    fetch: (request) => front.fetch(request),
    claims: (pathname) =>
      pathname === "/api" || pathname.startsWith("/api/") ||
      bareRoutes.some((route) => route.test(pathname)),
    document,
  };
}

/** What goes with a request through the router. */
interface RequestEnv {
  Bindings: { readonly requestId: string };
}

/** From request to response: cache, router, compression, conditional answers, headers. */
class ApiFront {
  readonly #router: Hono<RequestEnv>;
  readonly #cache: FrontCache;
  readonly #ids = new RequestIds();
  readonly #log: Log;
  /** What each response of the router was made of, for the cache. */
  readonly #replies = new WeakMap<Response, Reply>();

  constructor({ changes, clock, log }: ApiDeps, endpoints: readonly Endpoint[]) {
    this.#cache = new FrontCache({ changes, clock });
    this.#log = log;
    this.#router = this.#route(endpoints);
  }

  fetch(request: Request): Response | Promise<Response> {
    const { method, headers, url } = request;
    const requestId = this.#ids.next(headers);
    if (method !== "GET" && method !== "HEAD") return this.#answer(request, { requestId });
    const key = acceptsGzip(headers) ? `${GZIP_KEY}${url}` : url;
    const hit = this.#cache.replay(key, toResponse);
    if (hit === null) return this.#answer(request, { requestId, key });
    return finish(request, { ...hit, requestId });
  }

  async #answer(
    request: Request,
    { requestId, key }: { requestId: string; key?: string },
  ): Promise<Response> {
    const change = this.#cache.mark();
    // The router would drop the body of a HEAD, and with it what the cache can keep.
    const read = request.method === "HEAD" ? new Request(request, { method: "GET" }) : request;
    const response = await this.#router.fetch(read, { requestId });
    const reply = this.#replies.get(response) ?? null;
    if (reply === null) return finish(request, { response, reply, requestId });
    const sent = await compressed(reply, key?.startsWith(GZIP_KEY) ?? false);
    if (key !== undefined) this.#cache.keep(key, { reply: sent, change });
    const final = sent === reply ? response : toResponse(sent);
    return finish(request, { response: final, reply: sent, requestId });
  }

  #route(endpoints: readonly Endpoint[]): Hono<RequestEnv> {
    const router = new Hono<RequestEnv>();
    for (const { path, run } of endpoints) {
      const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
      router.get(pattern, async (c) => {
        const params: Record<string, string> = c.req.param();
        return this.#remember(await run({ params, url: new URL(c.req.url) }));
      });
      router.options(pattern, () => new Response(null, { status: 204, headers: ALLOWED }));
      router.all(pattern, () => {
        throw new AppError("METHOD_NOT_ALLOWED", "This address answers GET, HEAD and OPTIONS");
      });
    }
    router.notFound(() => {
      const message = "There is nothing at this address: /openapi.json lists what there is";
      return this.#remember(refusal(new AppError("RESOURCE_NOT_FOUND", message)));
    });
    router.onError((error, c) => {
      if (error instanceof AppError) return this.#remember(refusal(error));
      const { requestId } = c.env;
      this.#log.error("Request failed", { request_id: requestId, path: c.req.path, error });
      return this.#remember(internalError(requestId));
    });
    return router;
  }

  #remember(reply: Reply): Response {
    const response = toResponse(reply);
    this.#replies.set(response, reply);
    return response;
  }
}

/** Compressed answers are kept apart from plain ones. */
const GZIP_KEY = "gzip ";

const ALLOWED = { allow: "GET, HEAD, OPTIONS" };

function toResponse({ status, body, headers }: Reply): Response {
  const all = { ...SECURITY_HEADERS, "cache-control": "no-store", ...headers };
  return new Response(body, { status, headers: all });
}

/** The response as this request must see it. */
function finish(
  request: Request,
  { response, reply, requestId }: { response: Response; reply: Reply | null; requestId: string },
): Response {
  const final = conditional(request, response, reply);
  final.headers.set("x-request-id", requestId);
  return final;
}

/** `304` for a known ETag, no body for HEAD, else the response as it is. */
function conditional(request: Request, response: Response, reply: Reply | null): Response {
  const etag = reply?.headers.etag;
  if (etag !== undefined && isKnown(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers: response.headers });
  }
  if (request.method !== "HEAD") return response;
  return new Response(null, { status: response.status, headers: response.headers });
}

/** Weak comparison (RFC 9110, 8.8.3.2) with a list of tags or `*`. */
function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  const opaque = etag.replace("W/", "");
  return ifNoneMatch.split(",").some((tag) => {
    const known = tag.trim();
    return known === "*" || known.replace("W/", "") === opaque;
  });
}
