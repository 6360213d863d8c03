import { type RawBuilder, sql, type Transaction } from "kysely";
import type { UtcMs } from "../../kernel/time.ts";
import type { ClaimOptions } from "../../ports/jobs.ts";
import type { Database, Dialect } from "../database.ts";
import type { UuidValue } from "../uuid_column.ts";
import type { JobRow } from "./job_rows.ts";
import type { Schema } from "./schema.ts";

/** First key of the locks by which claimers on PostgreSQL take turns: "jobs" in ASCII. */
const POSTGRES_LOCK = 0x6a6f6273;

interface DueQuery {
  readonly names: readonly string[];
  readonly now: UtcMs;
  readonly dialect: Dialect;
}

/** What a claimer looks for, and what it does with it. */
export type ClaimQuery = DueQuery & ClaimOptions;

interface DueJob {
  readonly id: UuidValue;
  readonly name: string;
}

/** Whether a job is due that may run; asks only, so that idle claimers never hold up a writer. */
export async function isAnyDue(db: Database["read"], query: ClaimQuery): Promise<boolean> {
  const names = await withoutFull(db, query);
  return await findDue(db, { ...query, names }) !== null;
}

/** The claimed row; `null` if nothing is due; `full` names jobs of which no more may run. */
export async function claimDue(
  db: Transaction<Schema>,
  query: ClaimQuery,
): Promise<JobRow | { readonly full: string } | null> {
  const due = await findDue(db, {
    ...query,
    names: await withoutFull(db, query),
    isLocked: query.dialect === "postgres",
  });
  if (due === null) return null;
  if (query.dialect === "postgres" && !await hasRoom(db, { ...query, name: due.name })) {
    return { full: due.name };
  }
  return await db.updateTable("jobs")
    .set((eb) => ({
      state: "running",
      lease_owner: query.owner,
      lease_until: query.now + query.leaseMs,
      attempts: eb("attempts", "+", 1),
      started_at: query.now,
      progress: null,
    }))
    .where("id", "=", due.id).returningAll().executeTakeFirstOrThrow();
}

/** The names of which more may run. */
async function withoutFull(
  db: Database["read"],
  { names, caps }: ClaimQuery,
): Promise<readonly string[]> {
  if (!caps) return names;
  const { rows } = await sql<{ name: string; running: number }>`
    select name, count(*) as running from jobs where state = 'running' group by name`.execute(db);
  const running = new Map(rows.map((row) => [row.name, Number(row.running)]));
  return names.filter((name) => (running.get(name) ?? 0) < (caps[name] ?? Infinity));
}

/**
 * SQLite writes one transaction at a time, so a count in it holds. On PostgreSQL two claimers may
 * count at once: those of one name take turns, and count again when it is theirs.
 */
async function hasRoom(
  db: Transaction<Schema>,
  { name, caps }: ClaimQuery & { name: string },
): Promise<boolean> {
  if (caps?.[name] === undefined) return true;
  await sql`select pg_advisory_xact_lock(${sql.lit(POSTGRES_LOCK)}, hashtext(${name}))`.execute(db);
  const { rows } = await sql<{ running: number }>`
    select count(*) as running from jobs where state = 'running' and name = ${name}`.execute(db);
  return Number(rows[0]?.running ?? 0) < caps[name];
}

async function findDue(
  db: Database["read"],
  query: DueQuery & { readonly isLocked?: boolean },
): Promise<DueJob | null> {
  // PostgreSQL has no empty list.
  if (query.names.length === 0) return null;
  const { rows } = await dueJob(query).execute(db);
  return rows[0] ?? null;
}

/**
 * The job that is due the longest. SQLite is told its index: left alone it takes the one by state
 * and sorts all that wait; were the index missing, the query would fail instead of being slow.
 */
export function dueJob(
  { names, now, dialect, isLocked = false }: DueQuery & { readonly isLocked?: boolean },
): RawBuilder<DueJob> {
  return sql<DueJob>`
    select id, name from jobs ${dialect === "sqlite" ? sql`indexed by jobs_due` : sql``}
    where state in ('queued', 'failed') and name in (${sql.join(names)}) and run_at <= ${now}
    order by run_at, id limit 1
    ${isLocked ? sql`for update skip locked` : sql``}`;
}
