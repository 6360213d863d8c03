import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/** What a series remembers of its changes, so that readers redo no more than what changed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.alterTable("candle_series")
    .addColumn("changes", type.text, (c) => c.notNull().defaultTo("")) // `version:open_time` pairs
    .execute();
}
