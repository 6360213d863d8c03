export { Breather, restWhenDue } from "./breather.ts";
export { type Database, type Dialect, pingDatabase, readTopicVersion } from "./database.ts";
export {
  type DatabaseLocation,
  listPendingMigrations,
  migrateDatabase,
  openDatabase,
  type OpenOptions,
} from "./open.ts";
export { SqlAbsenceStore } from "./sql/absence_store.ts";
export { SqlAssetStore } from "./sql/asset_store.ts";
export { SqlAuditLog } from "./sql/audit_log.ts";
export { SqlCandleStore } from "./sql/candle_store.ts";
export { SqlFxStore } from "./sql/fx_store.ts";
export { SqlLivePriceStore } from "./sql/live_price_store.ts";
export { JOB_JSON_LIMIT } from "./sql/job_rows.ts";
export { SqlJobStore } from "./sql/job_store.ts";
export { SqlLedgerStore } from "./sql/ledger_store.ts";
export { SqlLeaseStore } from "./sql/lease_store.ts";
export { SqlPortfolioStore } from "./sql/portfolio_store.ts";
export { SqlGaugeStore } from "./sql/gauge_store.ts";
export { SqlPaidRunStore } from "./sql/paid_run_store.ts";
export { SqlPoolStore } from "./sql/pool_store.ts";
export { SqlProviderStateStore } from "./sql/provider_state_store.ts";
export { SqlRawIngestStore } from "./sql/raw_ingest_store.ts";
export { SqlRelationStore } from "./sql/relation_store.ts";
export { SqlScoreStore } from "./sql/score_store.ts";
export { SqlSnapshotStore } from "./sql/snapshot_store.ts";
export { SqlWatchlistStore } from "./sql/watchlist_store.ts";
