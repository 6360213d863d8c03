import { type Kysely, sql } from "kysely";
import { columnTypes } from "./columns.ts";

/** Work that must survive a restart: what is to be done, who does it, and what came of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const type = columnTypes(db);
  await db.schema.createTable("jobs")
    .addColumn("id", type.uuid, (c) => c.primaryKey())
    .addColumn("name", type.text, (c) => c.notNull())
    .addColumn("key", type.text, (c) => c.notNull())
    .addColumn("payload", type.text, (c) => c.notNull()) // JSON
    .addColumn("state", type.text, (c) => c.notNull())
    .addColumn("run_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("lease_until", type.integer) // UTC ms
    .addColumn("lease_owner", type.text)
    .addColumn("attempts", type.integer, (c) => c.notNull())
    .addColumn("max_attempts", type.integer, (c) => c.notNull())
    .addColumn("timeout_ms", type.integer, (c) => c.notNull())
    .addColumn("cancel_requested", type.small, (c) => c.notNull())
    .addColumn("progress", type.text) // JSON
    .addColumn("result", type.text) // JSON
    .addColumn("error", type.text)
    .addColumn("created_at", type.integer, (c) => c.notNull()) // UTC ms
    .addColumn("started_at", type.integer) // UTC ms
    .addColumn("finished_at", type.integer) // UTC ms
    .addCheckConstraint(
      "jobs_state",
      sql`state in ('queued', 'running', 'failed', 'done', 'dead', 'cancelled')`,
    )
    .addCheckConstraint("jobs_lease", sql`(state = 'running') = (lease_until is not null)`)
    .modifyEnd(type.clusteredTable)
    .execute();
  await sql`create unique index jobs_live_key on jobs (key)
    where state in ('queued', 'running', 'failed')`.execute(db);
  await sql`create index jobs_due on jobs (run_at, id)
    where state in ('queued', 'failed')`.execute(db);
  await sql`create index jobs_leased on jobs (lease_until) where state = 'running'`.execute(db);
  await db.schema.createIndex("jobs_listed").on("jobs").columns(["state", "id"]).execute();
}
