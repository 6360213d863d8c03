import type { UtcMs } from "../kernel/time.ts";
import { AppError } from "../kernel/errors.ts";
import type { KeptLedger, LotRules } from "./kept_ledger.ts";
import type { KeptLedgers } from "./kept_ledgers.ts";
import type { Disposal, FeeEntry, IncomeEntry, LotBook } from "./lots.ts";
import type { BaseCurrency, LotMethod, LotPools, Portfolio } from "./portfolio.ts";
import type { PortfolioService } from "./portfolio_service.ts";
import type { LedgerScope } from "./ports.ts";

/** How lots are asked for: without a method, as the portfolio's own rules have it. */
export interface LotQuery {
  readonly method?: LotMethod | undefined;
  readonly pools?: LotPools | undefined;
  /** What amounts are in, each by the rate of its time; dollars by default. */
  readonly currency?: BaseCurrency | undefined;
}

/** Lots with the rules that they were matched by, as every report names them. */
export interface MatchedLots extends LotRules {
  readonly portfolio: Portfolio;
  readonly ledgerVersion: number;
  readonly ledger: KeptLedger;
  /** What amounts of the book are in. */
  readonly currency: BaseCurrency;
  readonly book: LotBook;
}

/** Lots of portfolios, matched from their ledgers when they are asked for. */
export class LotService {
  readonly #portfolios: PortfolioService;
  readonly #ledgers: KeptLedgers;
  readonly #rest: () => Promise<void>;

  /** `rest` lets other work run between the pieces of a long match. */
  constructor({ portfolios, ledgers, rest }: {
    readonly portfolios: PortfolioService;
    readonly ledgers: KeptLedgers;
    readonly rest: () => Promise<void>;
  }) {
    this.#portfolios = portfolios;
    this.#ledgers = ledgers;
    this.#rest = rest;
  }

  /** The lots of a portfolio as its ledger stands. */
  async getLots(scope: LedgerScope, query: LotQuery = {}): Promise<MatchedLots> {
    const portfolio = await this.#portfolios.get(scope);
    const { currency = "USD" } = query;
    const ledger = await this.#ledgers.open(portfolio, currency);
    const rules = rulesOf(portfolio, query);
    const matcher = await ledger.matcher({ ...rules, currency }, this.#rest);
    await matcher.catchUp(this.#rest);
    const { version: ledgerVersion } = ledger;
    return { ...rules, portfolio, ledger, ledgerVersion, currency, book: matcher.book() };
  }

  /** The lots as they stood at an instant, by the rows up to then: books of all, or of each asset. */
  booksAt({ ledger, rule, rulesByYear }: MatchedLots, to: UtcMs): AsyncIterable<LotBook> {
    return ledger.booksAt({ rule, rulesByYear, to }, this.#rest);
  }
}

/** The portfolio's rules, or one rule for all years where the query names it. */
export function rulesOf(portfolio: LotRules, { method, pools }: LotQuery): LotRules {
  const { rule, rulesByYear } = portfolio;
  if (method === undefined && pools === undefined) return { rule, rulesByYear };
  return { rule: { method: method ?? rule.method, pools: pools ?? rule.pools }, rulesByYear: {} };
}

/** The UTC year of an instant. */
export function yearOf(at: number): number {
  return new Date(at).getUTCFullYear();
}

/** What of a book belongs to a tax year, by when it happened; all of it without one. */
export function ofYear(
  { disposals, income, fees }: LotBook,
  year: number | null,
): {
  readonly disposals: readonly Disposal[];
  readonly income: readonly IncomeEntry[];
  readonly fees: readonly FeeEntry[];
} {
  if (year === null) return { disposals, income, fees };
  return {
    disposals: disposals.filter(({ disposed }) => yearOf(disposed) === year),
    income: income.filter(({ at }) => yearOf(at) === year),
    fees: fees.filter(({ at }) => yearOf(at) === year),
  };
}

/** Refuses to go on in a list that has changed since its last page. */
export function requireVersion(
  asked: number,
  { ledgerVersion }: Pick<MatchedLots, "ledgerVersion">,
): void {
  if (asked === ledgerVersion) return;
  throw new AppError("CONFLICT", "The portfolio changed since the last page: start over", {
    details: { ledger_version: ledgerVersion },
  });
}
