import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import { type ColumnTypes, columnTypes } from "./columns.ts";

/**
 * Candles of every source, the values that later writes replaced, and where each came from.
 * A missing value is null.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await createSeries(db, type);
  await createImports(db, type);
}

async function createSeries(db: Kysely<unknown>, type: ColumnTypes): Promise<void> {
  await db.schema.createTable("candle_series")
    .addColumn("id", type.serialKey, (c) => c.primaryKey())
    // No reference to assets: history may come before, and outlive, the asset's registry row.
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("interval", type.text, (c) => c.notNull())
    .addColumn("source", type.text, (c) => c.notNull())
    .addColumn("rows", type.integer, (c) => c.notNull())
    .addColumn("first_open_time", type.integer) // UTC ms
    .addColumn("last_open_time", type.integer) // UTC ms
    .addColumn("version", type.integer, (c) => c.notNull())
    .addColumn("updated_at", type.integer, (c) => c.notNull()) // UTC ms
    .addUniqueConstraint("candle_series_key", ["asset_id", "interval", "source"])
    .modifyEnd(type.table)
    .execute();
  await db.schema.createIndex("candle_series_source").on("candle_series").column("source")
    .execute();
  // No foreign key on series_id: it costs a tenth of the import's speed, and one store alone
  // writes these tables, candles and series in one transaction.
  await withValues(db.schema.createTable("candles"), type)
    .addColumn("ingested_at", type.integer, (c) => c.notNull()) // UTC ms
    .addPrimaryKeyConstraint("candles_key", ["series_id", "open_time"])
    .addCheckConstraint("candles_range", sql`high >= low`)
    .addCheckConstraint("candles_state", sql`state between 0 and 2`)
    .modifyEnd(type.clusteredTable)
    .execute();
  await withValues(db.schema.createTable("candle_revisions"), type)
    .addColumn("ingested_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("replaced_at", type.integer, (c) => c.notNull()) // UTC ms
    .addPrimaryKeyConstraint("candle_revisions_key", ["series_id", "open_time", "revision"])
    .modifyEnd(type.clusteredTable)
    .execute();
}

function withValues<T extends string>(table: CreateTableBuilder<T>, type: ColumnTypes) {
  return table
    .addColumn("series_id", type.serialKeyReference, (c) => c.notNull())
    .addColumn("open_time", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("open", type.double)
    .addColumn("high", type.double)
    .addColumn("low", type.double)
    .addColumn("close", type.double, (c) => c.notNull())
    .addColumn("volume", type.double) // units of the asset
    .addColumn("volume_usd", type.double)
    .addColumn("market_cap_usd", type.double)
    .addColumn("state", type.small, (c) => c.notNull()) // 0 provisional, 1 final, 2 healed
    .addColumn("revision", type.integer, (c) => c.notNull()); // corrections before this one
}

async function createImports(db: Kysely<unknown>, type: ColumnTypes): Promise<void> {
  await db.schema.createTable("candle_imports")
    .addColumn("id", type.uuid, (c) => c.primaryKey())
    .addColumn("source", type.text, (c) => c.notNull())
    .addColumn("origin", type.text, (c) => c.notNull())
    .addColumn("format", type.text, (c) => c.notNull())
    .addColumn("checksum", type.text, (c) => c.notNull())
    .addColumn("started_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("finished_at", type.integer) // UTC ms
    .addColumn("rows_read", type.integer, (c) => c.notNull())
    .addColumn("inserted", type.integer, (c) => c.notNull())
    .addColumn("updated", type.integer, (c) => c.notNull())
    .addColumn("unchanged", type.integer, (c) => c.notNull())
    .addColumn("quarantined", type.integer, (c) => c.notNull())
    .modifyEnd(type.table)
    .execute();
  await db.schema.createIndex("candle_imports_source").on("candle_imports").column("source")
    .execute();
  await db.schema.createTable("candle_import_series")
    .addColumn("series_id", type.serialKeyReference, (c) => c.notNull())
    .addColumn("import_id", type.uuid, (c) => c.notNull())
    .addPrimaryKeyConstraint("candle_import_series_key", ["series_id", "import_id"])
    .addForeignKeyConstraint(
      "candle_import_series_series",
      ["series_id"],
      "candle_series",
      ["id"],
      (c) => c.onDelete("cascade"),
    )
    .addForeignKeyConstraint(
      "candle_import_series_import",
      ["import_id"],
      "candle_imports",
      ["id"],
      (c) => c.onDelete("cascade"),
    )
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createTable("quarantined_rows")
    .addColumn("import_id", type.uuid, (c) => c.notNull())
    .addColumn("position", type.integer, (c) => c.notNull()) // order of refusal, from 0
    .addColumn("line", type.integer, (c) => c.notNull())
    .addColumn("text", type.text, (c) => c.notNull())
    .addColumn("reason", type.text, (c) => c.notNull())
    .addPrimaryKeyConstraint("quarantined_rows_key", ["import_id", "position"])
    .addForeignKeyConstraint(
      "quarantined_rows_import",
      ["import_id"],
      "candle_imports",
      ["id"],
      (c) => c.onDelete("cascade"),
    )
    .modifyEnd(type.clusteredTable)
    .execute();
}
