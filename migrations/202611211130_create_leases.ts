import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** Rights that one process at a time has: a feed's socket, a cron's turn. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("leases")
    .addColumn("name", type.text, (c) => c.primaryKey())
    .addColumn("owner", type.text, (c) => c.notNull())
    .addColumn("lease_until", type.integer, (c) => c.notNull()) // UTC ms
    .modifyEnd(type.clusteredTable)
    .execute();
}
