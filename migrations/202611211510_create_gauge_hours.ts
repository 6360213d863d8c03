import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/**
 * Hours of a gauge, so that a chart of weeks need not read every minute of them, and how the
 * newest try to read each gauge went.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("gauge_hours")
    .addColumn("name", type.text, (c) => c.notNull())
    .addColumn("hour", type.integer, (c) => c.notNull()) // UTC ms: its start
    .addColumn("summary", type.text, (c) => c.notNull()) // JSON: count, mean, least and most
    .addPrimaryKeyConstraint("gauge_hours_key", ["name", "hour"])
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createTable("gauge_tries")
    .addColumn("name", type.text, (c) => c.notNull().primaryKey())
    .addColumn("at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("problem", type.text) // null where it went well
    .modifyEnd(type.clusteredTable)
    .execute();
}
