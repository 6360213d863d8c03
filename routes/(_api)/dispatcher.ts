import type { Result } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import { AppError } from "../../services/kernel/errors.ts";
import type { Log } from "../../services/ports/mod.ts";
import type { Endpoint, Method } from "./endpoint.ts";
import { internalError, refusal } from "./errors.ts";
import { checkSameSite } from "./middleware/same_site.ts";
import type { Reply } from "./reply.ts";

/** What a path with an endpoint of the method allows. */
const ALLOWED: Readonly<Record<Method, string>> = {
  GET: "GET, HEAD",
  POST: "POST",
  PUT: "PUT",
  DELETE: "DELETE",
};
const METHODS: readonly Method[] = ["GET", "POST", "PUT", "DELETE"];

/** A reply and who made it; `null` is nobody, at an address where nothing is. */
export interface Dispatched {
  readonly endpoint: Endpoint | null;
  readonly reply: Reply | Promise<Reply>;
}

/** An endpoint with the values of its path. */
interface Found {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Finds the endpoint of a request and turns whatever comes of it into a reply. It stands on Hono's
 * router alone: a `Context` for each request would cost as much as most of these routes do. Paths
 * without values are looked up by themselves, which is faster, and come before those with values.
 */
export class Dispatcher {
  readonly #fixed: Readonly<Record<Method, Map<string, Endpoint>>> = {
    GET: new Map(),
    POST: new Map(),
    PUT: new Map(),
    DELETE: new Map(),
  };
  readonly #router = new SmartRouter<Endpoint>({
    routers: [new RegExpRouter(), new TrieRouter()],
  });
  readonly #log: Log;

  constructor(endpoints: readonly Endpoint[], log: Log) {
    this.#log = log;
    for (const endpoint of endpoints) {
      const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ":$1");
      if (path === endpoint.path) this.#fixed[endpoint.method].set(path, endpoint);
      else this.#router.add(endpoint.method, path, endpoint);
    }
  }

  /** Whether a path is data, as opposed to a page. */
  claims(path: string): boolean {
    return path.startsWith("/api/") || path === "/api" || this.#methodsOf(path).length > 0;
  }

  /** The endpoint that answers the request; `null` where none does. */
  find({ method, url }: Request): Endpoint | null {
    return this.#match(asMethod(method), pathOf(url))?.endpoint ?? null;
  }

  /** The reply, at once where the endpoint has it at once; never rejects. */
  dispatch(request: Request, requestId: string): Dispatched {
    const path = pathOf(request.url);
    const found = this.#match(asMethod(request.method), path);
    const endpoint = found?.endpoint ?? null;
    const refuse = (error: unknown) => this.#refuse(error, { path, requestId });
    try {
      const reply = found ? run(found, request) : this.#answerWithout(request, path);
      return { endpoint, reply: reply instanceof Promise ? reply.catch(refuse) : reply };
    } catch (error) {
      return { endpoint, reply: refuse(error) };
    }
  }

  #match(method: Method | null, path: string): Found | null {
    if (method === null) return null;
    const fixed = this.#fixed[method].get(path);
    if (fixed !== undefined) return { endpoint: fixed, params: NO_PARAMS };
    const result = this.#router.match(method, path);
    const endpoint = result[0][0]?.[0];
    return endpoint === undefined ? null : { endpoint, params: paramsOf(result) };
  }

  /** What is said where no endpoint of the method is. */
  #answerWithout({ method }: Request, path: string): Reply {
    const methods = this.#methodsOf(path);
    if (methods.length === 0) {
      const message = "There is nothing at this address: /openapi.json lists what there is";
      throw new AppError("RESOURCE_NOT_FOUND", message);
    }
    const allow = [...methods.map((known) => ALLOWED[known]), "OPTIONS"].join(", ");
    if (method === "OPTIONS") return { status: 204, body: "", headers: { allow } };
    throw new AppError(
      "METHOD_NOT_ALLOWED",
      `Cannot ${method} this address: expected ${allow}`,
      { details: { allow } },
    );
  }

  #methodsOf(path: string): readonly Method[] {
    return METHODS.filter((method) => this.#match(method, path) !== null);
  }

  #refuse(error: unknown, { path, requestId }: { path: string; requestId: string }): Reply {
    if (error instanceof AppError) {
      // Something outside failed, which who asked can't change.
      if (error.code === "UNAVAILABLE" && error.cause !== undefined) {
        this.#log.warn("Request refused", { request_id: requestId, path, error });
      }
      return refusal(error);
    }
    this.#log.error("Request failed", { request_id: requestId, path, error });
    return internalError(requestId);
  }
}

function run({ endpoint, params }: Found, request: Request): Reply | Promise<Reply> {
  if (endpoint.method !== "GET") checkSameSite(request);
  return endpoint.run({ params, request });
}

/** The method that endpoints have: `HEAD` is answered like `GET`; `null` of all that none has. */
function asMethod(method: string): Method | null {
  if (method === "GET" || method === "HEAD") return "GET";
  return METHODS.find((known) => known === method) ?? null;
}

/** The path of a request's URL, which is absolute and normal already: parsing it takes longer. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const end = url.indexOf("?", start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

/** The values of a matched path by name: some routers give them, others where they stand. */
function paramsOf([matches, values]: Result<Endpoint>): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, place] of Object.entries(matches[0]?.[1] ?? {})) {
    params[name] = decoded(typeof place === "number" ? values?.[place] ?? "" : place);
  }
  return params;
}

/** A segment without its percent-encoding; as it stands where that is broken. */
function decoded(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}
