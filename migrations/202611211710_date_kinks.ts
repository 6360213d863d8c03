import type { Kysely } from "kysely";

/**
 * A kink stands in the reading that told it from now on, so that it has a date and is not applied
 * to readings before it. Those that have none can't be dated: the files they came from are to be
 * imported again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("pools").dropColumn("kink").execute();
}
