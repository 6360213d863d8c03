import { errorMessage, ProviderError, type RetryClass } from "../kernel/errors.ts";
import type { HttpClient, HttpReply, HttpRequest } from "../ports/mod.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface FetchHttpClientOptions {
  /** Named in errors. */
  readonly provider: string;
  /** False refuses every call, as `TOKENLYSIS_NETWORK=off` asks. */
  readonly isNetworkAllowed: boolean;
  readonly fetch?: typeof fetch;
}

type FollowedRequest = Omit<HttpRequest, "headers" | "signal"> & {
  readonly headers: Headers;
  readonly signal: AbortSignal;
};

/**
 * Outgoing HTTP with an end to everything: time (10 s), size (16 MiB), redirects (3, to the same
 * host only, so that keys in headers go nowhere else). What fails is a `ProviderError`; a caller's
 * own abort is thrown as it is. Messages name the address without its query, which may hold a key.
 */
export class FetchHttpClient implements HttpClient {
  readonly #provider: string;
  readonly #isNetworkAllowed: boolean;
  readonly #fetch: typeof fetch;

  constructor({ provider, isNetworkAllowed, fetch = globalThis.fetch }: FetchHttpClientOptions) {
    this.#provider = provider;
    this.#isNetworkAllowed = isNetworkAllowed;
    this.#fetch = fetch;
  }

  async send(url: URL, request: HttpRequest = {}): Promise<HttpReply> {
    if (!this.#isNetworkAllowed) {
      throw this.#error("never", `Cannot call ${nameOf(url)}: TOKENLYSIS_NETWORK is off`);
    }
    const { timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES, signal } = request;
    signal?.throwIfAborted();
    const headers = headersOf(request.headers ?? {});
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new TimeoutError(timeoutMs)), timeoutMs);
    const onAbort = () => stop.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const response = await this.#follow(url, { ...request, headers, signal: stop.signal });
      const body = await this.#readBody(response, { url, maxBytes });
      return { status: response.status, headers: response.headers, body };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ProviderError) throw error;
      const reason = reasonOf(stop.signal.aborted ? stop.signal.reason : error);
      throw this.#error("failover_with_penalty", `Cannot reach ${nameOf(url)}: ${reason}`);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  async #follow(
    from: URL,
    { method = "GET", headers, body, signal }: FollowedRequest,
  ): Promise<Response> {
    let url = from;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const response = await this.#fetch(url, {
        method,
        headers,
        redirect: "manual",
        signal,
        ...(body === undefined ? {} : { body }),
      });
      const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
      if (location === null) return response;
      await response.body?.cancel();
      const next = URL.parse(location, url);
      // Another host, or the same one without encryption, must not see the request's keys.
      if (method !== "GET" || next?.host !== url.host || next.protocol !== url.protocol) {
        const target = next ? nameOf(next) : "an unreadable address";
        throw this.#error("next_provider", `${nameOf(from)} redirects to ${target}: not followed`);
      }
      url = next;
    }
    throw this.#error(
      "next_provider",
      `${nameOf(from)} redirects more than ${MAX_REDIRECTS} times`,
    );
  }

  async #readBody(
    response: Response,
    { url, maxBytes }: { url: URL; maxBytes: number },
  ): Promise<string> {
    const decoder = new TextDecoder();
    let sizeBytes = 0;
    let text = "";
    // Leaving the loop early cancels the body.
    for await (const chunk of response.body ?? []) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) {
        throw this.#error(
          "failover_with_penalty",
          `${nameOf(url)} answers too much: expected at most ${maxBytes} bytes`,
        );
      }
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  }

  #error(retryClass: RetryClass, message: string): ProviderError {
    return new ProviderError(this.#provider, retryClass, message);
  }
}

class TimeoutError extends Error {
  override readonly name = "TimeoutError";

  constructor(timeoutMs: number) {
    super(`no complete answer within ${timeoutMs} ms`);
  }
}

/** The address without query and credentials. */
function nameOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/** The headers to send. Throws `TypeError` without their values, which may be keys. */
function headersOf(given: Readonly<Record<string, string>>): Headers {
  const headers = new Headers({ "user-agent": "Tokenlysis" });
  for (const [name, value] of Object.entries(given)) {
    try {
      headers.set(name, value);
    } catch {
      throw new TypeError(`Cannot send header "${name}": expected a name and text of HTTP`);
    }
  }
  return headers;
}

/**
 * Why a call failed. `fetch` itself says little and its cause repeats the whole address with its
 * query, so the cause's text is taken, without the address, and the cause is not passed on.
 */
function reasonOf(error: unknown): string {
  const told = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return errorMessage(told).replace(/ for url \(\S+\)/g, "");
}
