import type { Kysely } from "kysely";
import { AppError } from "../../kernel/errors.ts";
import { type Uuid, UuidFactory } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import { feeId, identityOf } from "../../portfolio/imports/entry.ts";
import type {
  ImportRecord,
  LedgerChange,
  LedgerImport,
  LedgerImportOutcome,
  LedgerImportStart,
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
import { forgetRemoved, keepRemoved, listRemoved, putBack } from "./ledger_removed.ts";
import { fromTransactionRow, toLedgerImport, toLedgerRow, toRejectedRow } from "./ledger_rows.ts";
import { undoImport } from "./ledger_undo.ts";
import { SqlLedgerWriter } from "./ledger_writer.ts";
import type { Schema } from "./schema.ts";

const REJECTED_AT_ONCE = 500;
const PAGE_LIMIT = 10_000;
const FIRST_PORTFOLIO = "Portfolio";

/** Ledgers in either database. */
export class SqlLedgerStore implements LedgerStore {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #ids: UuidFactory;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#ids = new UuidFactory(() => clock.now());
  }

  async openDefaultPortfolio(ownerId: string): Promise<Uuid> {
    return await this.#database.transaction(async ({ db }) => {
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

  async recordImport(
    scope: LedgerScope,
    start: LedgerImportStart,
    work: (writer: LedgerWriter) => Promise<LedgerImportOutcome>,
  ): Promise<ImportRecord> {
    const importId = this.#ids.next();
    const startedAt = this.#clock.now();
    const record = (outcome: LedgerImportOutcome, inserted: number) =>
      this.#importRow(scope, { importId, start, startedAt, outcome, inserted });
    try {
      return await this.#change(scope, async (db) => {
        const writer = this.#writer(db, scope, importId);
        // First, as what was replaced refers to it.
        const begun = { ...NOTHING_YET, end: "committed" } as const;
        await db.insertInto("ledger_imports").values(record(begun, 0)).execute();
        const outcome = await work(writer);
        if (outcome.end !== "committed") throw new RolledBack(outcome);
        const { id, ...values } = record(outcome, writer.inserted);
        await db.updateTable("ledger_imports").set(values).where("id", "=", id).execute();
        await this.#keepRejected(db, importId, outcome.rejected);
        const { changedFrom } = writer;
        return { changedFrom, record: toLedgerImport({ id, ...values }) };
      });
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
      return await this.#afterRollback(scope, { outcome: error.outcome, importId, record });
    }
  }

  async listImports(scope: LedgerScope, limit: number): Promise<readonly LedgerImport[]> {
    await this.#requireOwned(this.#database.read, scope);
    const rows = await this.#database.read.selectFrom("ledger_imports").selectAll()
      .where("portfolio_id", "=", this.#uuid(scope.portfolioId))
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

  async undoImport(scope: LedgerScope, importId: Uuid): Promise<UndoOutcome> {
    const { portfolioId } = scope;
    const { dialect } = this.#database;
    try {
      return await this.#change(scope, async (db) => {
        const found = await this.#findImport(db, scope, importId);
        if (found === null) throw new AppError("RESOURCE_NOT_FOUND", "Import not found");
        if (found.state !== "committed") throw new Refused(`it is ${found.state} already`);
        const result = await undoImport(db, { portfolioId, importId, dialect });
        if (result.kind === "refused") throw new Refused(result.reason);
        await db.updateTable("ledger_imports").set({ state: "undone" })
          .where("id", "=", this.#uuid(importId)).execute();
        return result;
      });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { kind: "refused", reason: error.message };
    }
  }

  async listTransactions(
    scope: LedgerScope,
    { after, limit, isNewestFirst = false, assetId }: TransactionPage,
  ): Promise<readonly LedgerRow[]> {
    const { read } = this.#database;
    await this.#requireOwned(read, scope);
    const [order, behind] = isNewestFirst ? ["desc", "<"] as const : ["asc", ">"] as const;
    let query = read.selectFrom("transactions").selectAll()
      .where("portfolio_id", "=", this.#uuid(scope.portfolioId));
    if (assetId !== undefined) query = query.where("asset_id", "=", assetId);
    if (after !== undefined) {
      const id = this.#uuid(after.id);
      query = query.where("at", isNewestFirst ? "<=" : ">=", after.at)
        .where((row) => row.or([row("at", behind, after.at), row("id", behind, id)]));
    }
    const rows = await query.orderBy("at", order).orderBy("id", order)
      .limit(Math.min(limit, PAGE_LIMIT)).execute();
    return rows.map((row) => toLedgerRow(fromTransactionRow(row)));
  }

  async findTransaction(scope: LedgerScope, id: Uuid): Promise<LedgerRow | null> {
    const { read } = this.#database;
    await this.#requireOwned(read, scope);
    const found = await this.#writer(read, scope, null).findRow(id);
    return found === null ? null : toLedgerRow(found);
  }

  async addEntry(scope: LedgerScope, named: NamedEntry): Promise<LedgerChange> {
    return await this.#change(scope, async (db) => {
      const writer = this.#writer(db, scope, null);
      const [verdict] = await writer.write([{ line: 0, entries: [named] }]);
      if (verdict?.kind === "inserted") return { changedFrom: writer.changedFrom };
      throw new AppError("CONFLICT", "The ledger has this transaction already");
    });
  }

  async editEntry(scope: LedgerScope, named: NamedEntry): Promise<LedgerChange | null> {
    return await this.#changeRow(scope, async (db) => {
      const writer = this.#writer(db, scope, null);
      if (await writer.findRow(named.id) === null) return null;
      await this.#requireOwnKey(db, scope, named);
      await writer.replace(named, null);
      return { changedFrom: writer.changedFrom };
    });
  }

  async deleteTransaction(scope: LedgerScope, id: Uuid): Promise<LedgerChange | null> {
    return await this.#changeRow(scope, async (db) => {
      const writer = this.#writer(db, scope, null);
      const found = await writer.findRow(id);
      if (found === null) return null;
      const fee = await writer.findRow(feeId(id));
      const rows = fee === null ? [found] : [found, fee];
      await keepRemoved(db, { ...this.#ledger(scope), rows, removedAt: this.#clock.now() });
      for (const { row } of rows) await writer.remove(row);
      return { changedFrom: writer.changedFrom };
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
    return this.#database.transaction(async ({ db }) => {
      const version = await this.#lock(db, scope);
      const result = await work(db);
      if (result.changedFrom === null) return { ...result, ledgerVersion: version };
      await db.updateTable("portfolios").set({ ledger_version: version + 1 })
        .where("id", "=", this.#uuid(scope.portfolioId)).execute();
      return { ...result, ledgerVersion: version + 1 };
    });
  }

  /** Refuses a key that another row of the ledger has. */
  async #requireOwnKey(
    db: Kysely<Schema>,
    { portfolioId }: LedgerScope,
    { entry, id }: NamedEntry,
  ): Promise<void> {
    const identity = identityOf(entry);
    if (identity === null) return;
    const rival = await db.selectFrom("transactions").select("id")
      .where("portfolio_id", "=", this.#uuid(portfolioId)).where("identity", "=", identity)
      .where("id", "!=", this.#uuid(id)).executeTakeFirst();
    if (rival === undefined) return;
    throw new AppError(
      "CONFLICT",
      "The ledger has another transaction of this hash or external id",
    );
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

  /** Keeps other writers of the same ledger waiting; its version. */
  async #lock(db: Kysely<Schema>, scope: LedgerScope): Promise<number> {
    await this.#requireOwned(db, scope);
    const { ledger_version } = await db.updateTable("portfolios")
      .set((row) => ({ ledger_version: row.ref("ledger_version") }))
      .where("id", "=", this.#uuid(scope.portfolioId))
      .returning("ledger_version").executeTakeFirstOrThrow();
    return ledger_version;
  }

  async #requireOwned(db: Kysely<Schema>, { ownerId, portfolioId }: LedgerScope): Promise<void> {
    const found = await db.selectFrom("portfolios").select("id")
      .where("id", "=", this.#uuid(portfolioId)).where("owner_id", "=", ownerId)
      .where("deleted_at", "is", null).executeTakeFirst();
    if (!found) throw new AppError("RESOURCE_NOT_FOUND", "Portfolio not found");
  }

  async #findImport(
    db: Kysely<Schema>,
    scope: LedgerScope,
    importId: Uuid,
  ): Promise<LedgerImport | null> {
    await this.#requireOwned(db, scope);
    const row = await db.selectFrom("ledger_imports").selectAll()
      .where("id", "=", this.#uuid(importId))
      .where("portfolio_id", "=", this.#uuid(scope.portfolioId)).executeTakeFirst();
    return row ? toLedgerImport(row) : null;
  }

  /** What is left of an import that was not kept: of a refused one, what was wrong with it. */
  async #afterRollback(
    scope: LedgerScope,
    { outcome, importId, record }: {
      outcome: LedgerImportOutcome;
      importId: Uuid;
      record: (outcome: LedgerImportOutcome, inserted: number) => Schema["ledger_imports"];
    },
  ): Promise<ImportRecord> {
    return await this.#change(scope, async (db) => {
      if (outcome.end === "preview") return { changedFrom: null, record: null };
      const row = record(outcome, 0);
      await db.insertInto("ledger_imports").values(row).execute();
      await this.#keepRejected(db, importId, outcome.rejected);
      return { changedFrom: null, record: toLedgerImport(row) };
    });
  }

  async #keepRejected(
    db: Kysely<Schema>,
    importId: Uuid,
    rejected: readonly RejectedRow[],
  ): Promise<void> {
    for (let start = 0; start < rejected.length; start += REJECTED_AT_ONCE) {
      const rows = rejected.slice(start, start + REJECTED_AT_ONCE).map((row, at) => ({
        import_id: this.#uuid(importId),
        position: start + at,
        line: row.line,
        fields: JSON.stringify(row.fields),
        code: row.code,
        reason: row.reason,
      }));
      await db.insertInto("ledger_quarantine").values(rows).execute();
    }
  }

  #importRow({ portfolioId }: LedgerScope, { importId, start, startedAt, outcome, inserted }: {
    importId: Uuid;
    start: LedgerImportStart;
    startedAt: UtcMs;
    outcome: LedgerImportOutcome;
    inserted: number;
  }): Schema["ledger_imports"] {
    const { sums } = outcome;
    return {
      id: this.#uuid(importId),
      portfolio_id: this.#uuid(portfolioId),
      state: outcome.end === "refused" ? "refused" : "committed",
      file_name: start.fileName,
      format: start.format,
      header: JSON.stringify(start.header),
      checksum: outcome.checksum,
      rows_read: sums.read,
      accepted: sums.accepted,
      updated: outcome.updated,
      duplicate: sums.duplicate,
      quarantined: sums.quarantined,
      ignored: sums.ignored,
      inserted,
      started_at: startedAt,
      finished_at: this.#clock.now(),
    };
  }

  #writer(db: Kysely<Schema>, { portfolioId }: LedgerScope, importId: Uuid | null) {
    const { dialect } = this.#database;
    return new SqlLedgerWriter(db, { portfolioId, importId, dialect });
  }

  #ledger({ portfolioId }: LedgerScope) {
    return { portfolioId, dialect: this.#database.dialect };
  }

  #uuid(id: Uuid) {
    return toUuidColumn(id, this.#database.dialect);
  }
}

const NOTHING_YET: Omit<LedgerImportOutcome, "end"> = {
  checksum: "",
  sums: { read: 0, accepted: 0, duplicate: 0, quarantined: 0, ignored: 0 },
  updated: 0,
  rejected: [],
};

/** Ends a transaction without keeping what it wrote. */
class RolledBack extends Error {
  readonly outcome: LedgerImportOutcome;

  constructor(outcome: LedgerImportOutcome) {
    super("Rolled back");
    this.outcome = outcome;
  }
}

/** Ends a transaction as what was asked can't be done. */
class Refused extends Error {}
