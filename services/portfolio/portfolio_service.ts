import { AppError } from "../kernel/errors.ts";
import { UuidFactory } from "../kernel/ids.ts";
import { DAY_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { Clock } from "../ports/mod.ts";
import type { Portfolio } from "./portfolio.ts";
import type { LedgerScope, PortfolioSettings, PortfolioStore } from "./ports.ts";

/** Portfolios of one owner that are not deleted, and with those that can be restored. */
export const MAX_PORTFOLIOS = 100;
export const MAX_WITH_DELETED = 1_000;
/** How long a deleted portfolio can be restored. */
export const DELETED_KEPT_MS = 30 * DAY_MS;

const LIMITS = { max: MAX_PORTFOLIOS, maxWithDeleted: MAX_WITH_DELETED };

const FIRST: PortfolioSettings = {
  name: "Portfolio",
  baseCurrency: "USD",
  rule: { method: "fifo", pools: "account" },
  rulesByYear: {},
};

/**
 * Portfolios by their owner. Somebody else's is answered like a missing one, and one that is
 * deleted too: `RESOURCE_NOT_FOUND`.
 */
export class PortfolioService {
  readonly #store: PortfolioStore;
  readonly #clock: Clock;
  readonly #ids: UuidFactory;

  constructor({ store, clock }: { readonly store: PortfolioStore; readonly clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
    this.#ids = new UuidFactory(() => clock.now());
  }

  /** The oldest first; those that can be restored only where they are asked for. */
  async list(
    ownerId: string,
    { withDeleted = false }: { readonly withDeleted?: boolean } = {},
  ): Promise<readonly Portfolio[]> {
    const portfolios = await this.#store.list(ownerId);
    const since = withDeleted ? this.#restorableSince() : Infinity;
    return portfolios.filter(({ deletedAt }) => deletedAt === null || deletedAt >= since);
  }

  async get(scope: LedgerScope): Promise<Portfolio> {
    const portfolio = await this.#store.find(scope);
    if (portfolio !== null && portfolio.deletedAt === null) return portfolio;
    throw notFound();
  }

  /** Makes a portfolio; what is not given is as most take it. `CONFLICT` where there are too many. */
  async create(ownerId: string, settings: Partial<PortfolioSettings> = {}): Promise<Portfolio> {
    const portfolio: Portfolio = {
      ...FIRST,
      ...settings,
      id: this.#ids.next(),
      ownerId,
      createdAt: this.#clock.now(),
      deletedAt: null,
      ledgerVersion: 0,
    };
    if (await this.#store.create(portfolio, LIMITS)) return portfolio;
    throw new AppError(
      "CONFLICT",
      `Cannot keep more than ${MAX_PORTFOLIOS} portfolios, nor more than ${MAX_WITH_DELETED} ` +
        "with those deleted in the last 30 days",
    );
  }

  /** Changes what is given. No row of the ledger is touched: all that depends on it is computed. */
  async update(scope: LedgerScope, settings: Partial<PortfolioSettings>): Promise<Portfolio> {
    if (Object.keys(settings).length === 0) return await this.get(scope);
    const after = await this.#store.update(scope, settings);
    if (after !== null) return after;
    throw notFound();
  }

  /** Hides a portfolio. For `DELETED_KEPT_MS` it can be restored, and nothing of it is lost. */
  async remove(scope: LedgerScope): Promise<Portfolio> {
    const deleted = await this.#store.markDeleted(scope, this.#clock.now());
    if (deleted !== null) return deleted;
    throw notFound();
  }

  /**
   * Brings a deleted portfolio back; one that is not deleted stays as it is. `CONFLICT` where there
   * are `MAX_PORTFOLIOS` without it.
   */
  async restore(scope: LedgerScope): Promise<Portfolio> {
    const since = this.#restorableSince();
    const restored = await this.#store.restore(scope, { since, max: MAX_PORTFOLIOS });
    if (restored === null) return await this.get(scope);
    if (restored !== false) return restored;
    throw new AppError(
      "CONFLICT",
      `Cannot restore the portfolio beside ${MAX_PORTFOLIOS} others: delete one of them first`,
    );
  }

  /**
   * Deletes up to so many rows of portfolios that can't be restored any more; how many, 0 once
   * there are none.
   */
  purge(limit: number): Promise<number> {
    return this.#store.purge({ before: this.#restorableSince(), limit });
  }

  #restorableSince(): UtcMs {
    return utcMsOf(this.#clock.now() - DELETED_KEPT_MS);
  }
}

function notFound(): AppError {
  return new AppError("RESOURCE_NOT_FOUND", "Portfolio not found");
}
