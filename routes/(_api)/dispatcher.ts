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

/**
 * Finds the endpoint of a request and turns whatever comes of it into a reply. It stands on Hono's
 * router alone: a `Context` for each request would cost as much as most of these routes do.
 */
export class Dispatcher {
  readonly #router = new SmartRouter<Endpoint>({
    routers: [new RegExpRouter(), new TrieRouter()],
  });
  readonly #log: Log;

  constructor(endpoints: readonly Endpoint[], log: Log) {
    this.#log = log;
    for (const endpoint of endpoints) {
      const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ":$1");
      this.#router.add(endpoint.method, path, endpoint);
    }
  }

  /** Whether a path is one of the endpoints'. */
  knows(path: string): boolean {
    return this.#methodsOf(path).length > 0;
  }

  /** The endpoint that answers the request; `null` where none does. */
  find(request: Request): Endpoint | null {
    const found = this.#match(request.method, pathOf(request.url));
    return found?.[0][0]?.[0] ?? null;
  }

  /** The reply, at once where the endpoint has it at once; never rejects. */
  dispatch(request: Request, requestId: string): Dispatched {
    const path = pathOf(request.url);
    const found = this.#match(request.method, path);
    const endpoint = found?.[0][0]?.[0] ?? null;
    const refuse = (error: unknown) => this.#refuse(error, { path, requestId });
    try {
      const reply = found && endpoint
        ? run(endpoint, { found, request })
        : this.#answerWithout(request, path);
      return { endpoint, reply: reply instanceof Promise ? reply.catch(refuse) : reply };
    } catch (error) {
      return { endpoint, reply: refuse(error) };
    }
  }

  #match(method: string, path: string): Result<Endpoint> | null {
    const asked = method === "HEAD" ? "GET" : method;
    return METHODS.some((known) => known === asked) ? this.#router.match(asked, path) : null;
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
    return METHODS.filter((method) => this.#router.match(method, path)[0].length > 0);
  }

  #refuse(error: unknown, { path, requestId }: { path: string; requestId: string }): Reply {
    if (error instanceof AppError) return refusal(error);
    this.#log.error("Request failed", { request_id: requestId, path, error });
    return internalError(requestId);
  }
}

function run(
  endpoint: Endpoint,
  { found, request }: { found: Result<Endpoint>; request: Request },
): Reply | Promise<Reply> {
  if (endpoint.method !== "GET") checkSameSite(request);
  return endpoint.run({ params: paramsOf(found), request });
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
