import { type Kysely, sql } from "kysely";
import { columnTypes } from "./columns.ts";

/**
 * Exchange rates of currencies with their source and time, the imports they came by, an operator's
 * word that an end-of-day rate may be used for a while, and the last value of each portfolio that
 * stood on a good rate. A rate can't be 0: a missing one has no row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("fx_rates")
    .addColumn("base", type.text, (c) => c.notNull()) // ISO 4217
    .addColumn("quote", type.text, (c) => c.notNull()) // ISO 4217
    .addColumn("kind", type.text, (c) => c.notNull())
    .addColumn("source", type.text, (c) => c.notNull())
    .addColumn("at", type.integer, (c) => c.notNull()) // UTC ms from which the rate holds
    .addColumn("rate", type.double, (c) => c.notNull()) // units of quote for one of base
    .addColumn("ingested_at", type.integer, (c) => c.notNull()) // UTC ms
    .addPrimaryKeyConstraint("fx_rates_key", ["base", "quote", "kind", "source", "at"])
    .addCheckConstraint("fx_rates_kind", sql`kind in ('intraday', 'eod')`)
    .addCheckConstraint("fx_rates_rate", sql`rate > 0`)
    .modifyEnd(type.clusteredTable)
    .execute();
  await createImports(db);
  await createControls(db);
}

async function createImports(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("fx_imports")
    .addColumn("id", type.uuid, (c) => c.primaryKey())
    .addColumn("source", type.text, (c) => c.notNull())
    .addColumn("origin", type.text, (c) => c.notNull())
    .addColumn("checksum", type.text, (c) => c.notNull()) // sha-256, hexadecimal
    .addColumn("days", type.integer, (c) => c.notNull())
    .addColumn("cells_read", type.integer, (c) => c.notNull())
    .addColumn("inserted", type.integer, (c) => c.notNull())
    .addColumn("updated", type.integer, (c) => c.notNull())
    .addColumn("unchanged", type.integer, (c) => c.notNull())
    .addColumn("absent", type.integer, (c) => c.notNull())
    .addColumn("quarantined", type.integer, (c) => c.notNull())
    .addColumn("started_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("finished_at", type.integer) // UTC ms
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createTable("fx_quarantine")
    .addColumn("import_id", type.uuid, (c) => c.notNull().references("fx_imports.id"))
    .addColumn("position", type.integer, (c) => c.notNull())
    .addColumn("line", type.integer, (c) => c.notNull())
    .addColumn("text", type.text, (c) => c.notNull())
    .addColumn("reason", type.text, (c) => c.notNull())
    .addPrimaryKeyConstraint("fx_quarantine_key", ["import_id", "position"])
    .modifyEnd(type.clusteredTable)
    .execute();
}

async function createControls(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("fx_permits")
    .addColumn("currency", type.text, (c) => c.primaryKey())
    .addColumn("granted_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("granted_by", type.text, (c) => c.notNull())
    .addColumn("until", type.integer, (c) => c.notNull()) // UTC ms
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createTable("fx_good_navs")
    .addColumn("portfolio_id", type.uuid, (c) => c.notNull().references("portfolios.id"))
    .addColumn("currency", type.text, (c) => c.notNull())
    .addColumn("nav", type.text, (c) => c.notNull()) // decimal
    .addColumn("asof", type.integer, (c) => c.notNull()) // UTC ms
    .addPrimaryKeyConstraint("fx_good_navs_key", ["portfolio_id", "currency"])
    .modifyEnd(type.clusteredTable)
    .execute();
}
