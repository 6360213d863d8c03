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
import { acceptsGzip, compressed, isCompressible, varying } from "./middleware/compression.ts";
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
  /** Answers a request for data; `null` leaves it to the pages. */
  readonly handle: (request: Request) => Response | Promise<Response> | null;
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
  const front = new ApiFront(deps, endpoints);
  return {
    fetch: (request) => front.fetch(request),
    handle: (request) => front.handle(request),
    claims: (pathname) => front.claims(pathname),
    document,
  };
}

/** What goes with a request through the router, and comes back beside the response. */
interface RequestEnv {
  Bindings: { readonly requestId: string; reply: Reply | null };
}

/** From request to response: cache, router, compression, conditional answers, headers. */
class ApiFront {
  readonly #router: Hono<RequestEnv>;
  readonly #changes: ChangeFeed;
  readonly #cache: FrontCache;
  readonly #ids = new RequestIds();
  readonly #log: Log;
  /** Paths that stand on their own, as opposed to everything under `/api`. */
  readonly #barePaths: readonly RegExp[];
  readonly #paths: readonly RegExp[];

  constructor({ changes, clock, log }: ApiDeps, endpoints: readonly Endpoint[]) {
    this.#changes = changes;
    this.#cache = new FrontCache({ clock });
    this.#log = log;
    const paths = endpoints.map(({ path }) => path);
    this.#paths = paths.map(patternOf);
    this.#barePaths = paths.filter((path) => !path.startsWith("/api/")).map(patternOf);
    this.#router = this.#route(endpoints);
  }

  claims(pathname: string): boolean {
    return pathname === "/api" || pathname.startsWith("/api/") ||
      this.#barePaths.some((path) => path.test(pathname));
  }

  handle(request: Request): Response | Promise<Response> | null {
    const change = this.#changes.current();
    const replayed = this.#replay(request, change);
    if (replayed !== null) return replayed;
    return this.claims(pathOf(request.url)) ? this.#answer(request, change) : null;
  }

  fetch(request: Request): Response | Promise<Response> {
    const change = this.#changes.current();
    return this.#replay(request, change) ?? this.#answer(request, change);
  }

  #replay(request: Request, change: number): Response | null {
    if (!isRead(request)) return null;
    const hit = this.#cache.replay(request, { change, build: this.#buildReplayed });
    return hit && conditional(request, hit);
  }

  /** Replays share one id: nothing is logged of them, and a header for each costs a tenth. */
  readonly #buildReplayed = (reply: Reply) => toResponse(reply, this.#ids.next());

  #answer(request: Request, change: number): Response | Promise<Response> {
    const env: RequestEnv["Bindings"] = {
      requestId: this.#ids.of(request.headers),
      reply: null,
    };
    // The router would drop the body of a HEAD, and with it what the cache can keep.
    const read = request.method === "HEAD" ? new Request(request, { method: "GET" }) : request;
    const answer = this.#router.fetch(read, env);
    // Most answers are there at once, and waiting for them would cost more than making them.
    return answer instanceof Promise
      ? answer.then((response) => this.#finish(request, { response, env, change }))
      : this.#finish(request, { response: answer, env, change });
  }

  #finish(
    request: Request,
    { response, env, change }: { response: Response; env: RequestEnv["Bindings"]; change: number },
  ): Response | Promise<Response> {
    const { reply, requestId } = env;
    if (reply === null) return response;
    if (isCompressible(reply)) return this.#finishLong(request, { reply, requestId, change });
    if (isRead(request)) this.#cache.keep(request.url, { plain: reply, gzip: null, change });
    return conditional(request, { reply, response });
  }

  async #finishLong(
    request: Request,
    { reply, requestId, change }: { reply: Reply; requestId: string; change: number },
  ): Promise<Response> {
    const plain = varying(reply);
    const gzip = acceptsGzip(request.headers) ? await compressed(plain) : null;
    if (isRead(request)) this.#cache.keep(request.url, { plain, gzip, change });
    const sent = gzip ?? plain;
    return conditional(request, { reply: sent, response: toResponse(sent, requestId) });
  }

  #route(endpoints: readonly Endpoint[]): Hono<RequestEnv> {
    const router = new Hono<RequestEnv>();
    for (const { path, run } of endpoints) {
      const hasParams = path.includes("{");
      router.get(path.replaceAll(/\{(\w+)\}/g, ":$1"), (c): Response | Promise<Response> => {
        const reply = run({ params: hasParams ? c.req.param() : {}, url: c.req.url });
        return reply instanceof Promise ? reply.then((made) => send(c, made)) : send(c, reply);
      });
    }
    router.notFound((c) => {
      if (!this.#paths.some((path) => path.test(c.req.path))) {
        return send(c, refusal(new AppError("RESOURCE_NOT_FOUND", NOTHING_HERE)));
      }
      if (c.req.method !== "OPTIONS") {
        return send(c, refusal(new AppError("METHOD_NOT_ALLOWED", `Expected ${ALLOWED}`)));
      }
      return new Response(null, {
        status: 204,
        headers: { allow: ALLOWED, [ID_HEADER]: c.env.requestId },
      });
    });
    router.onError((error, c) => {
      if (error instanceof AppError) return send(c, refusal(error));
      const { requestId } = c.env;
      this.#log.error("Request failed", { request_id: requestId, path: c.req.path, error });
      return send(c, internalError(requestId));
    });
    return router;
  }
}

const ALLOWED = "GET, HEAD, OPTIONS";
const ID_HEADER = "x-request-id";
const NOTHING_HERE = "There is nothing at this address: /openapi.json lists what there is";

/** Matches the paths of a route. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

/** Sends a reply and leaves it beside the response, for the cache. */
function send({ env }: { readonly env: RequestEnv["Bindings"] }, reply: Reply): Response {
  env.reply = reply;
  return toResponse(reply, env.requestId);
}

/**
 * Headers are added one by one after the fact: `Deno.serve` prepares a response with several given
 * at once in a way that takes five times as long as all of these.
 */
function toResponse({ status, body, headers }: Reply, requestId: string): Response {
  const response = new Response(body, { status, headers: JSON_TYPE });
  const { headers: sent } = response;
  for (const [name, value] of SECURITY_HEADERS) sent.append(name, value);
  for (const name in headers) sent.append(name, headers[name] ?? "");
  if (headers["cache-control"] === undefined) sent.append("cache-control", "no-store");
  sent.append(ID_HEADER, requestId);
  return response;
}

const JSON_TYPE = { "content-type": "application/json" };

/** The path of a request's URL, which is absolute and normal already: parsing it takes longer. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const end = url.indexOf("?", start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

/** `304` for a known ETag, no body for HEAD, else the response as it is. */
function conditional(
  request: Request,
  { reply, response }: { reply: Reply; response: Response },
): Response {
  const { etag } = reply.headers;
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
