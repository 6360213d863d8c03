export { MAX_IMPORT_BYTES } from "./imports/import_bytes.ts";
export { type Field, parseMapping } from "./imports/mapping.ts";
export * from "./kept_ledgers.ts";
export type { EntryValues } from "./ledger/entry_values.ts";
export {
  type LedgerImportReport,
  type LedgerImportRequest,
  LedgerImportService,
} from "./ledger/import_service.ts";
export * from "./ledger_service.ts";
export { formatPicks, picksOf } from "./lot_picks.ts";
export * from "./lot_service.ts";
export * from "./lots.ts";
export * from "./portfolio.ts";
export * from "./portfolio_service.ts";
export type * from "./ports.ts";
export * from "./transaction.ts";
export * from "./watchlist.ts";
export * from "./watchlist_service.ts";
