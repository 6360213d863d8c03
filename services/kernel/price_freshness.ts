import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

/** How a live price stands against its age. */
export type PriceFreshness = "live" | "delayed" | "stale";

/**
 * How long a price counts as live, and then as delayed. Trades come by the second: without one for
 * 10 s the price is stale. A source that is asked every quarter of an hour has its own measure.
 */
const TRADED_AGES = { liveMs: 10 * SECOND_MS, delayedMs: 10 * SECOND_MS };
const POLLED_AGES = { liveMs: 20 * MINUTE_MS, delayedMs: HOUR_MS };

/** The same for servers and browsers, so that a page says of a price what its answer said. */
export function priceFreshness(
  ageMs: number,
  { isTraded }: { readonly isTraded: boolean },
): PriceFreshness {
  const { liveMs, delayedMs } = isTraded ? TRADED_AGES : POLLED_AGES;
  if (ageMs <= liveMs) return "live";
  return ageMs <= delayedMs ? "delayed" : "stale";
}
