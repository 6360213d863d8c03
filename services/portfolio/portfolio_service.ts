import { AppError } from "../kernel/errors.ts";
import { UuidFactory } from "../kernel/ids.ts";
import type { Clock } from "../ports/mod.ts";
import type { Portfolio } from "./portfolio.ts";
import type { LedgerScope, PortfolioSettings, PortfolioStore } from "./ports.ts";

/** Portfolios of one owner, deleted ones among them. */
export const MAX_PORTFOLIOS = 100;

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

  /** The oldest first; deleted ones only where they are asked for. */
  async list(
    ownerId: string,
    { withDeleted = false }: { readonly withDeleted?: boolean } = {},
  ): Promise<readonly Portfolio[]> {
    const portfolios = await this.#store.list(ownerId);
    return withDeleted ? portfolios : portfolios.filter(({ deletedAt }) => deletedAt === null);
  }

  async get(scope: LedgerScope): Promise<Portfolio> {
    const portfolio = await this.#store.find(scope);
    if (portfolio !== null && portfolio.deletedAt === null) return portfolio;
    throw notFound();
  }

  /** Makes a portfolio; what is not given is as most take it. `CONFLICT` beyond `MAX_PORTFOLIOS`. */
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
    if (await this.#store.create(portfolio, { max: MAX_PORTFOLIOS })) return portfolio;
    throw new AppError(
      "CONFLICT",
      `Cannot keep more than ${MAX_PORTFOLIOS} portfolios, deleted ones among them`,
    );
  }

  /** Changes what is given. No row of the ledger is touched: all that depends on it is computed. */
  async update(scope: LedgerScope, settings: Partial<PortfolioSettings>): Promise<Portfolio> {
    if (Object.keys(settings).length === 0) return await this.get(scope);
    const after = await this.#store.update(scope, settings);
    if (after !== null) return after;
    throw notFound();
  }

  /** Hides a portfolio until it is restored; nothing of it is lost. */
  async remove(scope: LedgerScope): Promise<Portfolio> {
    await this.get(scope);
    return await this.#setDeleted(scope, true);
  }

  /** Brings a deleted portfolio back; one that is not deleted stays as it is. */
  restore(scope: LedgerScope): Promise<Portfolio> {
    return this.#setDeleted(scope, false);
  }

  async #setDeleted(scope: LedgerScope, isDeleted: boolean): Promise<Portfolio> {
    const changed = await this.#store.setDeletedAt(scope, isDeleted ? this.#clock.now() : null);
    if (changed !== null) return changed;
    throw notFound();
  }
}

function notFound(): AppError {
  return new AppError("RESOURCE_NOT_FOUND", "Portfolio not found");
}
