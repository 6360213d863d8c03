import { MINUTE_MS, SECOND_MS } from "./time.ts";

export interface BackoffLimits {
  /** The longest first wait. */
  readonly baseMs?: number;
  /** The longest wait of all. */
  readonly capMs?: number;
}

/**
 * Milliseconds to wait before try `attempt` (1 is the first repetition): anything up to
 * `base · 2^(attempt - 1)`, at most the cap. The whole of it is random ("full jitter"), so that
 * callers that failed together do not come back together.
 */
export function backoffMs(
  { attempt, random }: { readonly attempt: number; readonly random: () => number },
  { baseMs = SECOND_MS, capMs = MINUTE_MS }: BackoffLimits = {},
): number {
  if (!Number.isInteger(attempt) || attempt < 1) {
    throw new RangeError(`Cannot back off: expected an attempt from 1 on, got ${attempt}`);
  }
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** (attempt - 1)));
}
