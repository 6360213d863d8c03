import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/**
 * Snapshots that know what they were made of, so that a rebuild begins where something changed.
 * They are computed from ledgers and candles, and so are made anew instead of being converted.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  for (const name of ["chunks", "assets", "states"]) {
    await db.schema.dropTable(`portfolio_snapshot_${name}`).execute();
  }
  await db.schema.createTable("portfolio_snapshot_states")
    .addColumn("portfolio_id", type.uuid, (c) => c.primaryKey().references("portfolios.id"))
    .addColumn("build", type.integer, (c) => c.notNull()) // grows with every write
    .addColumn("ledger_version", type.integer, (c) => c.notNull())
    .addColumn("pools", type.text, (c) => c.notNull())
    .addColumn("fx_version", type.integer) // of the rates that fees were valued with
    .addColumn("first_at", type.integer, (c) => c.notNull()) // UTC ms of the first row
    .addColumn("until", type.integer, (c) => c.notNull()) // UTC ms, end of the last bucket
    .addColumn("valued_at", type.integer, (c) => c.notNull()) // UTC ms, the present of its prices
    .addColumn("built_at", type.integer, (c) => c.notNull()) // UTC ms
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createTable("portfolio_snapshot_assets")
    .addColumn("portfolio_id", type.uuid, (c) => c.notNull().references("portfolios.id"))
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("closes", type.text, (c) => c.notNull()) // JSON: states of the series that were read
    .addColumn("row_marks", type.bytes, (c) => c.notNull()) // float64 pairs: time, fingerprint
    .addPrimaryKeyConstraint("portfolio_snapshot_assets_key", ["portfolio_id", "asset_id"])
    .modifyEnd(type.table)
    .execute();
  await db.schema.createTable("portfolio_snapshot_chunks")
    .addColumn("portfolio_id", type.uuid, (c) => c.notNull().references("portfolios.id"))
    .addColumn("interval", type.text, (c) => c.notNull())
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("start", type.integer, (c) => c.notNull()) // UTC ms of its first bucket
    .addColumn("accounts", type.text, (c) => c.notNull()) // JSON: names
    .addColumn("values_usd", type.bytes, (c) => c.notNull()) // float64 per bucket, all accounts
    .addColumn("events", type.bytes, (c) => c.notNull()) // triples: instant, carried, flow
    .addColumn("flows", type.bytes, (c) => c.notNull()) // pairs: instant, amount
    .addColumn("unpriced", type.bytes, (c) => c.notNull()) // pairs: from and to, instants
    // Last, as most readers stop before it: a column per account, where there are several.
    .addColumn("accounts_usd", type.bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("portfolio_snapshot_chunks_key", [
      "portfolio_id",
      "interval",
      "asset_id",
      "start",
    ])
    .modifyEnd(type.table)
    .execute();
}
