import type { ChangeFeed, Clock } from "../../services/ports/mod.ts";
import { type Dispatcher, pathOf } from "./dispatcher.ts";
import { refusal } from "./errors.ts";
import {
  acceptsGzip,
  compressed,
  isCompressible,
  varying,
  type WholeReply,
} from "./middleware/compression.ts";
import { FrontCache } from "./middleware/front_cache.ts";
import type { ConnectionInfo } from "./middleware/client_address.ts";
import { addRateHeaders, type RateLimiter } from "./middleware/rate_limit.ts";
import type { RequestMetrics } from "./middleware/request_metrics.ts";
import { RequestIds } from "./middleware/request_id.ts";
import { SECURITY_HEADERS } from "./middleware/security_headers.ts";
import type { Reply } from "./reply.ts";
import { type Route, Routes } from "./route.ts";

export interface ApiFrontDeps {
  readonly dispatcher: Dispatcher;
  readonly changes: ChangeFeed;
  readonly clock: Clock;
  readonly limiter: RateLimiter;
  readonly metrics: RequestMetrics;
}

/** From request to response: limits, cache, dispatcher, compression, headers, conditions. */
export class ApiFront {
  readonly #deps: ApiFrontDeps;
  readonly #cache: FrontCache;
  readonly #routes: Routes;
  readonly #ids = new RequestIds();

  constructor(deps: ApiFrontDeps) {
    const { clock, limiter, metrics } = deps;
    this.#deps = deps;
    this.#cache = new FrontCache({ clock });
    this.#routes = new Routes((endpoint) => {
      const rateClass = endpoint?.limit ?? "general";
      const ratePolicy = limiter.policyOf(rateClass);
      return { rateClass, ratePolicy, meter: metrics.meterOf(endpoint) };
    });
  }

  /** Bytes that the kept answers take, roughly. */
  get cacheBytes(): number {
    return this.#cache.sizeBytes;
  }

  /** The answer to a request for data; `null` leaves the request to the pages. */
  handle(request: Request, info?: ConnectionInfo): Response | Promise<Response> | null {
    const { dispatcher, limiter } = this.#deps;
    const isLimited = limiter.limits(request, info);
    const begun = this.#begin();
    // Of clients that are limited each request is counted before anything is looked up for it.
    const replayed = isLimited ? null : this.#replay(request, begun);
    if (replayed !== null) return replayed;
    if (!dispatcher.claims(pathOf(request.url))) return null;
    return isLimited
      ? this.#answerLimited(request, { ...begun, info })
      : this.#make(request, begun);
  }

  /** The answer whatever the address, replayed where that is possible. */
  answer(request: Request, info?: ConnectionInfo): Response | Promise<Response> {
    const begun = this.#begin();
    if (this.#deps.limiter.limits(request, info)) {
      return this.#answerLimited(request, { ...begun, info });
    }
    return this.#replay(request, begun) ?? this.#make(request, begun);
  }

  #begin(): Begun {
    const { changes, metrics } = this.#deps;
    return { startedAt: metrics.now(), change: changes.current() };
  }

  #answerLimited(
    request: Request,
    { info, ...begun }: Begun & { readonly info: ConnectionInfo | undefined },
  ): Response | Promise<Response> {
    const { dispatcher, limiter } = this.#deps;
    const route = this.#routes.of(dispatcher.find(request));
    const rate = limiter.take(request, { info, rateClass: route.rateClass });
    if (rate.refusal !== null) {
      const id = this.#ids.of(request.headers);
      const response = toResponse(refusal(rate.refusal), { id, route });
      route.meter.record(response.status, { startedAt: begun.startedAt, id });
      return addRateHeaders(response, rate);
    }
    const response = this.#replay(request, begun) ?? this.#make(request, begun);
    return response instanceof Promise
      ? response.then((made) => addRateHeaders(made, rate))
      : addRateHeaders(response, rate);
  }

  /** The answer as it was given less than a second ago, if nothing has changed; else `null`. */
  #replay(request: Request, { startedAt, change }: Begun): Response | null {
    if (!isRead(request)) return null;
    const hit = this.#cache.replay(request, { change, build: this.#buildReplayed });
    if (hit === null) return null;
    const response = conditional(request, hit);
    // Replays share one id, of which no log line tells.
    hit.route.meter.record(response.status, { startedAt, id: null });
    return response;
  }

  #make(request: Request, begun: Begun): Response | Promise<Response> {
    const id = this.#ids.of(request.headers);
    const { endpoint, reply } = this.#deps.dispatcher.dispatch(request, id);
    const { startedAt, change } = begun;
    const asked = { startedAt, change, request, id, route: this.#routes.of(endpoint) };
    return reply instanceof Promise
      ? reply.then((made) => this.#send(made, asked))
      : this.#send(reply, asked);
  }

  /** Replays share one id: nothing is logged of them, and a header for each costs a tenth. */
  readonly #buildReplayed = (reply: Reply, route: Route) =>
    toResponse(reply, { id: this.#ids.next(), route });

  #send(reply: Reply, asked: Asked): Response | Promise<Response> {
    if (isCompressible(reply)) return this.#sendLong(reply, asked);
    return this.#finish({ plain: reply, gzip: null }, asked);
  }

  async #sendLong(reply: WholeReply, asked: Asked): Promise<Response> {
    const plain = varying(reply);
    const gzip = acceptsGzip(asked.request.headers) ? await compressed(plain) : null;
    return this.#finish({ plain, gzip }, asked);
  }

  #finish(
    forms: { readonly plain: Reply; readonly gzip: WholeReply | null },
    { request, id, route, change, startedAt }: Asked,
  ): Response {
    if (isRead(request)) this.#cache.keep(request.url, { ...forms, route, change });
    const reply = forms.gzip ?? forms.plain;
    const response = conditional(request, { reply, response: toResponse(reply, { id, route }) });
    route.meter.record(response.status, { startedAt, id });
    return response;
  }
}

/** What is known before anything is done for a request. */
interface Begun {
  readonly startedAt: number;
  /** State of the facts from before the reply was made. */
  readonly change: number;
}

/** A request with what is known of it before its reply. */
interface Asked extends Begun {
  readonly request: Request;
  readonly id: string;
  readonly route: Route;
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

const JSON_TYPE = { "content-type": "application/json" };
/** The header is there already when the reply's own are added. */
const TYPE = "content-type";

/**
 * Headers are added one by one after the fact: `Deno.serve` prepares a response with several given
 * at once in a way that takes five times as long as all of these.
 */
function toResponse(
  { status, body, headers }: Reply,
  { id, route: { ratePolicy } }: { readonly id: string; readonly route: Route },
): Response {
  const type = headers[TYPE];
  const init = { status, headers: type === undefined ? JSON_TYPE : { [TYPE]: type } };
  const response = new Response(body === "" ? null : body, init);
  const { headers: sent } = response;
  for (const [name, value] of SECURITY_HEADERS) sent.append(name, value);
  for (const name in headers) if (name !== TYPE) sent.append(name, headers[name] ?? "");
  if (headers["cache-control"] === undefined) sent.append("cache-control", "no-store");
  if (ratePolicy !== null) sent.append("ratelimit-policy", ratePolicy);
  sent.append("x-request-id", id);
  return response;
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
  void response.body?.cancel();
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
