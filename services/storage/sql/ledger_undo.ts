import type { Kysely } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { Dialect } from "../database.ts";
import { Breather } from "../event_loop.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import { clearHidden, deleteRows, findStored } from "./ledger_lookup.ts";
import { insertTransactions, type StoredTransaction } from "./ledger_rows.ts";
import type { Schema } from "./schema.ts";

const RESTORED_AT_ONCE = 500;
const READ_AT_ONCE = 500;

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
 * become what they were. Its own rows are left for whoever marks the import as hiding them.
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
  const { restored, first } = await restore(db, undo);
  const changed = [own.first, first].filter((at): at is number => at !== null);
  return {
    kind: "undone",
    removed: own.count,
    restored,
    changedFrom: changed.length === 0 ? null : utcMsOf(Math.min(...changed)),
  };
}

/** The rows that an import brought, as they stand now. */
export interface OwnRows {
  readonly count: number;
  readonly first: number | null;
  /** One of them that somebody else wrote over. */
  readonly changed: { readonly at: number; readonly assetId: string } | null;
}

/** Reads them in pieces, as one look at a million rows would hold the event loop for seconds. */
export async function readOwnRows(
  db: Kysely<Schema>,
  { portfolioId, importId, dialect }: Undo,
): Promise<OwnRows> {
  const breather = new Breather();
  const id = toUuidColumn(importId, dialect);
  const own = db.selectFrom("transactions").select(["id", "at", "asset_id", "written_by"])
    .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect))
    .where("import_id", "=", id).orderBy("at").orderBy("id").limit(READ_AT_ONCE);
  let count = 0;
  let first: number | null = null;
  let changed: OwnRows["changed"] = null;
  let page = await own.execute();
  while (true) {
    count += page.length;
    for (const { at, asset_id: assetId, written_by } of page) {
      first = Math.min(first ?? at, at);
      const isOurs = written_by !== null && fromUuidColumn(written_by) === importId;
      if (!isOurs) changed ??= { at, assetId };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < READ_AT_ONCE) return { count, first, changed };
    if (breather.isDue) await breather.rest();
    page = await own.where("at", ">=", last.at)
      .where((row) => row.or([row("at", ">", last.at), row("id", ">", last.id)])).execute();
  }
}

/** Why an import can't be taken back as a whole; `null` if it can. */
async function objectionTo(
  db: Kysely<Schema>,
  { undo, own: { count, changed } }: { readonly undo: Undo; readonly own: OwnRows },
): Promise<string | null> {
  if (changed !== null) {
    const day = new Date(changed.at).toISOString().slice(0, 10);
    return `its row of ${changed.assetId} on ${day} was changed since: ` +
      "undo that change, or remove the rows one by one";
  }
  const { inserted } = await db.selectFrom("ledger_imports").select("inserted")
    .where("id", "=", toUuidColumn(undo.importId, undo.dialect)).executeTakeFirstOrThrow();
  if (count !== inserted) {
    return `${inserted - count} of its rows were removed since: remove the others one by one`;
  }
  return await hasOverwritten(db, undo)
    ? "rows that it changed were changed again since: correct those one by one"
    : null;
}

/** Whether a row that the import changed was written again since, or removed. */
async function hasOverwritten(
  db: Kysely<Schema>,
  { portfolioId, importId, dialect }: Undo,
): Promise<boolean> {
  const id = toUuidColumn(importId, dialect);
  const rows = await db.selectFrom("ledger_import_changes as change")
    .leftJoin("transactions as row", (join) =>
      join.onRef("row.id", "=", "change.transaction_id")
        .on("row.portfolio_id", "=", toUuidColumn(portfolioId, dialect)))
    .where("change.import_id", "=", id)
    .where((where) =>
      where.or([where("row.written_by", "is", null), where("row.written_by", "!=", id)])
    )
    .select(["row.id", "change.before"]).execute();
  // A fee that is no more was taken away by the import itself.
  return rows.some(({ id, before }) =>
    id !== null || (JSON.parse(before) as StoredTransaction).row.parentId === null
  );
}

/** Puts back the rows that the import replaced or took away; the earliest of them, as before or now. */
async function restore(
  db: Kysely<Schema>,
  { portfolioId, importId, dialect }: Undo,
): Promise<{ restored: number; first: number | null }> {
  const breather = new Breather();
  const target = { portfolioId, dialect };
  const changes = () =>
    db.selectFrom("ledger_import_changes")
      .where("import_id", "=", toUuidColumn(importId, dialect));
  let restored = 0;
  let first: number | null = null;
  while (true) {
    const part = await changes().select(["transaction_id", "before"]).orderBy("transaction_id")
      .limit(RESTORED_AT_ONCE).execute();
    if (part.length === 0) return { restored, first };
    const ids = part.map(({ transaction_id }) => fromUuidColumn(transaction_id));
    const rows = part.map(({ before }) => JSON.parse(before) as StoredTransaction);
    const now = await findStored(db, { target, ids });
    await deleteRows(db, { target, ids: part.map(({ transaction_id }) => transaction_id) });
    const identities = rows.flatMap(({ identity }) => identity ?? []);
    await clearHidden(db, { target, ids: [], identities });
    await insertTransactions(db, { rows, portfolioId, dialect });
    await db.deleteFrom("ledger_import_changes")
      .where("import_id", "=", toUuidColumn(importId, dialect))
      .where("transaction_id", "in", part.map(({ transaction_id }) => transaction_id)).execute();
    restored += rows.length;
    for (const { row } of [...rows, ...now.values()]) first = Math.min(first ?? row.at, row.at);
    if (breather.isDue) await breather.rest();
  }
}
