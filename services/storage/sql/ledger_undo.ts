import type { Kysely } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { Dialect } from "../database.ts";
import { Breather } from "../event_loop.ts";
import { toUuidColumn } from "../uuid_column.ts";
import { insertTransactions, type StoredTransaction } from "./ledger_rows.ts";
import type { Schema } from "./schema.ts";

const RESTORED_AT_ONCE = 500;

/** An import whose rows are taken back. */
interface Undo {
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

/** Takes back what an import wrote, unless something was written over it since. */
export async function undoImport(db: Kysely<Schema>, undo: Undo): Promise<UndoResult> {
  const uuid = (id: Uuid) => toUuidColumn(id, undo.dialect);
  const importId = uuid(undo.importId);
  const own = db.selectFrom("transactions").where("portfolio_id", "=", uuid(undo.portfolioId));
  const reason = await objectionTo(db, undo);
  if (reason !== null) return { kind: "refused", reason };
  const { first } = await own.where("written_by", "=", importId)
    .select((row) => row.fn.min("at").as("first")).executeTakeFirstOrThrow();
  const { numDeletedRows } = await db.deleteFrom("transactions")
    .where("portfolio_id", "=", uuid(undo.portfolioId)).where("import_id", "=", importId)
    .executeTakeFirst();
  const { restored, firstRestored } = await restore(db, undo);
  const changed = [first, firstRestored].filter((at): at is number => at !== null);
  return {
    kind: "undone",
    removed: Number(numDeletedRows),
    restored,
    changedFrom: changed.length === 0 ? null : utcMsOf(Math.min(...changed)),
  };
}

/** Why an import can't be taken back as a whole; `null` if it can. */
async function objectionTo(
  db: Kysely<Schema>,
  { portfolioId, importId, dialect }: Undo,
): Promise<string | null> {
  const id = toUuidColumn(importId, dialect);
  const own = db.selectFrom("transactions")
    .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect));
  const touched = await own.where("import_id", "=", id)
    .where((row) => row.or([row("written_by", "is", null), row("written_by", "!=", id)]))
    .select(["at", "asset_id"]).limit(1).executeTakeFirst();
  if (touched) {
    const day = new Date(touched.at).toISOString().slice(0, 10);
    return `its row of ${touched.asset_id} on ${day} was changed since: ` +
      "undo that change, or remove the rows one by one";
  }
  const { inserted } = await db.selectFrom("ledger_imports").select("inserted")
    .where("id", "=", id).executeTakeFirstOrThrow();
  const { rows } = await own.where("import_id", "=", id)
    .select((row) => row.fn.countAll<number>().as("rows")).executeTakeFirstOrThrow();
  if (Number(rows) !== inserted) {
    return `${
      inserted - Number(rows)
    } of its rows were removed since: remove the others one by one`;
  }
  return await hasOverwritten(db, { portfolioId, importId, dialect })
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

/** Puts back the rows that the import replaced or took away. */
async function restore(
  db: Kysely<Schema>,
  { portfolioId, importId, dialect }: Undo,
): Promise<{ restored: number; firstRestored: number | null }> {
  const breather = new Breather();
  const changes = () =>
    db.selectFrom("ledger_import_changes")
      .where("import_id", "=", toUuidColumn(importId, dialect));
  let restored = 0;
  let firstRestored: number | null = null;
  while (true) {
    const part = await changes().select(["transaction_id", "before"]).orderBy("transaction_id")
      .limit(RESTORED_AT_ONCE).execute();
    if (part.length === 0) return { restored, firstRestored };
    const ids = part.map(({ transaction_id }) => transaction_id);
    await db.deleteFrom("transactions")
      .where("portfolio_id", "=", toUuidColumn(portfolioId, dialect))
      .where("id", "in", ids).execute();
    const rows = part.map(({ before }) => JSON.parse(before) as StoredTransaction);
    await insertTransactions(db, { rows, portfolioId, dialect });
    await db.deleteFrom("ledger_import_changes")
      .where("import_id", "=", toUuidColumn(importId, dialect))
      .where("transaction_id", "in", ids).execute();
    restored += rows.length;
    for (const { row } of rows) firstRestored = Math.min(firstRestored ?? row.at, row.at);
    if (breather.isDue) await breather.rest();
  }
}
