import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** One number per kind of facts that grows with every change, so that readers know when to look. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("data_version")
    .addColumn("topic", type.text, (c) => c.primaryKey())
    .addColumn("version", type.integer, (c) => c.notNull())
    .modifyEnd(type.clusteredTable)
    .execute();
}
