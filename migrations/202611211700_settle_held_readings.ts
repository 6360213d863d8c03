import type { Kysely } from "kysely";
import { columnTypes } from "./columns.ts";

/**
 * When an operator discarded a reading that was held: it stays as it came, never counts, and no
 * later reading confirms it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.alterTable("pool_snapshots")
    .addColumn("discarded_at", type.integer) // UTC ms
    .execute();
}
