import { type Kysely, sql } from "kysely";
import { columnTypes } from "./columns.ts";

/**
 * Rows of pool sources that could not be read, as of the newest answer to each target, and a short
 * way to the readings that are held.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("pool_quarantine")
    .addColumn("provider", type.text, (c) => c.notNull())
    .addColumn("target", type.text, (c) => c.notNull())
    .addColumn("line", type.integer, (c) => c.notNull()) // from 1; 0 is the answer as a whole
    .addColumn("position", type.integer, (c) => c.notNull()) // among the rows set aside
    .addColumn("reason", type.text, (c) => c.notNull())
    .addColumn("seen_at", type.integer, (c) => c.notNull()) // UTC ms: when it was first set aside
    .addPrimaryKeyConstraint("pool_quarantine_key", ["provider", "target", "position"])
    .modifyEnd(type.clusteredTable)
    .execute();
  await db.schema.createIndex("pool_snapshots_held").on("pool_snapshots").column("ts")
    .where(sql.ref("available_at"), "is", null).execute();
}
