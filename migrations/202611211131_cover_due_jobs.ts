import { type Kysely, sql } from "kysely";

/**
 * Claims pass over jobs of names that run at their cap, which may be thousands: with the name in
 * the index they are passed over without a look at the table.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("jobs_due").execute();
  await sql`create index jobs_due on jobs (run_at, id, name, state)
    where state in ('queued', 'failed')`.execute(db);
}
