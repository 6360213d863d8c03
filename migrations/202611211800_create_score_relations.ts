import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** How the scores of each day went with the returns after it, measured once and read as of any day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("score_relations")
    .addColumn("method", type.text, (c) => c.notNull())
    .addColumn("horizon", type.small, (c) => c.notNull()) // days
    .addColumn("day", type.integer, (c) => c.notNull()) // UTC ms of its start
    .addColumn("is_demo", type.small, (c) => c.notNull()) // 1 if any candle was the demo market's
    .addColumn("inputs", type.text, (c) => c.notNull()) // equal text, equal correlations
    .addColumn("correlations", type.text, (c) => c.notNull()) // JSON
    .addColumn("measured_at", type.integer, (c) => c.notNull()) // UTC ms
    .addPrimaryKeyConstraint("score_relations_key", ["method", "horizon", "day"])
    .modifyEnd(type.clusteredTable)
    .execute();
}
