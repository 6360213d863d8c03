import { AppError } from "../../kernel/errors.ts";
import type { Uuid } from "../../kernel/ids.ts";
import { MINUTE_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { Clock } from "../../ports/mod.ts";
import type { DecimalText } from "../transaction.ts";
import { type FxStatus, fxStatus, MAX_REFERENCE_AGE_MS } from "./drift_guard.ts";
import type { FxStore } from "./fx_ports.ts";
import type { CurrencyCode } from "./fx_rate.ts";
import { readFxBook } from "./fx_reader.ts";

/** Money that a portfolio can be valued in, beside the dollar. */
export const GUARDED_CURRENCIES = ["EUR", "GBP", "JPY", "CHF", "CAD", "AUD"] as const;

/** How long **Use EOD once** holds, in minutes. */
export const PERMIT_MINUTES = { standard: 30, max: 24 * 60 } as const;

/** A portfolio's value as it may be shown. */
export interface SettledNav {
  /** `null` where neither a rate nor an earlier value is there. */
  readonly nav: DecimalText | null;
  readonly asof: UtcMs | null;
  /** Whether it is the last good value, held because the rate of now is not to be trusted. */
  readonly isHeld: boolean;
  readonly status: FxStatus;
}

/** What is to be settled: a value in money that stands on the rate of now. */
export interface LiveNav {
  readonly portfolioId: Uuid;
  readonly currency: CurrencyCode;
  /** As computed with the end-of-day rate where there is no other; `null` without any rate. */
  readonly nav: DecimalText | null;
  readonly asof: UtcMs;
}

/** Exchange rates of now, and the guard that holds values whose rate has drifted. */
export class FxService {
  readonly #store: FxStore;
  readonly #clock: Clock;

  constructor({ store, clock }: { readonly store: FxStore; readonly clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** How each currency can be converted now. */
  async listStatus(
    currencies: readonly CurrencyCode[] = GUARDED_CURRENCIES,
  ): Promise<readonly FxStatus[]> {
    const at = this.#clock.now();
    const from = utcMsOf(at - MAX_REFERENCE_AGE_MS);
    const [book, permits] = await Promise.all([
      readFxBook(this.#store, { currencies, from, to: at }),
      this.#store.listPermits(),
    ]);
    return currencies.map((currency) => {
      const permit = permits.find((one) => one.currency === currency) ?? null;
      return fxStatus(book, { currency, at, permit });
    });
  }

  /** Throws `RESOURCE_NOT_FOUND` for what is no currency of portfolios. */
  async getStatus(currency: CurrencyCode): Promise<FxStatus> {
    const [status] = isGuarded(currency) ? await this.listStatus([currency]) : [];
    if (status) return status;
    throw new AppError(
      "RESOURCE_NOT_FOUND",
      `No portfolio is valued in money named "${currency}"`,
      {
        details: { candidates: GUARDED_CURRENCIES },
      },
    );
  }

  /**
   * Lets values use the end-of-day rate of a currency for some minutes though it has drifted.
   * Throws `CONFLICT` where nothing is held, so that there is nothing to allow.
   */
  async useEodOnce(
    currency: CurrencyCode,
    { actor, minutes = PERMIT_MINUTES.standard }: {
      readonly actor: string;
      readonly minutes?: number;
    },
  ): Promise<FxStatus> {
    if (!(minutes >= 1 && minutes <= PERMIT_MINUTES.max)) {
      throw new RangeError(`Cannot allow ${minutes} minutes: expected 1 to ${PERMIT_MINUTES.max}`);
    }
    const { state, at } = await this.getStatus(currency);
    if (state !== "delayed") {
      throw new AppError("CONFLICT", `Values in ${currency} are not held: ${WHY_NOT_HELD[state]}`);
    }
    const until = utcMsOf(at + minutes * MINUTE_MS);
    await this.#store.recordPermit({ currency, grantedAt: at, grantedBy: actor, until });
    return await this.getStatus(currency);
  }

  /** The value to show: the one given, or the last good one while its currency is delayed. */
  async settleNav({ portfolioId, currency, nav, asof }: LiveNav): Promise<SettledNav> {
    const status = await this.getStatus(currency);
    if (status.state !== "delayed") {
      return { nav, asof: nav === null ? null : asof, isHeld: false, status };
    }
    const good = await this.#store.findGoodNav({ portfolioId, currency });
    return { nav: good?.nav ?? null, asof: good?.asof ?? null, isHeld: true, status };
  }

  /**
   * Keeps a value as the last good one, for the jobs that compute values; `false` where its
   * currency is delayed or without a rate, so that it is not good. One that an operator permitted
   * is shown, but not kept.
   */
  async keepGoodNav({ portfolioId, currency, nav, asof }: LiveNav): Promise<boolean> {
    const { state } = await this.getStatus(currency);
    if (nav === null || (state !== "intraday" && state !== "eod")) return false;
    await this.#store.recordGoodNav({ portfolioId, currency, nav, asof });
    return true;
  }
}

const WHY_NOT_HELD = {
  intraday: "an intraday rate is there",
  eod: "the end-of-day rate is near the last intraday one",
  permitted: "the end-of-day rate is allowed already",
  unpriced: "there is no end-of-day rate to use",
} as const;

/** Tells a monitoring system how far fallback rates are off, and what is held for it. */
export function meterFx(metrics: Metrics, fx: FxService): void {
  const drift = metrics.gauge({
    name: "tokenlysis_fx_drift_bps",
    help: "Gap of the end-of-day rate to the last intraday one, while the former is asked for; " +
      "NaN where one of them is missing",
    labels: ["currency"],
  });
  const delayed = metrics.gauge({
    name: "tokenlysis_fx_delayed",
    help: "1 while values in the currency are held for their drifted rate",
    labels: ["currency"],
  });
  metrics.beforeScrape(async () => {
    for (const { currency, driftBps, state } of await fx.listStatus()) {
      // Unknown is not without a gap; NaN meets no condition of an alert.
      drift.set(driftBps ?? NaN, { currency });
      delayed.set(state === "delayed" ? 1 : 0, { currency });
    }
  });
}

function isGuarded(currency: CurrencyCode): boolean {
  return GUARDED_CURRENCIES.some((one) => one === currency);
}
