import type { Uuid } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { LedgerEntry } from "../imports/entry.ts";
import type { Transaction } from "../transaction.ts";

/** Whose ledger, and which: nothing is reached by an id alone. */
export interface LedgerScope {
  readonly ownerId: string;
  readonly portfolioId: Uuid;
}

/** An entry with the id it would get, and whether it says the same as before. */
export interface NamedEntry {
  readonly entry: LedgerEntry;
  readonly id: Uuid;
  /** `contentFingerprint` of the entry. */
  readonly content: number;
}

/** Entries that enter the ledger together or not at all. */
export interface EntryGroup {
  /** The first of its lines in the file. */
  readonly line: number;
  readonly entries: readonly NamedEntry[];
}

/** One value of a row that an import changes. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What became of a group. */
export type GroupVerdict =
  | { readonly kind: "inserted" | "duplicate" }
  | { readonly kind: "updated"; readonly id: Uuid; readonly changes: readonly FieldChange[] }
  /** Another row of the same file has the same key, and says something else. */
  | { readonly kind: "conflict"; readonly line: number };

/** What an import is of. */
export interface LedgerImportStart {
  readonly fileName: string;
  readonly format: string;
  readonly header: readonly string[];
}

/** An import that is to begin. */
export interface LedgerImportPlan extends LedgerImportStart {
  /** Nothing of it will be kept. */
  readonly isPreview: boolean;
}

/** Rows of a file by what became of them; the first is the sum of the others. */
export interface LedgerSums {
  readonly read: number;
  /** New rows and changed ones. */
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly ignored: number;
}

/** A row that was set aside, with what it takes to import it again. */
export interface RejectedRow {
  readonly line: number;
  /** The cells of its row; a row that can't be taken apart is one cell. */
  readonly fields: readonly string[];
  readonly code: string;
  readonly reason: string;
}

/** How an import ends: `preview` leaves nothing, `refused` keeps what was wrong with it. */
export type ImportEnd = "committed" | "refused" | "preview";

export interface LedgerImportOutcome {
  readonly end: ImportEnd;
  /** sha-256 of the file as stored. */
  readonly checksum: string;
  readonly sums: LedgerSums;
  /** Accepted rows that changed one of the ledger. */
  readonly updated: number;
  readonly rejected: readonly RejectedRow[];
}

/** An import as the ledger remembers it. */
export interface LedgerImport extends LedgerImportStart, LedgerSums {
  readonly importId: Uuid;
  readonly state: "committed" | "refused" | "undone";
  readonly checksum: string;
  readonly updated: number;
  readonly startedAt: UtcMs;
  readonly finishedAt: UtcMs;
}

/** What an import, its undoing or an edit did to a ledger. */
export interface LedgerChange {
  /** The earliest instant at which something changed; `null` if nothing did. */
  readonly changedFrom: UtcMs | null;
  readonly ledgerVersion: number;
}

export interface ImportRecord extends LedgerChange {
  /** `null` of a preview. */
  readonly record: LedgerImport | null;
}

/** Writes the groups of one import, in the order of the file. */
export interface LedgerWriter {
  write(groups: readonly EntryGroup[]): Promise<readonly GroupVerdict[]>;
  /** Nothing of this import will be kept: what comes is judged alone. */
  keepNothing(): void;
}

export type UndoOutcome =
  | (
    & { readonly kind: "undone"; readonly removed: number; readonly restored: number }
    & LedgerChange
  )
  | { readonly kind: "refused"; readonly reason: string };

export interface TransactionPage {
  /** Rows after this one, in the order of the page. */
  readonly after?: { readonly at: UtcMs; readonly id: Uuid };
  readonly limit: number;
  /** The latest first; the earliest if left out. */
  readonly isNewestFirst?: boolean;
  /** Only rows of this asset. */
  readonly assetId?: AssetId;
}

/** A row with where it comes from. */
export interface LedgerRow extends Transaction {
  /** The import that brought it, and the line in its file; `null` for one entered by hand. */
  readonly importId: Uuid | null;
  readonly line: number | null;
}

/** A row that was removed by hand, with the fee that stood in its own columns. */
export interface RemovedRow {
  readonly row: LedgerRow;
  readonly fee: LedgerRow | null;
  readonly removedAt: UtcMs;
}

export interface RemovedPage {
  readonly since: UtcMs;
  readonly limit: number;
}

/**
 * Ledgers with their imports. Every call names the owner; a portfolio of somebody else, and one
 * that is deleted, is `RESOURCE_NOT_FOUND`.
 */
export interface LedgerStore {
  /** The owner's oldest portfolio that is not deleted; makes one if there is none. */
  openDefaultPortfolio(ownerId: string): Promise<Uuid>;
  /**
   * Runs an import: all that `work` writes becomes part of the ledger at once, or none of it, as its
   * outcome says; if it throws, or the process dies, none. Meanwhile other changes of this ledger
   * wait, and are `CONFLICT` after some seconds; readers, and other ledgers, notice nothing.
   */
  recordImport(
    scope: LedgerScope,
    plan: LedgerImportPlan,
    work: (writer: LedgerWriter) => Promise<LedgerImportOutcome>,
  ): Promise<ImportRecord>;
  /** The newest first. */
  listImports(scope: LedgerScope, limit: number): Promise<readonly LedgerImport[]>;
  findImport(scope: LedgerScope, importId: Uuid): Promise<LedgerImport | null>;
  /** In the order of the file, starting behind so many of them. */
  listRejected(
    scope: LedgerScope,
    importId: Uuid,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<readonly RejectedRow[]>;
  /** Takes an import back as a whole; refused if its rows were changed or removed since. */
  undoImport(scope: LedgerScope, importId: Uuid): Promise<UndoOutcome>;
  /**
   * Deletes up to `limit` rows that imports left: those that were refused, taken back or cancelled,
   * or that died. No ledger shows them. How many there were; 0 once nothing is left. Changed rows
   * that a ledger shows, and that one that died did not write over yet, it writes before.
   */
  sweepImports(limit: number): Promise<number>;
  /** Rows by time, then id. */
  listTransactions(scope: LedgerScope, page: TransactionPage): Promise<readonly LedgerRow[]>;
  findTransaction(scope: LedgerScope, id: Uuid): Promise<LedgerRow | null>;
  /** The rows of these ids, in their order, without those that are gone. */
  findTransactions(scope: LedgerScope, ids: readonly Uuid[]): Promise<readonly LedgerRow[]>;
  /** Adds a row and its fee by hand; `CONFLICT` if the ledger has a row of its key. */
  addEntry(scope: LedgerScope, named: NamedEntry): Promise<LedgerChange>;
  /** Changes a row and its fee; `null` if there is no such row. */
  editEntry(scope: LedgerScope, named: NamedEntry): Promise<LedgerChange | null>;
  /** Sets a row and its fee aside; `null` if there is no such row. */
  deleteTransaction(scope: LedgerScope, id: Uuid): Promise<LedgerChange | null>;
  /** What was set aside at or after an instant, the last first. */
  listRemoved(scope: LedgerScope, page: RemovedPage): Promise<readonly RemovedRow[]>;
  /**
   * Puts a row and its fee back as they stood; `null` if they were not set aside at or after the
   * instant, `CONFLICT` if the ledger has such a row again.
   */
  restoreTransaction(
    scope: LedgerScope,
    id: Uuid,
    { since }: Pick<RemovedPage, "since">,
  ): Promise<LedgerChange | null>;
  /** Forgets the first of all rows set aside before an instant, at most so many; how many. */
  pruneRemoved(
    { before, limit }: { readonly before: UtcMs; readonly limit: number },
  ): Promise<number>;
}
