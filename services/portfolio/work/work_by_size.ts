import type { Uuid } from "../../kernel/ids.ts";
import type { PortfolioService } from "../portfolio_service.ts";
import type { LedgerChange, LedgerScope, PortfolioStore } from "../ports.ts";
import type { RebuildOptions, RebuildResult } from "../snapshots/snapshot_rebuild.ts";
import type { PortfolioWork } from "./portfolio_work.ts";

/** Portfolios of which is known how large they are. */
const MAX_KNOWN = 10_000;

export interface WorkBySizeDeps {
  readonly portfolios: Pick<PortfolioService, "get">;
  readonly store: Pick<PortfolioStore, "countRows">;
  readonly here: PortfolioWork;
  /** `null` where there is none, so that all is done here. */
  readonly thread: PortfolioWork | null;
  /** Ledgers with more rows are the thread's. */
  readonly maxRows: number;
}

/** Has little work done here, at once, and that of large ledgers by the thread. */
export class WorkBySize implements PortfolioWork {
  readonly #deps: WorkBySizeDeps;
  readonly #known = new Map<Uuid, { readonly version: number; readonly isLarge: boolean }>();

  constructor(deps: WorkBySizeDeps) {
    this.#deps = deps;
  }

  readonly getHoldings: PortfolioWork["getHoldings"] = async (scope, query) =>
    await (await this.#of(scope)).getHoldings(scope, query);

  readonly getOverview: PortfolioWork["getOverview"] = async (scope, query) =>
    await (await this.#of(scope)).getOverview(scope, query);

  readonly listLots: PortfolioWork["listLots"] = async (scope, query) =>
    await (await this.#of(scope)).listLots(scope, query);

  readonly getPerformance: PortfolioWork["getPerformance"] = async (scope, query) =>
    await (await this.#of(scope)).getPerformance(scope, query);

  readonly getLotFigures: PortfolioWork["getLotFigures"] = async (scope, range) =>
    await (await this.#of(scope)).getLotFigures(scope, range);

  readonly explain: PortfolioWork["explain"] = async (scope, question) =>
    await (await this.#of(scope)).explain(scope, question);

  /** What is limited is not begun in the thread: whoever changes a ledger would wait for it. */
  async rebuild(scope: LedgerScope, options: RebuildOptions): Promise<RebuildResult> {
    const work = await this.#of(scope);
    if (work === this.#deps.here) return await work.rebuild(scope, options);
    if (options.limit !== undefined) {
      const { ledgerVersion } = await this.#deps.portfolios.get(scope);
      return { outcome: "too_large", assets: 0, valued: 0, ledgerVersion };
    }
    const result = await work.rebuild(scope, options);
    // Whoever waited for the rebuild asks for lots next, which take as long at first.
    const { baseCurrency: currency } = await this.#deps.portfolios.get(scope);
    await work.getHoldings(scope);
    if (currency !== "USD") await work.getHoldings(scope, { currency });
    return result;
  }

  /** Whether the thread has the work of a portfolio. */
  async isLarge(scope: LedgerScope): Promise<boolean> {
    return await this.#of(scope) !== this.#deps.here;
  }

  note(scope: LedgerScope, change: LedgerChange): void {
    this.#deps.here.note(scope, change);
    this.#deps.thread?.note(scope, change);
  }

  async #of(scope: LedgerScope): Promise<PortfolioWork> {
    const { portfolios, store, here, thread, maxRows } = this.#deps;
    if (thread === null) return here;
    const { ledgerVersion: version } = await portfolios.get(scope);
    let known = this.#known.get(scope.portfolioId);
    if (known?.version !== version) {
      const rows = await store.countRows(scope, maxRows + 1);
      known = { version, isLarge: rows > maxRows };
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.set(scope.portfolioId, known);
    }
    return known.isLarge ? thread : here;
  }
}
