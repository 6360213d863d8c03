import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/**
 * Values of portfolios at the ends of buckets, in chunks of float64 (little-endian), as a row for
 * each bucket, account and asset would be a million for twelve years of 250 assets.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("portfolio_snapshot_states")
    .addColumn("portfolio_id", type.uuid, (c) => c.notNull().references("portfolios.id"))
    .addColumn("interval", type.text, (c) => c.notNull())
    .addColumn("start", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("buckets", type.integer, (c) => c.notNull())
    .addColumn("ledger_version", type.integer, (c) => c.notNull()) // -1 while being rebuilt
    .addColumn("built_at", type.integer, (c) => c.notNull()) // UTC ms
    .addPrimaryKeyConstraint("portfolio_snapshot_states_key", ["portfolio_id", "interval"])
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createTable("portfolio_snapshot_assets")
    .addColumn("portfolio_id", type.uuid, (c) => c.notNull().references("portfolios.id"))
    .addColumn("interval", type.text, (c) => c.notNull())
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("events", type.bytes, (c) => c.notNull()) // triples: instant, carried, flow
    .addColumn("flows", type.bytes, (c) => c.notNull()) // pairs: instant, amount
    .addColumn("unpriced", type.integer, (c) => c.notNull()) // buckets
    .addColumn("rows_mark", type.integer, (c) => c.notNull()) // fingerprint of its rows
    .addPrimaryKeyConstraint("portfolio_snapshot_assets_key", [
      "portfolio_id",
      "interval",
      "asset_id",
    ])
    .modifyEnd(type.table)
    .execute();
  await db.schema.createTable("portfolio_snapshot_chunks")
    .addColumn("portfolio_id", type.uuid, (c) => c.notNull().references("portfolios.id"))
    .addColumn("interval", type.text, (c) => c.notNull())
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("account", type.text, (c) => c.notNull())
    .addColumn("start", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("values_usd", type.bytes, (c) => c.notNull()) // float64 per bucket
    .addPrimaryKeyConstraint("portfolio_snapshot_chunks_key", [
      "portfolio_id",
      "interval",
      "asset_id",
      "account",
      "start",
    ])
    .modifyEnd(type.table)
    .execute();
}
