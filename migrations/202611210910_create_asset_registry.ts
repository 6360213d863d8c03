import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import { type ColumnTypes, columnTypes } from "./columns.ts";

/** The registry's tables, column for column as in `registry/assets.json`; lists are JSON text. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("themes")
    .addColumn("id", type.text, (c) => c.primaryKey())
    .addColumn("name", type.text, (c) => c.notNull())
    .modifyEnd(type.clusteredTable)
    .execute();
  await withLifecycle(db.schema.createTable("chains"), type)
    .addColumn("id", type.text, (c) => c.primaryKey())
    .addColumn("name", type.text, (c) => c.notNull())
    .addColumn("address_format", type.text, (c) => c.notNull())
    .addColumn("eip155_id", type.integer)
    .modifyEnd(type.clusteredTable)
    .execute();
  await withLifecycle(db.schema.createTable("assets"), type)
    .addColumn("id", type.text, (c) => c.primaryKey())
    .addColumn("symbol", type.text, (c) => c.notNull())
    .addColumn("name", type.text, (c) => c.notNull())
    .addColumn("decimals", type.small)
    .addColumn("native_chain_id", type.text, (c) => c.references("chains.id"))
    .addColumn("themes", type.text, (c) => c.notNull())
    .addCheckConstraint("assets_decimals", sql`decimals between 0 and 255`)
    .modifyEnd(type.clusteredTable)
    .execute();
  await createNames(db, type);
  await db.schema.createTable("registry_state")
    // The check keeps it at one row.
    .addColumn("id", type.small, (c) => c.primaryKey().check(sql`id = 1`))
    .addColumn("version", type.text, (c) => c.notNull())
    .addColumn("checksum", type.text, (c) => c.notNull())
    .addColumn("seeded_at", type.integer, (c) => c.notNull()) // UTC ms
    .modifyEnd(type.clusteredTable)
    .execute();
}

/** The tables by which an asset is found: contracts, provider ids, aliases. */
async function createNames(db: Kysely<unknown>, type: ColumnTypes): Promise<void> {
  await withLifecycle(db.schema.createTable("asset_contracts"), type)
    .addColumn("asset_id", type.text, (c) => c.notNull().references("assets.id"))
    .addColumn("chain_id", type.text, (c) => c.notNull().references("chains.id"))
    .addColumn("address", type.text, (c) => c.notNull())
    .addColumn("decimals", type.small)
    .addPrimaryKeyConstraint("asset_contracts_key", ["chain_id", "address"])
    .addCheckConstraint("asset_contracts_decimals", sql`decimals between 0 and 255`)
    .modifyEnd(type.clusteredTable)
    .execute();
  await withLifecycle(db.schema.createTable("asset_provider_ids"), type)
    .addColumn("asset_id", type.text, (c) => c.notNull().references("assets.id"))
    .addColumn("provider", type.text, (c) => c.notNull())
    .addColumn("provider_id", type.text, (c) => c.notNull())
    .addPrimaryKeyConstraint("asset_provider_ids_key", ["asset_id", "provider", "provider_id"])
    .modifyEnd(type.clusteredTable)
    .execute();
  await withLifecycle(db.schema.createTable("asset_aliases"), type)
    .addColumn("alias", type.text, (c) => c.primaryKey())
    .addColumn("asset_id", type.text, (c) => c.notNull().references("assets.id"))
    .modifyEnd(type.clusteredTable)
    .execute();
}

function withLifecycle<T extends string>(
  table: CreateTableBuilder<T>,
  type: ColumnTypes,
) {
  return table
    .addColumn("introduced_in", type.text, (c) => c.notNull())
    .addColumn("deprecated_in", type.text)
    .addColumn("deprecation_status", type.text, (c) => c.notNull())
    .addColumn("superseded_by", type.text);
}
