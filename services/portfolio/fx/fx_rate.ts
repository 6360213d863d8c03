import { DAY_MS, HOUR_MS, parseUtcMs, type UtcMs, utcMsOf } from "../../kernel/time.ts";

/** `intraday`: a rate of its moment; `eod`: a day's one reference rate. */
export type FxKind = "intraday" | "eod";

/** ISO 4217 code of money, in capitals. */
export type CurrencyCode = string;

/** What every stored price is in. */
export const PRICE_CURRENCY = "USD";
/** What the ECB quotes all others against. */
export const ECB_CURRENCY = "EUR";

/**
 * When the reference rate of a day holds from. The ECB publishes it around 16:00 in Frankfurt,
 * which is 14:00 UTC in summer and 15:00 UTC in winter; a fixed time after both never moves with
 * the clocks, and no value uses a rate before the world could know it.
 */
const EOD_FROM_MS = 16 * HOUR_MS;

/**
 * How long the reference rate of a day may stand for later times. None is published on weekends
 * and holidays; since 1999 the ECB never paused for more than 5 days (Easter, Christmas), and one
 * more is for an answer that comes late. Every use says its day.
 */
export const MAX_EOD_AGE_MS = 6 * DAY_MS;

/** How long an intraday rate counts as such: it comes every hour, and one may fail. */
export const MAX_INTRADAY_AGE_MS = 2 * HOUR_MS;

/** `rate` units of `quote` for one unit of `base`, from `at` on. Always finite and above 0. */
export interface FxRate {
  readonly base: CurrencyCode;
  readonly quote: CurrencyCode;
  readonly kind: FxKind;
  readonly source: string;
  readonly at: UtcMs;
  readonly rate: number;
}

const CURRENCY = /^[A-Z]{3}$/;

/** Whether the text has the form of a currency's code. */
export function isCurrencyCode(text: string): boolean {
  return CURRENCY.test(text);
}

/** Whether a number can be a rate: a missing one is never written as 0. */
export function isRate(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

/** The instant from which the reference rate of a day holds; `null` for a day that is none. */
export function eodInstantOf(day: string): UtcMs | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const start = parseUtcMs(day);
  return start === null ? null : utcMsOf(start + EOD_FROM_MS);
}

/** How long a rate may stand for times after its own. */
export function maxAgeMs(kind: FxKind): number {
  return kind === "eod" ? MAX_EOD_AGE_MS : MAX_INTRADAY_AGE_MS;
}
