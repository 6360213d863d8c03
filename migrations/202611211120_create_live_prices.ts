import { type Kysely, sql } from "kysely";
import { columnTypes } from "./columns.ts";

/** Last prices, so that a restart knows them with their age, and prices that wait for a witness. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("live_prices")
    .addColumn("asset_id", type.text, (c) => c.primaryKey())
    .addColumn("price_usd", type.double, (c) => c.notNull())
    .addColumn("asof", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("source", type.text, (c) => c.notNull())
    .addColumn("venues", type.text, (c) => c.notNull()) // JSON
    .addColumn("excluded", type.text, (c) => c.notNull()) // JSON
    .modifyEnd(type.clusteredTable)
    .execute();
  // Apart from the prices: they come from another source at another time.
  await db.schema.createTable("market_figures")
    .addColumn("asset_id", type.text, (c) => c.primaryKey())
    .addColumn("source", type.text, (c) => c.notNull())
    .addColumn("asof", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("volume_24h_usd", type.double)
    .addColumn("market_cap_usd", type.double)
    .modifyEnd(type.clusteredTable)
    .execute();
  // What a venue has no candles of, so that it is not asked for them again.
  await db.schema.createTable("candle_absences")
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("interval", type.text, (c) => c.notNull())
    .addColumn("source", type.text, (c) => c.notNull())
    .addColumn("from_time", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("to_time", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("asked_at", type.integer, (c) => c.notNull()) // UTC ms
    .addPrimaryKeyConstraint("candle_absences_key", ["asset_id", "interval", "source", "from_time"])
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createTable("held_prices")
    .addColumn("id", type.uuid, (c) => c.primaryKey())
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("venue", type.text, (c) => c.notNull())
    .addColumn("price_usd", type.double, (c) => c.notNull())
    .addColumn("at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("last_price_usd", type.double, (c) => c.notNull())
    .addColumn("last_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("state", type.text, (c) => c.notNull())
    .addColumn("settled_by", type.text)
    .addColumn("settled_at", type.integer) // UTC ms
    .addCheckConstraint(
      "held_prices_state",
      sql`state in ('held', 'confirmed', 'accepted', 'dropped')`,
    )
    .modifyEnd(type.clusteredTable)
    .execute();
}
