import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/**
 * Portfolios, the transactions that they are computed from, and the imports these came by. Amounts
 * are text, so that no database rounds them; what makes two rows the same is unique.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createPortfolios(db);
  await createTransactions(db);
  await createImports(db);
}

async function createPortfolios(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("portfolios")
    .addColumn("id", type.uuid, (c) => c.primaryKey())
    .addColumn("owner_id", type.text, (c) => c.notNull())
    .addColumn("name", type.text, (c) => c.notNull())
    .addColumn("base_currency", type.text, (c) => c.notNull())
    .addColumn("lot_method", type.text, (c) => c.notNull())
    .addColumn("lot_pools", type.text, (c) => c.notNull())
    .addColumn("rules_by_year", type.text, (c) => c.notNull()) // JSON
    .addColumn("ledger_version", type.integer, (c) => c.notNull())
    .addColumn("created_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("deleted_at", type.integer) // UTC ms
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createIndex("portfolios_owner").on("portfolios").columns([
    "owner_id",
    "created_at",
  ])
    .execute();
}

async function createTransactions(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("transactions")
    .addColumn("portfolio_id", type.uuid, (c) => c.notNull().references("portfolios.id"))
    .addColumn("id", type.uuid, (c) => c.notNull())
    .addColumn("at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("action", type.text, (c) => c.notNull())
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("quantity", type.text, (c) => c.notNull()) // decimal; of a FEE below 0
    .addColumn("unit_price_usd", type.text) // decimal
    .addColumn("account", type.text, (c) => c.notNull())
    .addColumn("wallet", type.text)
    .addColumn("venue", type.text)
    .addColumn("tx_hash", type.text)
    .addColumn("external_id", type.text)
    .addColumn("notes", type.text)
    .addColumn("notes_extra", type.text, (c) => c.notNull()) // JSON
    .addColumn("parent_id", type.uuid)
    .addColumn("identity", type.text) // null where the id is what makes it the same
    .addColumn("content", type.integer, (c) => c.notNull()) // fingerprint of what the file said
    .addColumn("import_id", type.uuid) // null of one entered by hand
    .addColumn("line", type.integer)
    .addColumn("written_by", type.uuid) // the import that wrote it last; null after an edit
    .addPrimaryKeyConstraint("transactions_key", ["portfolio_id", "id"])
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createIndex("transactions_identity").unique().on("transactions")
    .columns(["portfolio_id", "identity"]).execute();
  await db.schema.createIndex("transactions_time").on("transactions")
    .columns(["portfolio_id", "at", "id"]).execute();
  await db.schema.createIndex("transactions_import").on("transactions")
    .columns(["portfolio_id", "import_id"]).execute();
}

async function createImports(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("ledger_imports")
    .addColumn("id", type.uuid, (c) => c.primaryKey())
    .addColumn("portfolio_id", type.uuid, (c) => c.notNull().references("portfolios.id"))
    .addColumn("state", type.text, (c) => c.notNull())
    .addColumn("file_name", type.text, (c) => c.notNull())
    .addColumn("format", type.text, (c) => c.notNull())
    .addColumn("header", type.text, (c) => c.notNull()) // JSON
    .addColumn("checksum", type.text, (c) => c.notNull()) // sha-256, hexadecimal
    .addColumn("rows_read", type.integer, (c) => c.notNull())
    .addColumn("accepted", type.integer, (c) => c.notNull())
    .addColumn("updated", type.integer, (c) => c.notNull())
    .addColumn("duplicate", type.integer, (c) => c.notNull())
    .addColumn("quarantined", type.integer, (c) => c.notNull())
    .addColumn("ignored", type.integer, (c) => c.notNull())
    .addColumn("inserted", type.integer, (c) => c.notNull()) // ledger rows, fees included
    .addColumn("started_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("finished_at", type.integer, (c) => c.notNull()) // UTC ms
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createIndex("ledger_imports_portfolio").on("ledger_imports")
    .columns(["portfolio_id", "id"]).execute();
  await db.schema.createTable("ledger_quarantine")
    .addColumn("import_id", type.uuid, (c) => c.notNull().references("ledger_imports.id"))
    .addColumn("position", type.integer, (c) => c.notNull())
    .addColumn("line", type.integer, (c) => c.notNull())
    .addColumn("fields", type.text, (c) => c.notNull()) // JSON
    .addColumn("code", type.text, (c) => c.notNull())
    .addColumn("reason", type.text, (c) => c.notNull())
    .addPrimaryKeyConstraint("ledger_quarantine_key", ["import_id", "position"])
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createTable("ledger_import_changes")
    .addColumn("import_id", type.uuid, (c) => c.notNull().references("ledger_imports.id"))
    .addColumn("transaction_id", type.uuid, (c) => c.notNull())
    .addColumn("before", type.text, (c) => c.notNull()) // JSON of the row that it replaced
    .addPrimaryKeyConstraint("ledger_import_changes_key", ["import_id", "transaction_id"])
    .modifyEnd(type.clusteredTable)
    .execute();
}
