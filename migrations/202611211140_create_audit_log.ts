import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** What operators did, in the order of the ids; nothing changes or deletes a row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("audit_log")
    .addColumn("id", type.uuid, (c) => c.primaryKey())
    .addColumn("at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("actor", type.text, (c) => c.notNull())
    .addColumn("action", type.text, (c) => c.notNull())
    .addColumn("subject", type.text, (c) => c.notNull())
    .addColumn("details", type.text, (c) => c.notNull()) // JSON
    .modifyEnd(type.clusteredTable)
    .execute();
}
