import type { AssetId } from "../../market/mod.ts";
import type { PortfolioValue } from "../holding_service.ts";
import type { Holding } from "../holdings.ts";
import type { LotRules } from "../kept_ledger.ts";
import type { LotQuery } from "../lot_service.ts";
import type {
  Disposal,
  FeeEntry,
  IncomeEntry,
  Lot,
  LotProblem,
  RealizedTotal,
} from "../lots/lot_book.ts";
import type { LotFigures } from "../performance/lot_figures.ts";
import type { MeasuredPerformance, PerformanceQuery } from "../performance_service.ts";
import type { Portfolio } from "../portfolio.ts";
import type { ExplainedState, PortfolioExplanation } from "../portfolio_explanation.ts";
import type { LedgerChange, LedgerScope } from "../ports.ts";
import type { RebuildOptions, RebuildResult } from "../snapshots/snapshot_rebuild.ts";
import type { DecimalText } from "../transaction.ts";

/** Ledgers with more rows are computed on in a thread, which costs memory and takes a while to begin. */
export const LARGE_LEDGER_ROWS = 20_000;

/**
 * All that is computed from every row of a ledger. What is asked and what is answered can be sent
 * to a thread and back, and answers are small, however long the ledger is.
 */
export interface PortfolioWork {
  /** What is held, and what is settled, by the portfolio's own rules. */
  getHoldings(scope: LedgerScope, query?: Pick<LotQuery, "currency">): Promise<LotHoldings>;
  /** What a page shows of lots. */
  getOverview(scope: LedgerScope, query: OverviewQuery): Promise<LotOverview>;
  /** A part of one of the lists that follow from a ledger. */
  listLots<Name extends LotListName>(
    scope: LedgerScope,
    query: LotListQuery<Name>,
  ): Promise<LotList<LotRows[Name]>>;
  getPerformance(scope: LedgerScope, query?: PerformanceQuery): Promise<MeasuredPerformance>;
  getLotFigures(
    scope: LedgerScope,
    range?: Pick<PerformanceQuery, "from" | "to">,
  ): Promise<LotFigures>;
  /** Takes a figure apart. Throws `RESOURCE_NOT_FOUND` for one that there is not. */
  explain(scope: LedgerScope, question: FigureQuestion): Promise<PortfolioExplanation>;
  /** Brings the snapshots of a portfolio up to its ledger, its prices and the present. */
  rebuild(scope: LedgerScope, options: RebuildOptions): Promise<RebuildResult>;
  /** Hears what changed, so that only rows from there on need be read again. */
  note(scope: LedgerScope, change: LedgerChange): void;
}

/** A portfolio with the rules that its lots were matched by, as every report names them. */
export interface MatchedPortfolio extends LotRules {
  readonly portfolio: Portfolio;
  readonly ledgerVersion: number;
}

export interface LotHoldings
  extends MatchedPortfolio, Pick<PortfolioValue, "unvalued" | "problems"> {
  /** Of coins, in the order of their ids. */
  readonly holdings: readonly Holding[];
  readonly settled: Readonly<Record<"realized" | "income" | "fees", DecimalText | null>>;
}

/** The lists that follow from a ledger, each in order of time. */
export interface LotRows {
  readonly lots: Lot;
  readonly disposals: Disposal;
  readonly income: IncomeEntry;
  readonly fees: FeeEntry;
  readonly problems: LotProblem;
}
export type LotListName = keyof LotRows;

export interface LotListQuery<Name extends LotListName> extends LotQuery {
  readonly name: Name;
  /** Only this asset. */
  readonly assetId?: AssetId | undefined;
  /** Only what happened in this tax year; lots are as of now, in any year. */
  readonly year?: number | undefined;
  /** Rows to leave out at the start; 0 by default. */
  readonly start?: number | undefined;
  readonly limit: number;
}

export interface LotList<Row> extends MatchedPortfolio {
  /** How many there are in all. */
  readonly total: number;
  readonly rows: readonly Row[];
  /** Of disposals from their start on: gains by year and asset. */
  readonly realized: readonly RealizedTotal[];
}

/** Rows of each list that are wanted: lots and problems from the first on, the newest disposals. */
export interface OverviewQuery extends LotQuery {
  readonly lots: number;
  readonly disposals: number;
  readonly problems: number;
}

/** Income or fees in an asset, dollars where it is `null`. */
export interface AssetSum {
  readonly assetId: AssetId | null;
  readonly count: number;
  /** Of the rows whose value is known, in what was asked for; `null` where none is. */
  readonly value: DecimalText | null;
  readonly unknown: number;
}

export interface LotOverview extends MatchedPortfolio, LotSums {
  readonly counts: Readonly<Record<LotListName, number>>;
  readonly lots: readonly Lot[];
  /** The newest first. */
  readonly disposals: readonly Disposal[];
  readonly problems: readonly LotProblem[];
}

export interface LotSums {
  /** Over all years, in what was asked for; `null` where none is known. */
  readonly gain: DecimalText | null;
  readonly proceeds: DecimalText | null;
  /** Disposals that are not in the gain. */
  readonly incomplete: number;
  /** The largest first. */
  readonly income: readonly AssetSum[];
  readonly fees: readonly AssetSum[];
}

/** A figure with what it is explained from besides the ledger. */
export interface FigureQuestion extends Pick<ExplainedState, "value" | "measured"> {
  readonly figure: string;
}
