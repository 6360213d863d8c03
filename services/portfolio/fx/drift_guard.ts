import { DAY_MS, type UtcMs } from "../../kernel/time.ts";
import type { FxBook, FxQuote } from "./fx_book.ts";
import type { FxPermit } from "./fx_ports.ts";
import {
  type CurrencyCode,
  MAX_EOD_AGE_MS,
  MAX_INTRADAY_AGE_MS,
  PRICE_CURRENCY,
} from "./fx_rate.ts";

/** Gap beyond which an end-of-day rate is not simply used, in basis points. */
export const MAX_DRIFT_BPS = 25;

/** How old an intraday rate may be to say that an end-of-day rate is off: markets move. */
export const MAX_REFERENCE_AGE_MS = 7 * DAY_MS;

/**
 * How a currency can be converted now.
 * `intraday`: by a rate of the last two hours. `eod`: by the end-of-day rate, with a banner.
 * `permitted`: likewise, though it is far off, as an operator allowed it for a while. `delayed`:
 * it is far off, and values are held. `unpriced`: there is no rate.
 */
export type FxState = "intraday" | "eod" | "permitted" | "delayed" | "unpriced";

/** A currency against the dollar, as it stands at a time. */
export interface FxStatus {
  readonly currency: CurrencyCode;
  readonly at: UtcMs;
  readonly state: FxState;
  readonly flag: "DELAYED_FX" | null;
  /** The rate that values use; `null` while they are held, and where there is none. */
  readonly quote: FxQuote | null;
  readonly fallback: FxQuote | null;
  /** The newest intraday rate of the last days, which the fallback is held against. */
  readonly lastIntraday: FxQuote | null;
  /** |fallback / last intraday - 1| in basis points; `null` unless the fallback is asked for. */
  readonly driftBps: number | null;
  /** Until when an operator allowed the fallback; `null` without. */
  readonly permittedUntil: UtcMs | null;
}

/** The gap between the fallback and the newest intraday rate, in basis points. */
export function driftBps(fallback: number, intraday: number): number {
  const bps = Math.abs(fallback / intraday - 1) * 10_000;
  // A gap of exactly 25 must not become more by the last digits of a float.
  return Number(bps.toFixed(6));
}

/** How a currency can be converted at a time, by the rates of the days before. */
export function fxStatus(
  book: FxBook,
  { currency, at, permit }: {
    readonly currency: CurrencyCode;
    readonly at: UtcMs;
    readonly permit: FxPermit | null;
  },
): FxStatus {
  const pair = { from: PRICE_CURRENCY, to: currency };
  const fresh = book.newest(pair, { kind: "intraday", at, maxAgeMs: MAX_INTRADAY_AGE_MS });
  const fallback = book.newest(pair, { kind: "eod", at, maxAgeMs: MAX_EOD_AGE_MS });
  const lastIntraday = book.newest(pair, { kind: "intraday", at, maxAgeMs: MAX_REFERENCE_AGE_MS });
  const known = { currency, at, flag: null, fallback, lastIntraday, permittedUntil: null };
  if (fresh) return { ...known, state: "intraday", quote: fresh, driftBps: null };
  if (!fallback) return { ...known, state: "unpriced", quote: null, driftBps: null };
  const drift = lastIntraday && driftBps(fallback.rate, lastIntraday.rate);
  if (drift === null || drift <= MAX_DRIFT_BPS) {
    return { ...known, state: "eod", quote: fallback, driftBps: drift };
  }
  const flagged = { ...known, flag: "DELAYED_FX" as const, driftBps: drift };
  if (permit && permit.grantedAt <= at && at < permit.until) {
    return { ...flagged, state: "permitted", quote: fallback, permittedUntil: permit.until };
  }
  return { ...flagged, state: "delayed", quote: null };
}
