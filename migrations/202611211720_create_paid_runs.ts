import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** Runs of queries at pool sources that are paid for and whose result was not read to its end. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("paid_runs")
    .addColumn("provider", type.text, (c) => c.notNull())
    .addColumn("target", type.text, (c) => c.notNull())
    .addColumn("run_id", type.text, (c) => c.notNull()) // as the provider names it
    .addColumn("started_at", type.integer, (c) => c.notNull()) // UTC ms
    .addPrimaryKeyConstraint("paid_runs_key", ["provider", "target"])
    .modifyEnd(type.clusteredTable)
    .execute();
}
