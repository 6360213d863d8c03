import { type Kysely, type RawBuilder, sql, type SqlBool } from "kysely";
import type { UtcMs } from "../../kernel/time.ts";
import type { Database } from "../database.ts";
import { fromUuidColumn, type UuidValue } from "../uuid_column.ts";
import { applyAll } from "./ledger_apply.ts";
import type { Schema } from "./schema.ts";

/** An import that left rows behind. */
type Left = Pick<Schema["ledger_imports"], "id" | "portfolio_id" | "state">;

/** What an import may leave beside its record, in the order in which it goes. */
const LEFT_BY = [
  { table: "ledger_staged_rows", key: "staged_by", id: "id" },
  { table: "ledger_import_changes", key: "import_id", id: "transaction_id" },
] as const;

/**
 * Deletes up to `limit` rows that imports left behind, in one short transaction; how many, 0 once
 * nothing is left. What an import still stages is left alone. First it ends what one that died left
 * half written over.
 */
export async function sweepImports(
  database: Pick<Database, "read" | "transaction" | "dialect">,
  { limit, now }: { readonly limit: number; readonly now: UtcMs },
): Promise<number> {
  const { read, transaction } = database;
  const halves = await read.selectFrom("portfolios").select("id")
    .where("applying", "is not", null).execute();
  for (const { id } of halves) await applyAll(database, fromUuidColumn(id));
  // Looked at first, so that there mostly is nothing to write.
  const left = await findLeft(read, now);
  if (left !== null) {
    return await transaction(({ db }) => sweepLeft(db, { left, limit, now }));
  }
  const abandoned = await findAbandoned(read, now);
  if (abandoned === null) return 0;
  return await transaction(async ({ db }) => {
    if (!await lockIdle(db, { ...abandoned, now })) return 0;
    return await deleteSome(db, { ...LEFT_BY[0], of: abandoned.id, limit });
  });
}

/** An import that hides its rows, and that no live claim protects. */
async function findLeft(db: Kysely<Schema>, now: UtcMs): Promise<Left | null> {
  const found = await db.selectFrom("ledger_imports as import")
    .innerJoin("portfolios as portfolio", "portfolio.id", "import.portfolio_id")
    .where(sql.ref("import.hides_rows"), "=", sql.lit(1))
    .where(isIdle(now))
    .select(["import.id", "import.portfolio_id", "import.state"])
    .orderBy("import.id").limit(1).executeTakeFirst();
  return found ?? null;
}

/** An import whose undoing died: what that staged is of no use, as another begins anew. */
async function findAbandoned(db: Kysely<Schema>, now: UtcMs): Promise<Left | null> {
  const found = await db.selectFrom("ledger_imports as import")
    .select(["import.id", "import.portfolio_id", "import.state"])
    .innerJoin("portfolios as portfolio", "portfolio.id", "import.portfolio_id")
    .where("import.state", "=", "committed")
    .where(isIdle(now))
    .where((row) =>
      row.exists(
        row.selectFrom("ledger_staged_rows").select("id").whereRef("staged_by", "=", "import.id"),
      )
    )
    .limit(1).executeTakeFirst();
  return found ?? null;
}

/** That nothing goes on in the name of `import`, and none of its staged rows counts. */
function isIdle(now: UtcMs): RawBuilder<SqlBool> {
  return sql<SqlBool>`(portfolio.claim is null or portfolio.claim <> import.id
    or portfolio.claimed_until <= ${now})
    and (portfolio.applying is null or portfolio.applying <> import.id)`;
}

async function sweepLeft(
  db: Kysely<Schema>,
  { left: { id, portfolio_id, state }, limit, now }: {
    readonly left: Left;
    readonly limit: number;
    readonly now: UtcMs;
  },
): Promise<number> {
  if (!await lockIdle(db, { id, portfolio_id, now })) return 0;
  const rows = db.selectFrom("transactions").select("id").where("portfolio_id", "=", portfolio_id)
    .where("import_id", "=", id).limit(limit);
  const { numDeletedRows } = await db.deleteFrom("transactions")
    .where("portfolio_id", "=", portfolio_id).where("id", "in", rows).executeTakeFirst();
  let deleted = Number(numDeletedRows);
  for (const place of LEFT_BY) {
    if (deleted < limit) {
      deleted += await deleteSome(db, { ...place, of: id, limit: limit - deleted });
    }
  }
  if (deleted >= limit) return deleted;
  if (state === "staging") await db.deleteFrom("ledger_imports").where("id", "=", id).execute();
  else await db.updateTable("ledger_imports").set({ hides_rows: 0 }).where("id", "=", id).execute();
  return deleted + 1;
}

/**
 * Makes sure that nothing goes on in the name of an import, and that nothing begins to until the
 * transaction ends; `false` where something does: it may have begun since it was looked at.
 */
async function lockIdle(
  db: Kysely<Schema>,
  { id, portfolio_id, now }: Pick<Left, "id" | "portfolio_id"> & { readonly now: UtcMs },
): Promise<boolean> {
  const idle = await db.updateTable("portfolios")
    .set({
      claim: sql`nullif(claim, ${id})`,
      claimed_until: sql`case when claim = ${id} then null else claimed_until end`,
    })
    .where("id", "=", portfolio_id)
    .where((row) =>
      row.or([row("claim", "is", null), row("claim", "!=", id), row("claimed_until", "<=", now)])
    )
    .where((row) => row.or([row("applying", "is", null), row("applying", "!=", id)]))
    .returning("id").executeTakeFirst();
  return idle !== undefined;
}

async function deleteSome(
  db: Kysely<Schema>,
  { table, key, id, of, limit }: (typeof LEFT_BY)[number] & {
    readonly of: UuidValue;
    readonly limit: number;
  },
): Promise<number> {
  const names = { table: sql.table(table), key: sql.ref(key), id: sql.ref(id) };
  const { numAffectedRows } = await sql`delete from ${names.table}
    where ${names.key} = ${of} and ${names.id} in (
      select ${names.id} from ${names.table} where ${names.key} = ${of} limit ${limit}
    )`.execute(db);
  return Number(numAffectedRows ?? 0);
}
