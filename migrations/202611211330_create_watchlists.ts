import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** Lists of assets, each with an owner. An asset is in a list once, at a place that is its alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("watchlists")
    .addColumn("id", type.uuid, (c) => c.primaryKey())
    .addColumn("owner_id", type.text, (c) => c.notNull())
    .addColumn("name", type.text, (c) => c.notNull())
    .addColumn("created_at", type.integer, (c) => c.notNull()) // UTC ms
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createIndex("watchlists_owner").on("watchlists")
    .columns(["owner_id", "created_at", "id"]).execute();
  await db.schema.createTable("watchlist_items")
    .addColumn("watchlist_id", type.uuid, (c) => c.notNull().references("watchlists.id"))
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("position", type.integer, (c) => c.notNull())
    .addColumn("note", type.text)
    .addColumn("added_at", type.integer, (c) => c.notNull()) // UTC ms
    .addPrimaryKeyConstraint("watchlist_items_key", ["watchlist_id", "asset_id"])
    .addUniqueConstraint("watchlist_items_position", ["watchlist_id", "position"])
    .modifyEnd(type.clusteredTable)
    .execute();
}
