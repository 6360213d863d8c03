import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** The market's scores by method and day, each asset's with all that explains it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("score_runs")
    .addColumn("method", type.text, (c) => c.notNull())
    .addColumn("day", type.integer, (c) => c.notNull()) // UTC ms of its start
    .addColumn("previous_day", type.integer) // UTC ms: whose letters it goes on from
    .addColumn("created_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("is_demo", type.small, (c) => c.notNull()) // 1 if any score is the demo market's
    .addColumn("lineage", type.text, (c) => c.notNull()) // JSON
    .addColumn("universe", type.text, (c) => c.notNull()) // JSON
    .addPrimaryKeyConstraint("score_runs_key", ["method", "day"])
    .modifyEnd(type.clusteredTable)
    .execute();
  // Rows stand by asset, so that its history is one stretch of the table.
  await db.schema.createTable("score_cards")
    .addColumn("method", type.text, (c) => c.notNull())
    .addColumn("asset_id", type.text, (c) => c.notNull())
    .addColumn("day", type.integer, (c) => c.notNull()) // UTC ms of its start
    .addColumn("score", type.double)
    .addColumn("band", type.text) // JSON
    .addColumn("rank", type.integer)
    .addColumn("grade", type.text) // JSON
    .addColumn("coverage", type.double, (c) => c.notNull()) // fraction
    .addColumn("card", type.text, (c) => c.notNull()) // JSON
    .addPrimaryKeyConstraint("score_cards_key", ["method", "asset_id", "day"])
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createIndex("score_cards_by_day").on("score_cards")
    .columns(["method", "day"]).execute();
}
