import type { Kysely } from "kysely";
import { type Uuid, UuidFactory } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type {
  ImportRecord,
  LedgerChange,
  LedgerImport,
  LedgerImportOutcome,
  LedgerImportPlan,
  LedgerRow,
  LedgerScope,
  LedgerStore,
  LedgerWriter,
  NamedEntry,
  RejectedRow,
  RemovedPage,
  RemovedRow,
  TransactionPage,
  UndoOutcome,
} from "../../portfolio/ledger/ledger_ports.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import {
  CLAIM_WAITS,
  type ClaimWaits,
  lockLedger,
  requireOwned,
  whenUnclaimed,
} from "./ledger_claim.ts";
import { SqlLedgerEdits } from "./ledger_edits.ts";
import { findShown } from "./ledger_lookup.ts";
import { listRows } from "./ledger_pages.ts";
import { SqlLedgerRecorder } from "./ledger_recorder.ts";
import { forgetRemoved, keepRemoved, listRemoved, putBack } from "./ledger_removed.ts";
import { fromTransactionRow, toLedgerImport, toLedgerRow, toRejectedRow } from "./ledger_rows.ts";
import { sweepImports } from "./ledger_sweep.ts";
import { SqlLedgerUndo } from "./ledger_undo.ts";
import { takeOwnerTurn } from "./owner_turns.ts";
import type { Schema } from "./schema.ts";

const PAGE_LIMIT = 10_000;
const FIRST_PORTFOLIO = "Portfolio";

/** Ledgers in either database. */
export class SqlLedgerStore implements LedgerStore {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #ids: UuidFactory;
  readonly #recorder: SqlLedgerRecorder;
  readonly #undo: SqlLedgerUndo;
  readonly #handWaitMs: number;

  constructor(database: Database, clock: Clock, waits: ClaimWaits = CLAIM_WAITS) {
    this.#database = database;
    this.#clock = clock;
    this.#ids = new UuidFactory(() => clock.now());
    const maxWaitMs = waits.importMs;
    this.#recorder = new SqlLedgerRecorder(database, { clock, ids: this.#ids, maxWaitMs });
    this.#undo = new SqlLedgerUndo(database, { clock, maxWaitMs: waits.handMs });
    this.#handWaitMs = waits.handMs;
  }

  async openDefaultPortfolio(ownerId: string): Promise<Uuid> {
    const { dialect } = this.#database;
    return await this.#database.transaction(async ({ db }) => {
      await takeOwnerTurn(db, { ownerId, dialect });
      const oldest = await db.selectFrom("portfolios").select("id")
        .where("owner_id", "=", ownerId).where("deleted_at", "is", null)
        .orderBy("created_at").orderBy("id").limit(1).executeTakeFirst();
      if (oldest) return fromUuidColumn(oldest.id);
      const id = this.#ids.next();
      await db.insertInto("portfolios").values({
        id: this.#uuid(id),
        owner_id: ownerId,
        name: FIRST_PORTFOLIO,
        base_currency: "USD",
        lot_method: "fifo",
        lot_pools: "account",
        rules_by_year: "{}",
        ledger_version: 0,
        created_at: this.#clock.now(),
        deleted_at: null,
      }).execute();
      return id;
    });
  }

  recordImport(
    scope: LedgerScope,
    plan: LedgerImportPlan,
    work: (writer: LedgerWriter) => Promise<LedgerImportOutcome>,
  ): Promise<ImportRecord> {
    return this.#recorder.record(scope, plan, work);
  }

  async listImports(scope: LedgerScope, limit: number): Promise<readonly LedgerImport[]> {
    await this.#requireOwned(this.#database.read, scope);
    const rows = await this.#database.read.selectFrom("ledger_imports").selectAll()
      .where("portfolio_id", "=", this.#uuid(scope.portfolioId)).where("state", "!=", "staging")
      .orderBy("id", "desc").limit(Math.min(limit, PAGE_LIMIT)).execute();
    return rows.map(toLedgerImport);
  }

  async findImport(scope: LedgerScope, importId: Uuid): Promise<LedgerImport | null> {
    return await this.#findImport(this.#database.read, scope, importId);
  }

  async listRejected(
    scope: LedgerScope,
    importId: Uuid,
    { offset, limit }: { readonly offset: number; readonly limit: number },
  ): Promise<readonly RejectedRow[]> {
    const { read } = this.#database;
    if (await this.#findImport(read, scope, importId) === null) return [];
    const rows = await read.selectFrom("ledger_quarantine").selectAll()
      .where("import_id", "=", this.#uuid(importId)).where("position", ">=", offset)
      .orderBy("position").limit(Math.min(limit, PAGE_LIMIT)).execute();
    return rows.map(toRejectedRow);
  }

  undoImport(scope: LedgerScope, importId: Uuid): Promise<UndoOutcome> {
    return this.#undo.undo(scope, importId);
  }

  async listTransactions(
    scope: LedgerScope,
    page: TransactionPage,
  ): Promise<readonly LedgerRow[]> {
    const { read } = this.#database;
    await this.#requireOwned(read, scope);
    const limit = Math.min(page.limit, PAGE_LIMIT);
    const rows = await listRows(read, { target: this.#ledger(scope), page: { ...page, limit } });
    return rows.map((row) => toLedgerRow(fromTransactionRow(row)));
  }

  sweepImports(limit: number): Promise<number> {
    return sweepImports(this.#database, { limit, now: this.#clock.now() });
  }

  async findTransaction(scope: LedgerScope, id: Uuid): Promise<LedgerRow | null> {
    return (await this.findTransactions(scope, [id]))[0] ?? null;
  }

  async findTransactions(scope: LedgerScope, ids: readonly Uuid[]): Promise<readonly LedgerRow[]> {
    const { read } = this.#database;
    await this.#requireOwned(read, scope);
    const found = await findShown(read, { target: this.#ledger(scope), ids });
    return ids.flatMap((id) => {
      const stored = found.get(id);
      return stored === undefined ? [] : toLedgerRow(stored);
    });
  }

  async addEntry(scope: LedgerScope, named: NamedEntry): Promise<LedgerChange> {
    return await this.#change(scope, async (db) => {
      const edits = new SqlLedgerEdits(db, this.#ledger(scope));
      await edits.add(named);
      return { changedFrom: edits.changedFrom };
    });
  }

  async editEntry(scope: LedgerScope, named: NamedEntry): Promise<LedgerChange | null> {
    return await this.#changeRow(scope, async (db) => {
      const edits = new SqlLedgerEdits(db, this.#ledger(scope));
      return await edits.replace(named) ? { changedFrom: edits.changedFrom } : null;
    });
  }

  async deleteTransaction(scope: LedgerScope, id: Uuid): Promise<LedgerChange | null> {
    return await this.#changeRow(scope, async (db) => {
      const edits = new SqlLedgerEdits(db, this.#ledger(scope));
      const rows = await edits.removePair(id);
      if (rows.length === 0) return null;
      await keepRemoved(db, { ...this.#ledger(scope), rows, removedAt: this.#clock.now() });
      return { changedFrom: edits.changedFrom };
    });
  }

  async listRemoved(
    scope: LedgerScope,
    { since, limit }: RemovedPage,
  ): Promise<readonly RemovedRow[]> {
    const { read } = this.#database;
    await this.#requireOwned(read, scope);
    const page = { since, limit: Math.min(limit, PAGE_LIMIT) };
    return await listRemoved(read, { ...this.#ledger(scope), ...page });
  }

  async restoreTransaction(
    scope: LedgerScope,
    id: Uuid,
    { since }: Pick<RemovedPage, "since">,
  ): Promise<LedgerChange | null> {
    return await this.#changeRow(scope, (db) => putBack(db, { ...this.#ledger(scope), id, since }));
  }

  async pruneRemoved(
    { before, limit }: { readonly before: UtcMs; readonly limit: number },
  ): Promise<number> {
    return await this.#database.transaction(({ db }) => forgetRemoved(db, { before, limit }));
  }

  /** Runs a change under the ledger's lock; its version grows if anything changed. */
  #change<Result extends { readonly changedFrom: UtcMs | null }>(
    scope: LedgerScope,
    work: (db: Kysely<Schema>) => Promise<Result>,
  ): Promise<Result & { ledgerVersion: number }> {
    const [database, clock] = [this.#database, this.#clock];
    return whenUnclaimed(() =>
      database.transaction(async ({ db }) => {
        const version = await lockLedger(db, { database, scope, clock });
        const result = await work(db);
        if (result.changedFrom === null) return { ...result, ledgerVersion: version };
        await db.updateTable("portfolios").set({ ledger_version: version + 1 })
          .where("id", "=", this.#uuid(scope.portfolioId)).execute();
        return { ...result, ledgerVersion: version + 1 };
      }), this.#handWaitMs);
  }

  /** The same for a row that may not be there. */
  async #changeRow(
    scope: LedgerScope,
    work: (db: Kysely<Schema>) => Promise<{ changedFrom: UtcMs | null } | null>,
  ): Promise<LedgerChange | null> {
    let isMissing = false;
    const change = await this.#change(scope, async (db) => {
      const result = await work(db);
      isMissing = result === null;
      return result ?? { changedFrom: null };
    });
    return isMissing ? null : change;
  }

  async #requireOwned(db: Kysely<Schema>, scope: LedgerScope): Promise<void> {
    await requireOwned(db, { database: this.#database, scope });
  }

  async #findImport(
    db: Kysely<Schema>,
    scope: LedgerScope,
    importId: Uuid,
  ): Promise<LedgerImport | null> {
    await this.#requireOwned(db, scope);
    const row = await db.selectFrom("ledger_imports").selectAll()
      .where("id", "=", this.#uuid(importId))
      .where("portfolio_id", "=", this.#uuid(scope.portfolioId)).where("state", "!=", "staging")
      .executeTakeFirst();
    return row ? toLedgerImport(row) : null;
  }

  #ledger({ portfolioId }: LedgerScope) {
    return { portfolioId, dialect: this.#database.dialect };
  }

  #uuid(id: Uuid) {
    return toUuidColumn(id, this.#database.dialect);
  }
}
