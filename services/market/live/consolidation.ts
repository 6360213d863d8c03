import { SECOND_MS, type UtcMs } from "../../kernel/time.ts";
import type { ExcludedVenue, VenuePrice } from "../live_ports.ts";

/** A venue's last trade counts for this long. */
const MAX_TRADE_AGE_MS = 10 * SECOND_MS;

/** A venue further off the median than this fraction of it does not count. */
const MAX_OFF_MEDIAN = 0.05;

/** Decimal digits that every float keeps. */
const EXACT_DIGITS = 15;

/** What several venues' last trades say of a price. */
export interface Consolidated {
  readonly priceUsd: number;
  /** Time of the newest trade that counts. */
  readonly asof: UtcMs;
  readonly venues: readonly VenuePrice[];
  readonly excluded: readonly ExcludedVenue[];
}

/**
 * The median of the venues' last trades, as far as they are no older than 10 s; of an even number
 * the mean of the two in the middle. Venues more than 5 % off that median are left out and it is
 * taken anew. `null` where no venue is left: with nothing traded there is no price, and of two
 * venues that lie more than about 10 % apart nobody can say which is right.
 */
export function consolidate(trades: readonly VenuePrice[], now: UtcMs): Consolidated | null {
  const byName = trades.toSorted((a, b) => a.venue < b.venue ? -1 : 1);
  const excluded: ExcludedVenue[] = [];
  const fresh = byName.filter((trade) => {
    const isFresh = now - trade.at <= MAX_TRADE_AGE_MS;
    if (!isFresh) excluded.push({ ...trade, reason: "old" });
    return isFresh;
  });
  const middle = medianOf(fresh);
  const venues = fresh.filter((trade) => {
    const isNear = Math.abs(trade.priceUsd - middle) <= middle * MAX_OFF_MEDIAN;
    if (!isNear) excluded.push({ ...trade, reason: "off_median" });
    return isNear;
  });
  if (venues.length === 0) return null;
  const asof = Math.max(...venues.map(({ at }) => at)) as UtcMs;
  return { priceUsd: medianOf(venues), asof, venues, excluded };
}

/** NaN of none. */
function medianOf(trades: readonly VenuePrice[]): number {
  const ascending = trades.map(({ priceUsd }) => priceUsd).sort((a, b) => a - b);
  const half = ascending.length >> 1;
  const upper = ascending[half] ?? NaN;
  if (ascending.length % 2 === 1) return upper;
  const mean = (upper + (ascending[half - 1] ?? NaN)) / 2;
  // Half of 99.95 + 99.84 is 99.895, which floats miss by their last digit.
  return Number(mean.toPrecision(EXACT_DIGITS));
}
