import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** Readings of chains: gas prices, what waits for a block. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("gauge_readings")
    .addColumn("name", type.text, (c) => c.notNull())
    .addColumn("asof", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("reading", type.text, (c) => c.notNull()) // JSON
    .addPrimaryKeyConstraint("gauge_readings_key", ["name", "asof"])
    .modifyEnd(type.clusteredTable)
    .execute();
}
