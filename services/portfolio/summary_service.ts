import { finiteOrNull } from "../kernel/numbers.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { FxService, SettledNav } from "./fx/fx_service.ts";
import type { PortfolioPerformance } from "./performance/measure.ts";
import type { MeasuredPerformance, PerformanceService } from "./performance_service.ts";
import type { Portfolio } from "./portfolio.ts";
import type { LedgerScope } from "./ports.ts";
import type { PortfolioService } from "./portfolio_service.ts";
import { coinOf } from "./valuation/conversion.ts";
import { whyNoPerformance, whyUnmeasured } from "./why_unmeasured.ts";

/** What a portfolio is worth by what is kept of it, for a list of portfolios. */
export interface PortfolioSummary extends Pick<MeasuredPerformance, "status" | "currency"> {
  readonly portfolio: Portfolio;
  /** In the currency, at `asof`; `null` where it is not known. */
  readonly nav: number | null;
  /** Why it is not known; `null` where it is. */
  readonly reason: string | null;
  readonly asof: UtcMs | null;
  /** Since when it is held, as the rate of now is not to be trusted; `null` if it is not. */
  readonly heldSince: UtcMs | null;
  /** The time-weighted return of the day up to `asof`; `null` where nothing tells it. */
  readonly day: DayReturn | null;
  /** Why nothing tells it; `null` where something does. */
  readonly dayReason: string | null;
  /** Assets that are held and have no price, which the value leaves out; `null` where not known. */
  readonly unpriced: number | null;
}

export interface DayReturn {
  readonly from: UtcMs;
  readonly twr: number;
  /** In the currency. */
  readonly gain: number | null;
}

export interface SummaryDeps {
  readonly portfolios: Pick<PortfolioService, "list">;
  readonly performance: Pick<PerformanceService, "getLastDay">;
  readonly fx: Pick<FxService, "settleNav">;
  /** Has what is behind made anew in the background. */
  readonly ask: (scope: LedgerScope) => Promise<void>;
}

/**
 * All portfolios of an owner with what each is worth. It is read from their snapshots, as they are
 * kept: no ledger is opened and nothing is valued for it, however many and long they are. What is
 * not of the rows, prices and rates that are stored is asked for; that time passed is not enough.
 */
export class SummaryService {
  readonly #deps: SummaryDeps;

  constructor(deps: SummaryDeps) {
    this.#deps = deps;
  }

  /** The oldest first. */
  async list(ownerId: string): Promise<readonly PortfolioSummary[]> {
    const summaries: PortfolioSummary[] = [];
    // One after the other, so that others get their turn in between.
    for (const portfolio of await this.#deps.portfolios.list(ownerId)) {
      summaries.push(await this.#summaryOf(portfolio));
    }
    return summaries;
  }

  async #summaryOf(portfolio: Portfolio): Promise<PortfolioSummary> {
    const { id: portfolioId, ownerId } = portfolio;
    const scope = { ownerId, portfolioId };
    const measured = await this.#deps.performance.getLastDay(scope);
    const { performance, currency, status, lacks } = measured;
    if (lacks.some((lack) => lack !== "time")) await this.#deps.ask(scope);
    const value = performance === null ? null : finiteOrNull(performance.value);
    const known = {
      ...{ portfolio, currency, status },
      unpriced: performance &&
        performance.unpriced.filter(({ leftOut }) => leftOut !== null).length,
    };
    const held = await this.#held(portfolioId, measured);
    if (held !== null) {
      const nav = held.nav === null ? null : Number(held.nav);
      const reason = nav === null ? `The rate from dollars to ${currency} is held back` : null;
      const dayReason = "The value is held, so that its day is not known";
      const day = { day: null, dayReason };
      return { ...known, ...day, nav, reason, asof: held.asof, heldSince: held.asof };
    }
    const reason = value === null ? whyUnknown(measured) : null;
    const day = performance && dayOf(performance);
    return {
      ...{ ...known, nav: value, reason, asof: performance?.to ?? null, heldSince: null, day },
      dayReason: day === null ? reason ?? whyNoDay(measured) : null,
    };
  }

  /** The last good value while the rate of now is held back; `null` where it is not. */
  async #held(
    portfolioId: Portfolio["id"],
    { currency, asof }: MeasuredPerformance,
  ): Promise<SettledNav | null> {
    if (asof === null || currency === "USD" || coinOf(currency) !== null) return null;
    const settled = await this.#deps.fx.settleNav({ portfolioId, currency, nav: null, asof });
    return settled.isHeld ? settled : null;
  }
}

function dayOf({ from, twr, gain, invested }: PortfolioPerformance): DayReturn | null {
  // Where nothing was held there was nothing to earn on.
  return twr === null || invested === 0 ? null : { from, twr, gain: finiteOrNull(gain) };
}

function whyNoDay(measured: MeasuredPerformance): string {
  return whyUnmeasured(measured, "twr") ?? "Nothing was held in the 24 hours";
}

function whyUnknown(measured: MeasuredPerformance): string {
  const { status, currency } = measured;
  if (status === "empty" || status === "pending") return whyNoPerformance(measured);
  const noRate = currency === "USD" ? "" : `, or dollars no rate to ${currency}`;
  return `No holding had a price in the last 24 hours${noRate}`;
}
