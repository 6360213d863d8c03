import { type Kysely, sql, type SqlBool } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import { isoDayOf, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { Dialect } from "../database.ts";
import { Breather } from "../event_loop.ts";
import { toUuidColumn } from "../uuid_column.ts";
import { clearHidden, findStored } from "./ledger_lookup.ts";
import { insertTransactions, type StoredTransaction } from "./ledger_rows.ts";
import type { TransactionRow } from "./portfolio_schema.ts";
import type { Schema } from "./schema.ts";

/** Rows that are looked at, or put back, before others get their turn: some milliseconds of work. */
const COUNTED_AT_ONCE = 2_000;
const RESTORED_AT_ONCE = 100;

/** An import whose rows are taken back. */
export interface Undo {
  readonly portfolioId: Uuid;
  readonly importId: Uuid;
  readonly dialect: Dialect;
}

export type UndoResult =
  | {
    readonly kind: "undone";
    readonly removed: number;
    readonly restored: number;
    readonly changedFrom: UtcMs | null;
  }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Takes back what an import wrote, unless something was written over it since: rows that it changed
 * become what they were. Its own rows, and what it kept of others, are left for whoever marks the
 * import as hiding them. Where it is refused, its transaction must not stand, as some rows may have
 * been put back by then.
 */
export async function undoImport(
  db: Kysely<Schema>,
  { own, ...undo }: Undo & {
    /** As they stand in this transaction. */
    readonly own: OwnRows;
  },
): Promise<UndoResult> {
  const reason = await objectionTo(db, { undo, own });
  if (reason !== null) return { kind: "refused", reason };
  const replaced = await restore(db, undo);
  if (replaced === null) {
    const reason = "rows that it changed were changed again since: correct those one by one";
    return { kind: "refused", reason };
  }
  const changed = [own.first, replaced.first].filter((at): at is number => at !== null);
  return {
    kind: "undone",
    removed: own.count,
    restored: replaced.count,
    changedFrom: changed.length === 0 ? null : utcMsOf(Math.min(...changed)),
  };
}

/** The rows that an import brought, as they stand now. */
export interface OwnRows {
  readonly count: number;
  /** The earliest instant of them; `null` of none. */
  readonly first: number | null;
  /** One of them that somebody else wrote over; those behind it are not counted any more. */
  readonly changed: Pick<TransactionRow, "at" | "asset_id"> | null;
}

/** Counts them in pieces, as one look at a million rows would hold the event loop for seconds. */
export async function countOwnRows(
  db: Kysely<Schema>,
  { portfolioId, importId, dialect }: Undo,
): Promise<OwnRows> {
  const breather = new Breather();
  const all = db.selectFrom("transactions")
    .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect))
    .where("import_id", "=", toUuidColumn(importId, dialect));
  const earliest = await all.select("at").orderBy("at").limit(1).executeTakeFirst();
  const first = earliest?.at ?? null;
  let left = all;
  for (let count = 0;; count += COUNTED_AT_ONCE) {
    const last = await left.select(["at", "id"]).orderBy("at").orderBy("id")
      .offset(COUNTED_AT_ONCE - 1).limit(1).executeTakeFirst();
    const piece = last ? left.where(sql<SqlBool>`(at, id) <= (${last.at}, ${last.id})`) : left;
    const changed = await piece.select(["at", "asset_id"])
      .where(sql<SqlBool>`(written_by is null or written_by <> import_id)`)
      .orderBy("at").orderBy("id").limit(1).executeTakeFirst();
    if (changed) return { count, first, changed };
    if (!last) {
      const rest = await left.select(({ fn }) => fn.countAll().as("rows"))
        .executeTakeFirstOrThrow();
      return { count: count + Number(rest.rows), first, changed: null };
    }
    left = all.where(sql<SqlBool>`(at, id) > (${last.at}, ${last.id})`);
    if (breather.isDue) await breather.rest();
  }
}

/** Why an import can't be taken back as a whole; `null` if its own rows do not object. */
async function objectionTo(
  db: Kysely<Schema>,
  { undo, own: { count, changed } }: { readonly undo: Undo; readonly own: OwnRows },
): Promise<string | null> {
  if (changed !== null) {
    return `its row of ${changed.asset_id} on ${
      isoDayOf(utcMsOf(changed.at))
    } was changed since: ` +
      "undo that change, or remove the rows one by one";
  }
  const { inserted } = await db.selectFrom("ledger_imports").select("inserted")
    .where("id", "=", toUuidColumn(undo.importId, undo.dialect)).executeTakeFirstOrThrow();
  return count === inserted
    ? null
    : `${inserted - count} of its rows were removed since: remove the others one by one`;
}

/** Rows that an import had changed, once they are what they were. */
interface Replaced {
  readonly count: number;
  /** The earliest instant that one of them had or has; `null` of none. */
  readonly first: number | null;
}

/**
 * Puts back the rows that the import replaced or took away; `null` as soon as one of them was written
 * again since, or removed.
 */
async function restore(
  db: Kysely<Schema>,
  { portfolioId, importId, dialect }: Undo,
): Promise<Replaced | null> {
  const breather = new Breather();
  const target = { portfolioId, dialect };
  const changes = db.selectFrom("ledger_import_changes")
    .where("import_id", "=", toUuidColumn(importId, dialect));
  let left = changes;
  let first: number | null = null;
  for (let count = 0;;) {
    const part = await left.select(["transaction_id", "before"]).orderBy("transaction_id")
      .limit(RESTORED_AT_ONCE).execute();
    const last = part.at(-1);
    if (last === undefined) return { count, first };
    left = changes.where("transaction_id", ">", last.transaction_id);
    const rows = part.map(({ before }) => JSON.parse(before) as StoredTransaction);
    const ids = rows.map(({ row }) => row.id);
    const now = await findStored(db, { target, ids });
    if (!rows.every((before) => isAsLeft(before, { now, importId }))) return null;
    const identities = rows.flatMap(({ identity }) => identity ?? []);
    await clearHidden(db, { target, ids: [], identities });
    await insertTransactions(db, { rows, replace: true, ...target });
    count += rows.length;
    for (const { row } of [...rows, ...now.values()]) first = Math.min(first ?? row.at, row.at);
    if (breather.isDue) await breather.rest();
  }
}

/** Whether a row that the import changed is still as the import left it. */
function isAsLeft(
  { row }: StoredTransaction,
  { now, importId }: {
    readonly now: ReadonlyMap<Uuid, StoredTransaction>;
    readonly importId: Uuid;
  },
): boolean {
  const stored = now.get(row.id);
  // A fee that is no more was taken away by the import itself.
  return stored === undefined ? row.parentId !== null : stored.writtenBy === importId;
}
