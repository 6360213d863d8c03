import { type Kysely, sql, type SqlBool } from "kysely";
import { AppError } from "../../kernel/errors.ts";
import type { Uuid } from "../../kernel/ids.ts";
import { isoDayOf, utcMsOf } from "../../kernel/time.ts";
import type { LedgerScope, UndoOutcome } from "../../portfolio/ledger/ledger_ports.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";
import { Breather } from "../breather.ts";
import { toUuidColumn, type UuidValue } from "../uuid_column.ts";
import { applyAll } from "./ledger_apply.ts";
import { LedgerClaim } from "./ledger_claim.ts";
import { clearHidden, findStored, type LedgerTarget } from "./ledger_lookup.ts";
import { insertStaged, type StoredTransaction } from "./ledger_rows.ts";
import type { Schema } from "./schema.ts";

/** Rows that are looked at, or staged, before others get their turn: some milliseconds of work. */
const COUNTED_AT_ONCE = 2_000;
const STAGED_AT_ONCE = 100;

/** A committed import that is to be taken back. */
interface Undo {
  readonly scope: LedgerScope;
  readonly importId: Uuid;
}

/** Rows with the earliest instant that one of them has; `null` of none. */
interface Counted {
  readonly count: number;
  readonly first: number | null;
}

/**
 * Takes imports back the way they came: it claims the ledger, stages the rows that were changed as
 * they were before, has one transaction show those and hide the rows that the import brought, and
 * then writes those back that were changed.
 */
export class SqlLedgerUndo {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #maxWaitMs: number;

  /** `maxWaitMs` is how long it waits for an import into the same ledger. */
  constructor(database: Database, { clock, maxWaitMs }: { clock: Clock; maxWaitMs: number }) {
    this.#database = database;
    this.#clock = clock;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Refused, and nothing of it done, where something was written over the import since. */
  async undo(scope: LedgerScope, importId: Uuid): Promise<UndoOutcome> {
    try {
      return await this.#undo({ scope, importId });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { kind: "refused", reason: error.message };
    }
  }

  async #undo(undo: Undo): Promise<UndoOutcome> {
    const [database, clock, maxWaitMs] = [this.#database, this.#clock, this.#maxWaitMs];
    let inserted = 0;
    const claim = await LedgerClaim.take({ ...undo, database, clock, maxWaitMs }, async (db) => {
      inserted = await this.#countInserted(db, undo);
    });
    let outcome: UndoOutcome;
    try {
      const own = await this.#countOwn(undo);
      if (own.count < inserted) {
        const removed = inserted - own.count;
        throw new Refused(
          `${removed} of its rows were removed since: remove the others one by one`,
        );
      }
      const restored = await this.#stage(undo, claim);
      outcome = await database.transaction(({ db }) =>
        this.#end(db, { undo, claim, own, restored })
      );
    } catch (error) {
      // If even that fails, the claim ends by itself.
      await database.transaction(({ db }) => claim.release(db)).catch(() => {});
      throw error;
    }
    // The ledger shows it already; if this fails, whoever comes next goes on.
    await applyAll(database, undo.scope.portfolioId).catch(() => {});
    return outcome;
  }

  /** The one transaction that takes the import back. */
  async #end(
    db: Kysely<Schema>,
    { undo: { importId }, claim, own, restored }: {
      readonly undo: Undo;
      readonly claim: LedgerClaim;
      readonly own: Counted;
      readonly restored: Counted;
    },
  ): Promise<UndoOutcome> {
    const { dialect } = this.#database;
    const version = await claim.renew(db);
    // The rows themselves are swept: of a large import that takes a while.
    await db.updateTable("ledger_imports").set({ state: "undone", hides_rows: 1 })
      .where("id", "=", toUuidColumn(importId, dialect)).execute();
    const first = earliest(own.first, restored.first);
    const ledgerVersion = await claim.end(db, {
      version,
      isChanged: first !== null,
      hasStaged: restored.count > 0,
    });
    return {
      ...{ kind: "undone", removed: own.count, restored: restored.count, ledgerVersion },
      changedFrom: first === null ? null : utcMsOf(first),
    };
  }

  /** How many rows the import brought; throws where there is none to take back. */
  async #countInserted(
    db: Kysely<Schema>,
    { scope: { portfolioId }, importId }: Undo,
  ): Promise<number> {
    const { dialect } = this.#database;
    const found = await db.selectFrom("ledger_imports").select(["state", "inserted"])
      .where("id", "=", toUuidColumn(importId, dialect))
      .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect))
      .where("state", "!=", "staging").executeTakeFirst();
    if (found === undefined) throw new AppError("RESOURCE_NOT_FOUND", "Import not found");
    if (found.state !== "committed") throw new Refused(`it is ${found.state} already`);
    return found.inserted;
  }

  /**
   * Counts the rows that the import brought, in pieces, as one look at a million of them would hold
   * the event loop for long. Refuses where somebody else wrote over one.
   */
  async #countOwn({ scope: { portfolioId }, importId }: Undo): Promise<Counted> {
    const { read, dialect } = this.#database;
    const breather = new Breather();
    const own = read.selectFrom("transactions")
      .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect))
      .where("import_id", "=", toUuidColumn(importId, dialect));
    const oldest = await own.select("at").orderBy("at").limit(1).executeTakeFirst();
    let left = own;
    for (let count = 0;; count += COUNTED_AT_ONCE) {
      const last = await left.select(["at", "id"]).orderBy("at").orderBy("id")
        .offset(COUNTED_AT_ONCE - 1).limit(1).executeTakeFirst();
      const piece = last ? left.where(sql<SqlBool>`(at, id) <= (${last.at}, ${last.id})`) : left;
      const changed = await piece.select(["at", "asset_id"])
        .where(sql<SqlBool>`(written_by is null or written_by <> import_id)`)
        .orderBy("at").orderBy("id").limit(1).executeTakeFirst();
      if (changed) throw changedSince(changed);
      if (!last) {
        const { rows } = await left.select(({ fn }) => fn.countAll().as("rows"))
          .executeTakeFirstOrThrow();
        return { count: count + Number(rows), first: oldest?.at ?? null };
      }
      left = own.where(sql<SqlBool>`(at, id) > (${last.at}, ${last.id})`);
      await breather.restIfDue();
    }
  }

  /** Stages the rows that the import replaced or took away, as they stood before it. */
  async #stage({ scope: { portfolioId }, importId }: Undo, claim: LedgerClaim): Promise<Counted> {
    const { read, dialect } = this.#database;
    const breather = new Breather();
    const target = { portfolioId, dialect };
    const changes = read.selectFrom("ledger_import_changes")
      .select(["transaction_id", "before"]).orderBy("transaction_id").limit(STAGED_AT_ONCE)
      .where("import_id", "=", toUuidColumn(importId, dialect));
    let left = changes;
    let first: number | null = null;
    for (let count = 0;;) {
      const part = await left.execute();
      const last: UuidValue | undefined = part.at(-1)?.transaction_id;
      if (last === undefined) return { count, first };
      left = changes.where("transaction_id", ">", last);
      const before = part.map((row) => JSON.parse(row.before) as StoredTransaction);
      const now = await this.#findAsLeft(before, { target, importId });
      await this.#database.transaction(async ({ db }) => {
        await claim.renew(db);
        await requireOwnKeys(db, { target, before });
        const rows = before.map((stored) => ({ stored, isRemoved: false }));
        await insertStaged(db, { rows, importId, ...target });
      });
      count += before.length;
      for (const { row } of [...before, ...now]) first = earliest(first, row.at);
      await breather.restIfDue();
    }
  }

  /** What the import made of rows; refuses where they are not as it left them. */
  async #findAsLeft(
    before: readonly StoredTransaction[],
    { target, importId }: { readonly target: LedgerTarget; readonly importId: Uuid },
  ): Promise<readonly StoredTransaction[]> {
    const ids = before.map(({ row }) => row.id);
    const now = await findStored(this.#database.read, { target, ids });
    const isAsLeft = before.every(({ row }) => {
      const stored = now.get(row.id);
      // A fee that is no more was taken away by the import itself.
      return stored === undefined ? row.parentId !== null : stored.writtenBy === importId;
    });
    if (isAsLeft) return [...now.values()];
    throw new Refused("rows that it changed were changed again since: correct those one by one");
  }
}

/** Refuses to put rows back beside others that have their hash or external id since. */
async function requireOwnKeys(
  db: Kysely<Schema>,
  { target, before }: {
    readonly target: LedgerTarget;
    readonly before: readonly StoredTransaction[];
  },
): Promise<void> {
  const identities = before.flatMap(({ identity }) => identity ?? []);
  const shown = await clearHidden(db, { target, ids: [], identities });
  const own = new Set(before.map(({ row }) => row.id));
  if (shown.every((id) => own.has(id))) return;
  throw new Refused(
    "other rows have the hash or external id since that rows had which it changed: " +
      "remove those others first",
  );
}

function changedSince({ at, asset_id }: { readonly at: number; readonly asset_id: string }) {
  return new Refused(
    `its row of ${asset_id} on ${isoDayOf(utcMsOf(at))} was changed since: ` +
      "undo that change, or remove the rows one by one",
  );
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? a ?? b : Math.min(a, b);
}

/** Says why an import can't be taken back as a whole. */
class Refused extends Error {}
