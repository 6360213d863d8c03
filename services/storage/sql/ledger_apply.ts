import { type Kysely, sql } from "kysely";
import type { Uuid } from "../../kernel/ids.ts";
import { Breather } from "../breather.ts";
import type { Database } from "../database.ts";
import { toUuidColumn, type UuidValue } from "../uuid_column.ts";
import { deleteRows, type LedgerTarget } from "./ledger_lookup.ts";
import { TRANSACTION_COLUMNS, WITH_ALL_REPLACED } from "./ledger_rows.ts";
import type { Schema } from "./schema.ts";

/** Rows that are written over in one transaction, for some milliseconds. */
const APPLIED_AT_ONCE = 250;

/** Before and behind every id. */
const FIRST_ID = "00000000-0000-0000-0000-000000000000" as Uuid;
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff" as Uuid;

/**
 * Writes over all rows of a ledger that an import, or its undoing, changed: the ledger shows what
 * they became already. Whatever stops it, whoever comes next goes on.
 */
export async function applyAll(
  database: Pick<Database, "read" | "transaction" | "dialect">,
  portfolioId: Uuid,
): Promise<void> {
  const breather = new Breather();
  for (let startMs = performance.now(); await applySome(database, portfolioId) > 0;) {
    await breather.restIfDue();
    // SQLite has no queue of writers: those of other connections look again now and then, and must
    // find it free often enough.
    if (database.dialect === "sqlite") await pause(performance.now() - startMs);
    startMs = performance.now();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Writes over some more of them in a short transaction; how many, 0 once none is left. Any process
 * may do so at any time: from the commit on, what there is to write is settled.
 */
export async function applySome(
  { read, transaction, dialect }: Pick<Database, "read" | "transaction" | "dialect">,
  portfolioId: Uuid,
): Promise<number> {
  const target = { portfolioId, dialect };
  const id = toUuidColumn(portfolioId, dialect);
  // Looked at first, so that there mostly is nothing to write.
  const isAny = await read.selectFrom("portfolios").select("id").where("id", "=", id)
    .where("applying", "is not", null).executeTakeFirst();
  if (isAny === undefined) return 0;
  return await transaction(async ({ db }) => {
    // Writing first keeps others waiting who would write over the same rows.
    const held = await db.updateTable("portfolios").set((row) => ({
      applying: row.ref("applying"),
    }))
      .where("id", "=", id).where("applying", "is not", null)
      .returning(["applying", "applied_to"]).executeTakeFirst();
    if (held === undefined || held.applying === null) return 0;
    const importId = held.applying;
    const from = held.applied_to ?? toUuidColumn(FIRST_ID, dialect);
    const staged = db.selectFrom("ledger_staged_rows").where("staged_by", "=", importId);
    const last = await staged.select("id").where("id", ">", from).orderBy("id")
      .offset(APPLIED_AT_ONCE - 1).limit(1).executeTakeFirst();
    const to = last?.id ?? toUuidColumn(LAST_ID, dialect);
    const applied = await applyBetween(db, { target, importId, from, to });
    const isOver = last === undefined;
    await db.updateTable("portfolios")
      .set(isOver ? { applying: null, applied_to: null } : { applied_to: to })
      .where("id", "=", id).execute();
    return applied;
  });
}

/** Writes over the rows whose ids are behind `from`, up to `to`, and unstages them; how many. */
async function applyBetween(
  db: Kysely<Schema>,
  { target, importId, from, to }: {
    readonly target: LedgerTarget;
    readonly importId: UuidValue;
    readonly from: UuidValue;
    readonly to: UuidValue;
  },
): Promise<number> {
  const removed = await db.selectFrom("ledger_staged_rows").select("id")
    .where("staged_by", "=", importId).where("is_removed", "=", 1)
    .where("id", ">", from).where("id", "<=", to).execute();
  await deleteRows(db, { target, ids: removed.map(({ id }) => id) });
  const columns = sql.raw(TRANSACTION_COLUMNS.join());
  await sql`insert into transactions (${columns})
    select ${columns} from ledger_staged_rows
    where staged_by = ${importId} and is_removed = 0 and id > ${from} and id <= ${to}
    on conflict (portfolio_id, id) do update set ${sql.raw(WITH_ALL_REPLACED)}`.execute(db);
  const { numDeletedRows } = await db.deleteFrom("ledger_staged_rows")
    .where("staged_by", "=", importId).where("id", ">", from).where("id", "<=", to)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
