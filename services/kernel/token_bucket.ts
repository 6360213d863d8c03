import { type UtcMs, utcMsOf } from "./time.ts";

/** A bucket's measures: what it holds, and what runs into it. */
export interface TokenBucket {
  /** Most that can be taken at once. */
  readonly capacity: number;
  readonly refillPerMs: number;
}

/** What a bucket held when it was last looked at. */
export interface TokenBucketState {
  readonly tokens: number;
  readonly at: UtcMs;
}

export interface TokenTake {
  readonly isGranted: boolean;
  /** The bucket after the take, or as it is where nothing was taken. */
  readonly state: TokenBucketState;
  /** When the cost will be there, if nobody else takes from it; `now` if it was granted. */
  readonly retryAt: UtcMs;
}

/**
 * The bucket that lets at most `limit` through in any window of `windowMs`, wherever it begins,
 * of which up to `burst` at once. A full bucket gives its burst and what runs in meanwhile, and
 * whole tokens are taken, so the inflow of a window is `limit + 1 - burst`: then a window, which
 * is over just before the last of it has run in, sees less than `limit + 1`.
 */
export function windowBucket(
  { limit, windowMs, burst }: {
    readonly limit: number;
    readonly windowMs: number;
    readonly burst: number;
  },
): TokenBucket {
  if (!(burst >= 1 && burst <= limit && windowMs > 0)) {
    throw new RangeError(
      `Cannot pace ${limit} in ${windowMs} ms with bursts of ${burst}: expected 1 <= burst <= limit`,
    );
  }
  return { capacity: burst, refillPerMs: (limit + 1 - burst) / windowMs };
}

/** A bucket that nothing was taken from yet. */
export function fullBucket({ capacity }: TokenBucket, now: UtcMs): TokenBucketState {
  return { tokens: capacity, at: now };
}

/** What the bucket holds now. A clock that steps back adds nothing and takes nothing. */
export function refill(
  { capacity, refillPerMs }: TokenBucket,
  { state, now }: { readonly state: TokenBucketState; readonly now: UtcMs },
): TokenBucketState {
  const elapsedMs = Math.max(0, now - state.at);
  return {
    tokens: Math.min(capacity, state.tokens + elapsedMs * refillPerMs),
    at: utcMsOf(Math.max(now, state.at)),
  };
}

/**
 * Takes `cost` from the bucket if it is there. A cost above the capacity would never be there:
 * `RangeError`.
 */
export function takeTokens(
  bucket: TokenBucket,
  { state, cost, now }: {
    readonly state: TokenBucketState;
    readonly cost: number;
    readonly now: UtcMs;
  },
): TokenTake {
  if (!(cost >= 0 && cost <= bucket.capacity)) {
    throw new RangeError(`Cannot take ${cost} tokens: the bucket holds ${bucket.capacity}`);
  }
  const filled = refill(bucket, { state, now });
  const missing = cost - filled.tokens;
  if (missing > 0) {
    const waitMs = Math.max(1, Math.ceil(missing / bucket.refillPerMs));
    return { isGranted: false, state: filled, retryAt: utcMsOf(filled.at + waitMs) };
  }
  const rest = { tokens: filled.tokens - cost, at: filled.at };
  return { isGranted: true, state: rest, retryAt: now };
}
