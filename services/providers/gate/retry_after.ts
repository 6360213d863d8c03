import { DAY_MS, SECOND_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";

/** No provider is believed to want a longer pause. */
const LONGEST_PAUSE_MS = DAY_MS;

/**
 * When a provider may be called again by its `Retry-After`, which gives seconds or an HTTP date;
 * `null` where there is none or it can't be read. At most a day from now.
 */
export function readRetryAfter(header: string | null, now: UtcMs): UtcMs | null {
  const text = header?.trim() ?? "";
  const at = /^\d+(\.\d+)?$/.test(text)
    ? now + Math.ceil(Number(text) * SECOND_MS)
    : /GMT$/.test(text)
    ? Date.parse(text)
    : NaN;
  if (!Number.isFinite(at)) return null;
  return utcMsOf(Math.min(Math.max(at, now), now + LONGEST_PAUSE_MS));
}
