import type { UuidValue } from "../uuid_column.ts";

type JsonText = string;

export interface PortfolioRow {
  readonly id: UuidValue;
  readonly owner_id: string;
  readonly name: string;
  readonly base_currency: string;
  readonly lot_method: string;
  readonly lot_pools: string;
  readonly rules_by_year: JsonText;
  readonly ledger_version: number;
  readonly created_at: number;
  readonly deleted_at: number | null;
  /** The import that alone may change the ledger, and until when unless it says so again. */
  readonly claim: UuidValue | null;
  readonly claimed_until: number | null;
  /**
   * The import whose staged rows count in place of the ledger's own, until all of them are written
   * over those; and how far that is, by their ids.
   */
  readonly applying: UuidValue | null;
  readonly applied_to: UuidValue | null;
}

export interface TransactionRow {
  readonly portfolio_id: UuidValue;
  readonly id: UuidValue;
  readonly at: number;
  readonly action: string;
  readonly asset_id: string;
  readonly quantity: string;
  readonly unit_price_usd: string | null;
  readonly account: string;
  readonly wallet: string | null;
  readonly venue: string | null;
  readonly tx_hash: string | null;
  readonly external_id: string | null;
  readonly notes: string | null;
  readonly notes_extra: JsonText;
  readonly parent_id: UuidValue | null;
  readonly identity: string | null;
  readonly content: number;
  readonly import_id: UuidValue | null;
  readonly line: number | null;
  readonly written_by: UuidValue | null;
}

interface LedgerImportRow {
  readonly id: UuidValue;
  readonly portfolio_id: UuidValue;
  readonly state: "staging" | "committed" | "refused" | "undone";
  readonly file_name: string;
  readonly format: string;
  readonly header: JsonText;
  readonly checksum: string;
  readonly rows_read: number;
  readonly accepted: number;
  readonly updated: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly ignored: number;
  readonly inserted: number;
  readonly started_at: number;
  readonly finished_at: number;
  /** 1 where its rows are no part of the ledger: not yet, or not any more. */
  readonly hides_rows: number;
}

/** What a row of the ledger becomes with an import. */
interface LedgerStagedRow extends TransactionRow {
  readonly staged_by: UuidValue;
  /** 1 for a row that goes. */
  readonly is_removed: number;
}

interface LedgerQuarantineRow {
  readonly import_id: UuidValue;
  readonly position: number;
  readonly line: number;
  readonly fields: JsonText;
  readonly code: string;
  readonly reason: string;
}

interface LedgerImportChangeRow {
  readonly import_id: UuidValue;
  readonly transaction_id: UuidValue;
  readonly before: JsonText;
}

interface RemovedTransactionRow {
  readonly portfolio_id: UuidValue;
  readonly transaction_id: UuidValue;
  readonly removed_at: number;
  readonly rows: JsonText;
}

interface WatchlistRow {
  readonly id: UuidValue;
  readonly owner_id: string;
  readonly name: string;
  readonly created_at: number;
}

interface WatchlistItemRow {
  readonly watchlist_id: UuidValue;
  readonly asset_id: string;
  readonly position: number;
  readonly note: string | null;
  readonly added_at: number;
}

/** The tables of portfolios. */
export interface PortfolioTables {
  readonly portfolios: PortfolioRow;
  readonly transactions: TransactionRow;
  readonly ledger_imports: LedgerImportRow;
  readonly ledger_quarantine: LedgerQuarantineRow;
  readonly ledger_import_changes: LedgerImportChangeRow;
  readonly ledger_staged_rows: LedgerStagedRow;
  readonly removed_transactions: RemovedTransactionRow;
  readonly watchlists: WatchlistRow;
  readonly watchlist_items: WatchlistItemRow;
}
