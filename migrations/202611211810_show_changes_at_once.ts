import { type Kysely, sql } from "kysely";
import { columnTypes } from "./columns.ts";

/**
 * Changed rows in many short transactions too: a ledger shows the staged rows of an import from one
 * small change on, while they are written over its own bit by bit.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.alterTable("portfolios")
    .addColumn("applying", type.uuid) // the import whose staged rows count
    .execute();
  await db.schema.alterTable("portfolios")
    .addColumn("applied_to", type.uuid) // the last of them that is written over, by id
    .execute();
  // What is left of those that were written over at once.
  await sql`delete from ledger_staged_rows
    where staged_by in (select id from ledger_imports where state = 'committed')`.execute(db);
  await db.schema.createIndex("portfolios_applying").on("portfolios").column("id")
    .where(sql.ref("applying"), "is not", sql.lit(null)).execute();
  // Pages of a ledger are read by time, from both places.
  await db.schema.createIndex("ledger_staged_rows_time").on("ledger_staged_rows")
    .columns(["staged_by", "at", "id"]).execute();
}
