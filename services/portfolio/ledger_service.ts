import { AppError } from "../kernel/errors.ts";
import { type Uuid, UuidFactory } from "../kernel/ids.ts";
import { DAY_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { Clock } from "../ports/mod.ts";
import type { AssetNames } from "./imports/asset_names.ts";
import { contentFingerprint, feeId, type LedgerEntry } from "./imports/entry.ts";
import { editedEntry, type EntryValues, readEntry } from "./ledger/entry_values.ts";
import type {
  LedgerImporter,
  LedgerImportReport,
  LedgerImportRequest,
} from "./ledger/import_service.ts";
import { exportRejected } from "./ledger/rejected_csv.ts";
import { exportTransactions } from "./ledger/transactions_csv.ts";
import type {
  LedgerChange,
  LedgerImport,
  LedgerRow,
  LedgerScope,
  LedgerStore,
  RejectedRow,
  RemovedRow,
  TransactionPage,
  UndoOutcome,
} from "./ports.ts";

/** Hears of each change of a ledger, after it is stored; whoever changed it waits for the answer. */
export type LedgerListener = (scope: LedgerScope, change: LedgerChange) => void | Promise<void>;

/** How long rows that were removed by hand can be put back. */
export const REMOVED_KEPT_MS = 30 * DAY_MS;
/** Rows that are forgotten in one transaction, so that other writers get their turn in between. */
const FORGOTTEN_AT_ONCE = 500;

/** A row with the fee that stands in its own columns. */
export interface EnteredRow {
  readonly row: LedgerRow;
  readonly fee: LedgerRow | null;
}

/**
 * Ledgers, row by row and file by file. Every call names the owner, and throws
 * `RESOURCE_NOT_FOUND` for a portfolio that is somebody else's or deleted.
 */
export class LedgerService {
  readonly #store: LedgerStore;
  readonly #imports: LedgerImporter;
  readonly #names: AssetNames;
  readonly #clock: Clock;
  readonly #ids: UuidFactory;
  readonly #listeners = new Set<LedgerListener>();

  constructor({ store, imports, names, clock }: {
    readonly store: LedgerStore;
    readonly imports: LedgerImporter;
    readonly names: AssetNames;
    readonly clock: Clock;
  }) {
    this.#store = store;
    this.#imports = imports;
    this.#names = names;
    this.#clock = clock;
    this.#ids = new UuidFactory(() => clock.now());
  }

  /** The formats that a file may be told to have. */
  get formats(): LedgerImporter["formats"] {
    return this.#imports.formats;
  }

  /** Tells a listener of changes made by this process, until the result is called. */
  subscribe(listener: LedgerListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The owner's oldest portfolio; makes one if there is none. */
  openDefaultPortfolio(ownerId: string): Promise<Uuid> {
    return this.#store.openDefaultPortfolio(ownerId);
  }

  listTransactions(scope: LedgerScope, page: TransactionPage): Promise<readonly LedgerRow[]> {
    return this.#store.listTransactions(scope, page);
  }

  async getTransaction(scope: LedgerScope, id: Uuid): Promise<EnteredRow> {
    const row = await this.#store.findTransaction(scope, id);
    if (row === null) throw noTransaction();
    return { row, fee: await this.#store.findTransaction(scope, feeId(id)) };
  }

  /** Adds a row; throws `VALIDATION_FAILED` for one that no file could bring either. */
  async add(scope: LedgerScope, values: EntryValues): Promise<EnteredRow> {
    const entry = readEntry(values, this.#reading());
    await this.#requireParent(scope, entry);
    const id = entry.id ?? this.#ids.next();
    const content = contentFingerprint(entry);
    await this.#tell(scope, await this.#store.addEntry(scope, { entry, id, content }));
    return await this.getTransaction(scope, id);
  }

  /** Changes the values that are given; a row and its fee are changed together. */
  async edit(scope: LedgerScope, id: Uuid, values: EntryValues): Promise<EnteredRow> {
    const before = await this.getTransaction(scope, id);
    const entry = editedEntry(values, { ...before, ...this.#reading() });
    await this.#requireParent(scope, entry);
    const content = contentFingerprint(entry);
    const change = await this.#store.editEntry(scope, { entry, id, content });
    if (change === null) throw noTransaction();
    await this.#tell(scope, change);
    return await this.getTransaction(scope, id);
  }

  /** Removes a row and its fee; `restore` puts them back for `REMOVED_KEPT_MS`. */
  async remove(scope: LedgerScope, id: Uuid): Promise<LedgerChange> {
    const change = await this.#store.deleteTransaction(scope, id);
    if (change === null) throw noTransaction();
    await this.#tell(scope, change);
    return change;
  }

  /** Removed rows that can be put back, the last removed first. */
  listRemoved(scope: LedgerScope, limit: number): Promise<readonly RemovedRow[]> {
    return this.#store.listRemoved(scope, { since: this.#keptSince(), limit });
  }

  /**
   * Puts a removed row and its fee back as they stood, the import that they came by included.
   * Throws `RESOURCE_NOT_FOUND` for what was not removed, or too long ago, and `CONFLICT` where the
   * ledger has such a row again.
   */
  async restore(scope: LedgerScope, id: Uuid): Promise<EnteredRow> {
    const since = this.#keptSince();
    const change = await this.#store.restoreTransaction(scope, id, { since });
    if (change === null) throw noTransaction();
    await this.#tell(scope, change);
    return await this.getTransaction(scope, id);
  }

  /** Deletes up to so many rows that imports left behind; how many, 0 once there are none. */
  sweepImports(limit: number): Promise<number> {
    return this.#store.sweepImports(limit);
  }

  /** Forgets the removed rows of all ledgers that can't be put back any more; how many. */
  async pruneRemoved(): Promise<number> {
    const before = this.#keptSince();
    for (let deleted = 0;;) {
      const batch = await this.#store.pruneRemoved({ before, limit: FORGOTTEN_AT_ONCE });
      deleted += batch;
      if (batch < FORGOTTEN_AT_ONCE) return deleted;
    }
  }

  async importFile(request: LedgerImportRequest): Promise<LedgerImportReport> {
    const report = await this.#imports.importFile(request);
    await this.#tell(request.scope, report);
    return report;
  }

  /** The newest first. */
  listImports(scope: LedgerScope, limit: number): Promise<readonly LedgerImport[]> {
    return this.#store.listImports(scope, limit);
  }

  async getImport(scope: LedgerScope, importId: Uuid): Promise<LedgerImport> {
    const found = await this.#store.findImport(scope, importId);
    if (found !== null) return found;
    throw new AppError("RESOURCE_NOT_FOUND", "Import not found");
  }

  listRejected(
    scope: LedgerScope,
    importId: Uuid,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<readonly RejectedRow[]> {
    return this.#store.listRejected(scope, importId, page);
  }

  /** The rejected rows of an import as CSV that can be corrected and imported. */
  async exportRejected(scope: LedgerScope, importId: Uuid): Promise<AsyncIterable<string>> {
    await this.getImport(scope, importId);
    return exportRejected(this.#store, { scope, importId });
  }

  /** Takes an import back as a whole; throws `CONFLICT` if its rows were changed since. */
  async undoImport(
    scope: LedgerScope,
    importId: Uuid,
  ): Promise<Extract<UndoOutcome, { kind: "undone" }>> {
    const outcome = await this.#store.undoImport(scope, importId);
    if (outcome.kind === "refused") {
      throw new AppError("CONFLICT", `Cannot undo the import: ${outcome.reason}`);
    }
    await this.#tell(scope, outcome);
    return outcome;
  }

  /** The ledger as Transactions CSV v1.1. */
  exportTransactions(scope: LedgerScope): AsyncIterable<string> {
    return exportTransactions(this.#store, scope);
  }

  #reading() {
    return { names: this.#names, now: this.#clock.now() };
  }

  #keptSince(): UtcMs {
    return utcMsOf(this.#clock.now() - REMOVED_KEPT_MS);
  }

  /** A fee may name a row of its own ledger alone. */
  async #requireParent(scope: LedgerScope, { parentId }: LedgerEntry): Promise<void> {
    if (parentId === null || await this.#store.findTransaction(scope, parentId) !== null) return;
    throw new AppError(
      "VALIDATION_FAILED",
      "Cannot enter the transaction: parent_id names no row of this portfolio",
      { details: { reason: "bad_id" } },
    );
  }

  async #tell(scope: LedgerScope, change: LedgerChange): Promise<void> {
    if (change.changedFrom === null) return;
    await Promise.all([...this.#listeners].map((listener) => listener(scope, change)));
  }
}

function noTransaction(): AppError {
  return new AppError("RESOURCE_NOT_FOUND", "Transaction not found");
}
