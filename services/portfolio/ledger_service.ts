import { AppError } from "../kernel/errors.ts";
import { type Uuid, UuidFactory } from "../kernel/ids.ts";
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
  TransactionPage,
  UndoOutcome,
} from "./ports.ts";

/** Hears of each change of a ledger, after it is stored; whoever changed it waits for the answer. */
export type LedgerListener = (scope: LedgerScope, change: LedgerChange) => void | Promise<void>;

/** Rows removed by hand that can be brought back. */
export const MAX_REMOVED = 200;

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
  /** Rows that were removed by hand, the last at the end, for as long as they may come back. */
  readonly #removed = new Map<string, LedgerEntry>();

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

  /** Removes a row and its fee; `restore` brings the last `MAX_REMOVED` back. */
  async remove(scope: LedgerScope, id: Uuid): Promise<LedgerChange> {
    const before = await this.getTransaction(scope, id);
    const change = await this.#store.deleteTransaction(scope, id);
    if (change === null) throw noTransaction();
    this.#keepRemoved(removedKey(scope, id), before);
    await this.#tell(scope, change);
    return change;
  }

  /**
   * Brings a removed row and its fee back under its id, as a row entered by hand. Throws
   * `RESOURCE_NOT_FOUND` for one that this process did not remove, or too long ago.
   */
  async restore(scope: LedgerScope, id: Uuid): Promise<EnteredRow> {
    const key = removedKey(scope, id);
    const entry = this.#removed.get(key);
    if (entry === undefined) throw noTransaction();
    await this.#requireParent(scope, entry);
    const content = contentFingerprint(entry);
    await this.#tell(scope, await this.#store.addEntry(scope, { entry, id, content }));
    this.#removed.delete(key);
    return await this.getTransaction(scope, id);
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

  #keepRemoved(key: string, before: EnteredRow): void {
    try {
      this.#removed.set(key, editedEntry({}, { ...before, ...this.#reading() }));
    } catch (error) {
      // A row of an asset that left the registry can go, but could not be entered again.
      if (!(error instanceof AppError)) throw error;
    }
    for (const oldest of this.#removed.keys()) {
      if (this.#removed.size <= MAX_REMOVED) return;
      this.#removed.delete(oldest);
    }
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

function removedKey({ ownerId, portfolioId }: LedgerScope, id: Uuid): string {
  return `${portfolioId} ${id} ${ownerId}`;
}

function noTransaction(): AppError {
  return new AppError("RESOURCE_NOT_FOUND", "Transaction not found");
}
