import type { Kysely } from "kysely";
import type { Uuid, UuidFactory } from "../../kernel/ids.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type {
  ImportRecord,
  LedgerImportOutcome,
  LedgerImportPlan,
  LedgerScope,
  LedgerWriter,
  RejectedRow,
} from "../../portfolio/ledger/ledger_ports.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";
import { toUuidColumn } from "../uuid_column.ts";
import { applyAll } from "./ledger_apply.ts";
import { LedgerClaim, requireOwned } from "./ledger_claim.ts";
import { toLedgerImport } from "./ledger_rows.ts";
import { SqlLedgerStager } from "./ledger_stager.ts";
import type { Schema } from "./schema.ts";

const REJECTED_AT_ONCE = 500;

/** An import that is under way. */
interface Running {
  readonly scope: LedgerScope;
  readonly importId: Uuid;
  readonly plan: LedgerImportPlan;
  readonly startedAt: UtcMs;
}

type Work = (writer: LedgerWriter) => Promise<LedgerImportOutcome>;

/**
 * Records imports in many short transactions: it claims the ledger, stages rows that nobody sees,
 * and shows them all with one small change; then it writes changed rows over those that were there.
 * Whatever ends it before leaves rows to be swept.
 */
export class SqlLedgerRecorder {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #ids: UuidFactory;
  readonly #maxWaitMs: number;

  constructor(
    database: Database,
    { clock, ids, maxWaitMs }: { clock: Clock; ids: UuidFactory; maxWaitMs: number },
  ) {
    this.#maxWaitMs = maxWaitMs;
    this.#database = database;
    this.#clock = clock;
    this.#ids = ids;
  }

  async record(scope: LedgerScope, plan: LedgerImportPlan, work: Work): Promise<ImportRecord> {
    const importId = this.#ids.next();
    const running = { scope, importId, plan, startedAt: this.#clock.now() };
    if (plan.isPreview) return await this.#preview(running, work);
    const [database, clock, maxWaitMs] = [this.#database, this.#clock, this.#maxWaitMs];
    const claim = await LedgerClaim.take(
      { database, scope, importId, clock, maxWaitMs },
      async (db) => {
        await db.insertInto("ledger_imports").values({
          ...this.#importRow(running, { outcome: NOTHING_YET, inserted: 0 }),
          state: "staging",
          hides_rows: 1,
        }).execute();
      },
    );
    const stager = this.#stager(running, claim);
    let record: ImportRecord;
    try {
      const outcome = await work(stager);
      record = await database.transaction(({ db }) =>
        this.#end(db, { running, outcome, stager, claim })
      );
    } catch (error) {
      await this.#abandon(running, { stager, claim });
      throw error;
    }
    // What the ledger shows already stands, also if this fails: whoever comes next goes on with it.
    await applyAll(database, scope.portfolioId).catch(() => {});
    return record;
  }

  async #preview(running: Running, work: Work): Promise<ImportRecord> {
    const [database, { scope }] = [this.#database, running];
    await requireOwned(database.read, { database, scope });
    await applyAll(database, scope.portfolioId);
    await work(this.#stager(running, null));
    const { ledger_version } = await database.read.selectFrom("portfolios")
      .select("ledger_version").where("id", "=", this.#uuid(scope.portfolioId))
      .executeTakeFirstOrThrow();
    return { changedFrom: null, record: null, ledgerVersion: ledger_version };
  }

  /** The one transaction that makes the import what it is from then on. */
  async #end(
    db: Kysely<Schema>,
    { running, outcome, stager, claim }: {
      readonly running: Running;
      readonly outcome: LedgerImportOutcome;
      readonly stager: SqlLedgerStager;
      readonly claim: LedgerClaim;
    },
  ): Promise<ImportRecord> {
    const version = await claim.renew(db);
    const isCommitted = outcome.end === "committed";
    const inserted = isCommitted ? stager.inserted : 0;
    const row = {
      ...this.#importRow(running, { outcome, inserted }),
      state: isCommitted ? "committed" as const : "refused" as const,
      hides_rows: !isCommitted && stager.hasStaged ? 1 : 0,
    };
    const { id, ...values } = row;
    await db.updateTable("ledger_imports").set(values).where("id", "=", id).execute();
    await this.#keepRejected(db, id, outcome.rejected);
    const changedFrom = isCommitted ? stager.changedFrom : null;
    const ledgerVersion = await claim.end(db, {
      version,
      isChanged: changedFrom !== null,
      hasStaged: isCommitted && stager.hasReplaced,
    });
    return { changedFrom, record: toLedgerImport(row), ledgerVersion };
  }

  /** Gives the ledger back; if even that fails, the claim ends by itself. */
  async #abandon(
    { importId }: Running,
    { stager, claim }: { readonly stager: SqlLedgerStager; readonly claim: LedgerClaim },
  ): Promise<void> {
    await this.#database.transaction(async ({ db }) => {
      await claim.release(db);
      if (stager.hasStaged) return;
      await db.deleteFrom("ledger_imports").where("id", "=", this.#uuid(importId)).execute();
    }).catch(() => {});
  }

  async #keepRejected(
    db: Kysely<Schema>,
    importId: Schema["ledger_imports"]["id"],
    rejected: readonly RejectedRow[],
  ): Promise<void> {
    for (let start = 0; start < rejected.length; start += REJECTED_AT_ONCE) {
      const rows = rejected.slice(start, start + REJECTED_AT_ONCE).map((row, at) => ({
        import_id: importId,
        position: start + at,
        line: row.line,
        fields: JSON.stringify(row.fields),
        code: row.code,
        reason: row.reason,
      }));
      await db.insertInto("ledger_quarantine").values(rows).execute();
    }
  }

  #importRow(
    { scope, importId, plan, startedAt }: Running,
    { outcome, inserted }: {
      readonly outcome: Omit<LedgerImportOutcome, "end">;
      readonly inserted: number;
    },
  ) {
    const { sums } = outcome;
    return {
      id: this.#uuid(importId),
      portfolio_id: this.#uuid(scope.portfolioId),
      file_name: plan.fileName,
      format: plan.format,
      header: JSON.stringify(plan.header),
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

  #stager({ scope: { portfolioId }, importId }: Running, claim: LedgerClaim | null) {
    return new SqlLedgerStager(this.#database, { portfolioId, importId, claim });
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
