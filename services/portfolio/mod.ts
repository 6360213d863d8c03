export * from "./explain_portfolio.ts";
export * from "./fx/drift_guard.ts";
export { type CurrencyPair, FxBook, type FxPath, type FxQuote } from "./fx/fx_book.ts";
export * from "./fx/fx_rate.ts";
export * from "./fx/fx_service.ts";
export * from "./holding_service.ts";
export * from "./holdings.ts";
export * from "./import_desk.ts";
export type { AssetNames } from "./imports/asset_names.ts";
export { MAX_IMPORT_BYTES } from "./imports/import_bytes.ts";
export {
  EXPORTERS,
  type Field,
  FIELDS,
  type Mapping,
  parseMapping,
  TRANSACTIONS_V1_1,
} from "./imports/mapping.ts";
export { ownMapping } from "./imports/own_mapping.ts";
export { KeptLedger, type LotRules, type PriceLookup } from "./kept_ledger.ts";
export * from "./kept_ledgers.ts";
export type { KeptRow } from "./kept_row.ts";
export { anyCell, csvLine } from "./ledger/csv_text.ts";
export type { EntryValues } from "./ledger/entry_values.ts";
export {
  type LedgerImporter,
  type LedgerImportProgress,
  type LedgerImportReport,
  type LedgerImportRequest,
  LedgerImportService,
} from "./ledger/import_service.ts";
export { reportToJson } from "./ledger/report_json.ts";
export * from "./ledger_service.ts";
export { type KnownSum, knownSum } from "./known_sum.ts";
export { formatPicks, parsePicks, PICKS_COLUMN } from "./lot_picks.ts";
export * from "./lot_service.ts";
export * from "./lots.ts";
export { LOT_PROBLEM_CODES } from "./lots/lot_book.ts";
export { CASH_IDS, cashIdOf } from "./cash.ts";
export { type PaidMoney, paidMoneyOf, paidUnitPrice } from "./paid_money.ts";
export { ClosePrices } from "./past_prices.ts";
export type { PortfolioPerformance } from "./performance/measure.ts";
export type { LotFigures } from "./performance/lot_figures.ts";
export * from "./performance_service.ts";
export * from "./portfolio.ts";
export type {
  ExplainedState,
  ExplainedUnit,
  PortfolioExplanation,
  PortfolioInput,
} from "./portfolio_explanation.ts";
export * from "./portfolio_service.ts";
export type * from "./ports.ts";
export { type FreshnessDeps, type Lack, SnapshotFreshness } from "./snapshots/freshness.ts";
export { HistoryReader } from "./snapshots/history_reader.ts";
export { type Rebuilder, RebuildHere, RebuildThread } from "./snapshots/rebuild_thread.ts";
export {
  SNAPSHOT_INTERVALS,
  type SnapshotInterval,
  type SnapshotState,
} from "./snapshots/snapshot.ts";
export type { SnapshotStore } from "./snapshots/snapshot_ports.ts";
export { SnapshotKeeper } from "./snapshots/snapshot_keeper.ts";
export * from "./snapshots/snapshot_rebuild.ts";
export { SnapshotWatch } from "./snapshots/snapshot_watch.ts";
export * from "./snapshot_values.ts";
export * from "./summary_service.ts";
export * from "./transaction.ts";
export type { CloseColumn } from "./valuation/close_column.ts";
export { CloseReader, groupSeries, type SeriesByAsset } from "./valuation/close_reader.ts";
export { CloseTable } from "./valuation/close_table.ts";
export { type Resolution, RESOLUTIONS, type TimeAxis, timeAxis } from "./valuation/time_axis.ts";
export * from "./valuation/valuation_service.ts";
export * from "./valuation/valued.ts";
export { VALUE_PACE_MS, ValueFeed } from "./value_feed.ts";
export * from "./watchlist.ts";
export * from "./watchlist_service.ts";
export * from "./why_unmeasured.ts";
export * from "./work/portfolio_work.ts";
export { type ToldLine, ToldLog } from "./work/told_log.ts";
export { WorkBySize } from "./work/work_by_size.ts";
export type { FromWorker, ToWorker } from "./work/work_calls.ts";
export { WorkHere } from "./work/work_here.ts";
export { WorkServer } from "./work/work_server.ts";
export { WorkThread, type WorkThreadDeps } from "./work/work_thread.ts";
