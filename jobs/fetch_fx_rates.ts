import { AppError, ProviderError } from "../services/kernel/errors.ts";
import { DAY_MS, HOUR_MS, isoDayOf, MINUTE_MS, utcMsOf } from "../services/kernel/time.ts";
import { eodInstantOf, type FxSource, type FxStore } from "../services/portfolio/mod.ts";
import type { Clock } from "../services/ports/mod.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** How far back days are asked for: past the longest pause of the ECB, and a week away. */
const LOOK_BACK_MS = 14 * DAY_MS;

/** What is fetched: the currencies that portfolios are valued in, and the ECB's own. */
const CURRENCIES = ["USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD"] as const;

export interface FetchFxRatesDeps {
  readonly intraday: FxSource | null;
  readonly eod: FxSource;
  readonly store: FxStore;
  readonly clock: Clock;
}

/**
 * Asks for exchange rates every hour: those of the moment where there is a key, and the day's
 * reference rates once they must be there and are not. A source that is away is asked again at the
 * next hour; what the other gave is kept.
 */
export function fetchFxRates({ intraday, eod, store, clock }: FetchFxRatesDeps): Job<null> {
  return defineJob({
    name: "fetch_fx_rates",
    payload: NO_PAYLOAD,
    schedule: { everyMs: HOUR_MS },
    timeoutMs: 2 * MINUTE_MS,
    maxAttempts: 3,
    concurrency: 1,
    async run({ signal }) {
      const isDue = await isEodDue(store, clock);
      const sources = [intraday, isDue ? eod : null].filter((source) => source !== null);
      const since = utcMsOf(clock.now() - LOOK_BACK_MS);
      const results = [];
      for (const source of sources) results.push(await ask(source, { store, since, signal }));
      return results;
    },
  });
}

/** Whether the newest reference rates that should be out are not stored yet. */
async function isEodDue(store: FxStore, clock: Clock): Promise<boolean> {
  const now = clock.now();
  const todays = eodInstantOf(isoDayOf(now)) ?? now;
  const due = utcMsOf(todays <= now ? todays : todays - DAY_MS);
  const weekday = new Date(due).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  // Of a weekend there are none, so that Friday's are the newest.
  const expected = utcMsOf(isWeekend ? due - (weekday === 0 ? 2 : 1) * DAY_MS : due);
  const rates = await store.listRates({ currencies: CURRENCIES, from: expected, to: now });
  const known = new Set(rates.filter(({ kind }) => kind === "eod").map(({ quote }) => quote));
  return CURRENCIES.some((code) => code !== "EUR" && !known.has(code));
}

/** What a source gave and what of it was new, or why it gave nothing. */
async function ask(
  source: FxSource,
  { store, since, signal }: {
    readonly store: FxStore;
    readonly since: Parameters<FxSource["fetchRates"]>[0]["since"];
    readonly signal: AbortSignal;
  },
) {
  try {
    const rates = await source.fetchRates({ currencies: CURRENCIES, since, signal });
    const { inserted, updated } = await store.recordRates(rates);
    return { source: source.name, fetched: rates.length, inserted, updated, problem: null };
  } catch (error) {
    const isOutside = error instanceof ProviderError ||
      (error instanceof AppError && error.code === "RATE_LIMITED");
    if (!isOutside) throw error;
    return { source: source.name, fetched: 0, inserted: 0, updated: 0, problem: error.message };
  }
}
