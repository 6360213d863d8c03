import type { ChangeFeed, Clock } from "../../services/ports/mod.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { acceptsGzip, compressed, isCompressible, varying } from "./middleware/compression.ts";
import { FrontCache } from "./middleware/front_cache.ts";
import { RequestIds } from "./middleware/request_id.ts";
import { SECURITY_HEADERS } from "./middleware/security_headers.ts";
import type { Reply } from "./reply.ts";

/** From request to response: cache, dispatcher, compression, headers, conditional answers. */
export class ApiFront {
  readonly #dispatcher: Dispatcher;
  readonly #changes: ChangeFeed;
  readonly #cache: FrontCache;
  readonly #ids = new RequestIds();

  constructor(
    { changes, clock }: { readonly changes: ChangeFeed; readonly clock: Clock },
    dispatcher: Dispatcher,
  ) {
    this.#changes = changes;
    this.#cache = new FrontCache({ clock });
    this.#dispatcher = dispatcher;
  }

  /** The answer as it was given less than a second ago, if nothing has changed; else `null`. */
  replay(request: Request): Response | null {
    if (!isRead(request)) return null;
    const change = this.#changes.current();
    const hit = this.#cache.replay(request, { change, build: this.#buildReplayed });
    return hit && conditional(request, hit);
  }

  /** The answer made for this request; at once where nothing has to be waited for. */
  answer(request: Request): Response | Promise<Response> {
    const change = this.#changes.current();
    const requestId = this.#ids.of(request.headers);
    const reply = this.#dispatcher.dispatch(request, requestId);
    return reply instanceof Promise
      ? reply.then((made) => this.#send(request, { reply: made, requestId, change }))
      : this.#send(request, { reply, requestId, change });
  }

  /** Replays share one id: nothing is logged of them, and a header for each costs a tenth. */
  readonly #buildReplayed = (reply: Reply) => toResponse(reply, this.#ids.next());

  #send(request: Request, made: MadeReply): Response | Promise<Response> {
    const { reply, requestId, change } = made;
    if (isCompressible(reply)) return this.#sendLong(request, made);
    if (isRead(request)) this.#cache.keep(request.url, { plain: reply, gzip: null, change });
    return conditional(request, { reply, response: toResponse(reply, requestId) });
  }

  async #sendLong(request: Request, { reply, requestId, change }: MadeReply): Promise<Response> {
    const plain = varying(reply);
    const gzip = acceptsGzip(request.headers) ? await compressed(plain) : null;
    if (isRead(request)) this.#cache.keep(request.url, { plain, gzip, change });
    const sent = gzip ?? plain;
    return conditional(request, { reply: sent, response: toResponse(sent, requestId) });
  }
}

/** A reply with the state of the facts from before it was made. */
interface MadeReply {
  readonly reply: Reply;
  readonly requestId: string;
  readonly change: number;
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
function toResponse({ status, body, headers }: Reply, requestId: string): Response {
  const type = headers[TYPE];
  const init = { status, headers: type === undefined ? JSON_TYPE : { [TYPE]: type } };
  const response = new Response(body === "" ? null : body, init);
  const { headers: sent } = response;
  for (const [name, value] of SECURITY_HEADERS) sent.append(name, value);
  for (const name in headers) if (name !== TYPE) sent.append(name, headers[name] ?? "");
  if (headers["cache-control"] === undefined) sent.append("cache-control", "no-store");
  sent.append("x-request-id", requestId);
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
