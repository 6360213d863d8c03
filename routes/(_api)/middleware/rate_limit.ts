import { AppError } from "../../../services/kernel/errors.ts";
import { MINUTE_MS, SECOND_MS } from "../../../services/kernel/time.ts";
import {
  fullBucket,
  takeTokens,
  type TokenBucket,
  type TokenBucketState,
} from "../../../services/kernel/token_bucket.ts";
import type { Clock } from "../../../services/ports/mod.ts";
import { type Client, ClientAddresses, type ConnectionInfo } from "./client_address.ts";

/** How often a client may ask: for data, for signing in, for all else. */
export type RateClass = "general" | "data" | "auth";

/** `auto` exempts the machine that the server runs on; `on` limits everybody, `off` nobody. */
export type RateLimitMode = "auto" | "on" | "off";

/** Requests a minute; as many may come at once after a pause. */
export const RATE_LIMITS: Readonly<Record<RateClass, number>> = {
  general: 100,
  data: 1_000,
  auth: 5,
};

/** Clients of a class that are remembered; the one that was away the longest is forgotten. */
const MAX_CLIENTS = 10_000;
const WINDOW_MS = MINUTE_MS;

/** What a client has left of its limit. */
export interface RateStatus {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until all of the limit is there again. */
  readonly resetSeconds: number;
  /** Why the request is refused; `null` if it is not. */
  readonly refusal: AppError | null;
}

/** Token buckets by client and class. A client is an address, or a network of 2^64 in IPv6. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #mode: RateLimitMode;
  readonly #clients: ClientAddresses;
  readonly #maxClients: number;
  readonly #buckets: Readonly<Record<RateClass, Map<string, TokenBucketState>>> = {
    general: new Map(),
    data: new Map(),
    auth: new Map(),
  };

  constructor({ clock, mode, trustedProxies = [], maxClients = MAX_CLIENTS }: {
    readonly clock: Clock;
    readonly mode: RateLimitMode;
    /** Addresses and networks of proxies that say whom they ask for. */
    readonly trustedProxies?: readonly string[];
    readonly maxClients?: number;
  }) {
    this.#clock = clock;
    this.#mode = mode;
    this.#clients = new ClientAddresses(trustedProxies);
    this.#maxClients = maxClients;
  }

  /** Whether a request from there is counted at all. */
  limits(request: Request, info: ConnectionInfo | undefined): boolean {
    if (this.#mode !== "auto") return this.#mode === "on";
    return !isOnThisMachine(this.#clients.of(request, info));
  }

  /** The `RateLimit-Policy` of a class; `null` where nobody is limited. */
  policyOf(rateClass: RateClass): string | null {
    if (this.#mode === "off") return null;
    return `${RATE_LIMITS[rateClass]};w=${WINDOW_MS / SECOND_MS}`;
  }

  /** Counts one request. */
  take(
    request: Request,
    { info, rateClass }: {
      readonly info: ConnectionInfo | undefined;
      readonly rateClass: RateClass;
    },
  ): RateStatus {
    const bucket = bucketOf(rateClass);
    const known = this.#buckets[rateClass];
    const client = bucketNameOf(this.#clients.of(request, info));
    const now = this.#clock.now();
    const before = known.get(client) ?? fullBucket(bucket, now);
    const { isGranted, state, retryAt } = takeTokens(bucket, { state: before, cost: 1, now });
    // Taken out and put in again, it stands behind all others.
    known.delete(client);
    known.set(client, state);
    if (known.size > this.#maxClients) known.delete(known.keys().next().value ?? client);
    const retrySeconds = Math.ceil((retryAt - now) / SECOND_MS);
    return {
      limit: bucket.capacity,
      remaining: Math.floor(state.tokens),
      resetSeconds: Math.ceil((bucket.capacity - state.tokens) / bucket.refillPerMs / SECOND_MS),
      refusal: isGranted ? null : tooMany(bucket.capacity, retrySeconds),
    };
  }
}

/** The headers that tell a client what it has left. */
export function addRateHeaders(
  response: Response,
  { limit, remaining, resetSeconds }: RateStatus,
): Response {
  const { headers } = response;
  headers.set("ratelimit-limit", String(limit));
  headers.set("ratelimit-remaining", String(remaining));
  headers.set("ratelimit-reset", String(resetSeconds));
  return response;
}

function bucketOf(rateClass: RateClass): TokenBucket {
  const capacity = RATE_LIMITS[rateClass];
  return { capacity, refillPerMs: capacity / WINDOW_MS };
}

function tooMany(limit: number, retrySeconds: number): AppError {
  const message = `Cannot answer more than ${limit} requests a minute`;
  return new AppError("RATE_LIMITED", message, { details: { limit, retry_after_s: retrySeconds } });
}

function isOnThisMachine({ address, isOwn }: Client): boolean {
  return isOwn && (address.startsWith("127.") || address === "::1");
}

/** IPv4 as it is; of IPv6 the network, as a host has all of its addresses. */
function bucketNameOf({ address }: Client): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => "0");
  return [...groups, ...zeros, ...rest].slice(0, 4).join(":");
}
