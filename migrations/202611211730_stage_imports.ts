import { type Kysely, sql } from "kysely";
import { columnTypes } from "./columns.ts";

/**
 * Imports in many short transactions: rows stand in the ledger before it shows them, and one small
 * change makes them all part of it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.alterTable("portfolios").addColumn("claim", type.uuid).execute();
  await db.schema.alterTable("portfolios")
    .addColumn("claimed_until", type.integer) // UTC ms
    .execute();
  await db.schema.alterTable("ledger_imports")
    .addColumn("hides_rows", type.small, (c) => c.notNull().defaultTo(0)) // 1: no part of the ledger
    .execute();
  await db.schema.createIndex("ledger_imports_hiding").on("ledger_imports")
    .column("portfolio_id").where(sql.ref("hides_rows"), "=", sql.lit(1)).execute();
  // By time within each import, so that pages pass over those that are not shown.
  await db.schema.dropIndex("transactions_import").execute();
  await db.schema.createIndex("transactions_import").on("transactions")
    .columns(["portfolio_id", "import_id", "at", "id"]).execute();
  await createStagedRows(db);
}

/** What rows of the ledger become once an import is committed. */
async function createStagedRows(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("ledger_staged_rows")
    .addColumn("staged_by", type.uuid, (c) => c.notNull().references("ledger_imports.id"))
    .addColumn("is_removed", type.small, (c) => c.notNull()) // 1: the row goes
    .addColumn("portfolio_id", type.uuid, (c) => c.notNull())
    .addColumn("id", type.uuid, (c) => c.notNull())
    .addColumn("at", type.integer, (c) => c.notNull())
    .addColumn("action", type.text, (c) => c.notNull())
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("quantity", type.text, (c) => c.notNull())
    .addColumn("unit_price_usd", type.text)
    .addColumn("account", type.text, (c) => c.notNull())
    .addColumn("wallet", type.text)
    .addColumn("venue", type.text)
    .addColumn("tx_hash", type.text)
    .addColumn("external_id", type.text)
    .addColumn("notes", type.text)
    .addColumn("notes_extra", type.text, (c) => c.notNull())
    .addColumn("parent_id", type.uuid)
    .addColumn("identity", type.text)
    .addColumn("content", type.integer, (c) => c.notNull())
    .addColumn("import_id", type.uuid)
    .addColumn("line", type.integer)
    .addColumn("written_by", type.uuid)
    .addPrimaryKeyConstraint("ledger_staged_rows_key", ["staged_by", "id"])
    .modifyEnd(type.clusteredTable)
    .execute();
}
