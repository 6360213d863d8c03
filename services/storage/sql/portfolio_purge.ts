import { type Kysely, sql } from "kysely";
import type { UtcMs } from "../../kernel/time.ts";
import type { Database } from "../database.ts";
import type { UuidValue } from "../uuid_column.ts";
import type { Schema } from "./schema.ts";

/** Rows that hang on an import of the portfolio: the column that names it, and the rest of the key. */
const OF_IMPORTS = [
  { table: "ledger_staged_rows", by: "staged_by", key: "id" },
  { table: "ledger_import_changes", by: "import_id", key: "transaction_id" },
  { table: "ledger_quarantine", by: "import_id", key: "position" },
] as const;

/** Rows of the portfolio itself, by what tells them apart in it; imports after what hangs on them. */
const OF_PORTFOLIO = [
  { table: "transactions", key: ["id"] },
  { table: "removed_transactions", key: ["transaction_id"] },
  { table: "ledger_imports", key: ["id"] },
  { table: "fx_good_navs", key: ["currency"] },
  { table: "portfolio_snapshot_chunks", key: ["interval", "asset_id", "start"] },
  { table: "portfolio_snapshot_assets", key: ["asset_id"] },
  { table: "portfolio_snapshot_states", key: ["portfolio_id"] },
] as const;

/**
 * Deletes up to `limit` rows of the portfolio that was deleted the longest ago, before an instant,
 * and at last itself; how many, 0 where there is none. One short transaction: others write between
 * two of them.
 */
export async function purgePortfolios(
  { read, transaction }: Pick<Database, "read" | "transaction">,
  { before, limit }: { readonly before: UtcMs; readonly limit: number },
): Promise<number> {
  const oldest = (db: Kysely<Schema>) =>
    db.selectFrom("portfolios").select("id").where("deleted_at", "<", before)
      .orderBy("deleted_at").orderBy("id").limit(1).executeTakeFirst();
  // Looked at first, so that there mostly is nothing to write.
  if (await oldest(read) === undefined) return 0;
  return await transaction(async ({ db }) => {
    const found = await oldest(db);
    return found === undefined ? 0 : await purgeSome(db, { id: found.id, limit });
  });
}

async function purgeSome(
  db: Kysely<Schema>,
  { id, limit }: { readonly id: UuidValue; readonly limit: number },
): Promise<number> {
  let deleted = 0;
  for (const { table, by, key } of OF_IMPORTS) {
    const names = { table: sql.table(table), by: sql.ref(by), key: sql.ref(key) };
    const { numAffectedRows } = await sql`delete from ${names.table}
      where (${names.by}, ${names.key}) in (
        select ${names.by}, ${names.key} from ${names.table}
          where ${names.by} in (select id from ledger_imports where portfolio_id = ${id})
          limit ${limit - deleted}
      )`.execute(db);
    deleted += Number(numAffectedRows);
  }
  for (const { table, key } of OF_PORTFOLIO) {
    const names = { table: sql.table(table), key: sql.join(key.map((name) => sql.ref(name))) };
    const { numAffectedRows } = await sql`delete from ${names.table}
      where portfolio_id = ${id} and (${names.key}) in (
        select ${names.key} from ${names.table} where portfolio_id = ${id}
          limit ${limit - deleted}
      )`.execute(db);
    deleted += Number(numAffectedRows);
  }
  if (deleted >= limit) return deleted;
  await db.deleteFrom("portfolios").where("id", "=", id).execute();
  return deleted + 1;
}
