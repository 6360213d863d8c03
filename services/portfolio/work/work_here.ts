import { explainPortfolio } from "../explain_portfolio.ts";
import type { KeptLedgers } from "../kept_ledgers.ts";
import type { LotQuery, LotService, MatchedLots } from "../lot_service.ts";
import type { LotBook } from "../lots/lot_book.ts";
import type { LotFigures } from "../performance/lot_figures.ts";
import type {
  MeasuredPerformance,
  PerformanceQuery,
  PerformanceService,
} from "../performance_service.ts";
import type { PortfolioExplanation } from "../portfolio_explanation.ts";
import type { LedgerChange, LedgerScope } from "../ports.ts";
import type {
  RebuildOptions,
  RebuildResult,
  SnapshotRebuild,
} from "../snapshots/snapshot_rebuild.ts";
import { lotHoldings, lotList, lotOverview, lotSums, rulesOf } from "./lot_lists.ts";
import type {
  FigureQuestion,
  LotHoldings,
  LotList,
  LotListName,
  LotListQuery,
  LotOverview,
  LotRows,
  LotSums,
  OverviewQuery,
  PortfolioWork,
} from "./portfolio_work.ts";

export interface WorkDeps {
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

  async getHoldings(scope: LedgerScope): Promise<LotHoldings> {
    const matched = await this.#match(scope);
    const known = this.#holdings.get(matched.book) ?? lotHoldings(matched);
    this.#holdings.set(matched.book, known);
    return { ...known, ...rulesOf(matched) };
  }

  async getOverview(scope: LedgerScope, query: OverviewQuery): Promise<LotOverview> {
    const matched = await this.#match(scope, query);
    const sums = this.#sums.get(matched.book) ?? lotSums(matched.book);
    this.#sums.set(matched.book, sums);
    return { ...lotOverview(matched, query), ...sums };
  }

  async listLots<Name extends LotListName>(
    scope: LedgerScope,
    query: LotListQuery<Name>,
  ): Promise<LotList<LotRows[Name]>> {
    return lotList(await this.#match(scope, query), query);
  }

  getPerformance(scope: LedgerScope, query?: PerformanceQuery): Promise<MeasuredPerformance> {
    return this.#deps.performance.getPerformance(scope, query);
  }

  getLotFigures(
    scope: LedgerScope,
    range?: Pick<PerformanceQuery, "from" | "to">,
  ): Promise<LotFigures> {
    return this.#deps.performance.getLotFigures(scope, range);
  }

  async explain(
    scope: LedgerScope,
    { figure, ...state }: FigureQuestion,
  ): Promise<PortfolioExplanation> {
    return explainPortfolio(figure, { ...state, matched: await this.#match(scope) });
  }

  rebuild(scope: LedgerScope, options: RebuildOptions): Promise<RebuildResult> {
    return this.#deps.snapshots.run(scope, options);
  }

  note(scope: LedgerScope, change: LedgerChange): void {
    this.#deps.ledgers.note(scope, change);
  }

  #match(scope: LedgerScope, query?: LotQuery): Promise<MatchedLots> {
    return this.#deps.lots.getLots(scope, query);
  }
}
