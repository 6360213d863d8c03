import { explainPortfolio } from "../explain_portfolio.ts";
import type { KeptLedgers } from "../kept_ledgers.ts";
import type { LotQuery, LotService, MatchedLots } from "../lot_service.ts";
import type { LotBook } from "../lots/lot_book.ts";
import type { PerformanceService } from "../performance_service.ts";
import type { LedgerChange, LedgerScope, LedgerStore } from "../ports.ts";
import type { SnapshotRebuild } from "../snapshots/snapshot_rebuild.ts";
import { lotHoldings, lotList, lotOverview, lotSums, rulesOf } from "./lot_lists.ts";
import type { LotHoldings, LotSums, PortfolioWork } from "./portfolio_work.ts";

export interface WorkDeps {
  readonly store: Pick<LedgerStore, "findTransactions">;
  readonly ledgers: Pick<KeptLedgers, "note">;
  readonly lots: Pick<LotService, "getLots">;
  readonly performance: Pick<PerformanceService, "getPerformance" | "getLotFigures">;
  readonly snapshots: Pick<SnapshotRebuild, "run">;
}

/** Does the work where it is asked for: in a thread, or where there is little of it. */
export class WorkHere implements PortfolioWork {
  readonly #deps: WorkDeps;
  /** Of books that were looked at, for as long as they are kept. */
  readonly #holdings = new WeakMap<LotBook, LotHoldings>();
  readonly #sums = new WeakMap<LotBook, LotSums>();

  constructor(deps: WorkDeps) {
    this.#deps = deps;
  }

  readonly getHoldings: PortfolioWork["getHoldings"] = async (scope, query) => {
    const matched = await this.#match(scope, query);
    const known = this.#holdings.get(matched.book) ?? lotHoldings(matched);
    this.#holdings.set(matched.book, known);
    return { ...known, ...rulesOf(matched) };
  };

  readonly getOverview: PortfolioWork["getOverview"] = async (scope, query) => {
    const matched = await this.#match(scope, query);
    const sums = this.#sums.get(matched.book) ?? lotSums(matched.book);
    this.#sums.set(matched.book, sums);
    return { ...lotOverview(matched, query), ...sums };
  };

  readonly listLots: PortfolioWork["listLots"] = async (scope, query) =>
    lotList(await this.#match(scope, query), query);

  readonly getPerformance: PortfolioWork["getPerformance"] = (scope, query) =>
    this.#deps.performance.getPerformance(scope, query);

  readonly getLotFigures: PortfolioWork["getLotFigures"] = (scope, range) =>
    this.#deps.performance.getLotFigures(scope, range);

  readonly explain: PortfolioWork["explain"] = async (scope, { figure, ...state }) => {
    const { currency } = state.value.own;
    const matched = await this.#match(scope, { currency });
    const { rowIds, ...explanation } = explainPortfolio(figure, { ...state, matched });
    return { ...explanation, rows: await this.#deps.store.findTransactions(scope, rowIds) };
  };

  readonly rebuild: PortfolioWork["rebuild"] = (scope, options) =>
    this.#deps.snapshots.run(scope, options);

  note(scope: LedgerScope, change: LedgerChange): void {
    this.#deps.ledgers.note(scope, change);
  }

  #match(scope: LedgerScope, query?: LotQuery): Promise<MatchedLots> {
    return this.#deps.lots.getLots(scope, query);
  }
}
