import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** What is kept of a provider over restarts, so that a month's budget stays a month's. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("provider_state")
    .addColumn("provider", type.text, (c) => c.primaryKey())
    .addColumn("budgets", type.text) // JSON, counts by window
    .addColumn("control", type.text) // JSON, frozen and held open
    .addColumn("updated_at", type.integer, (c) => c.notNull()) // UTC ms
    .modifyEnd(type.clusteredTable)
    .execute();
}
