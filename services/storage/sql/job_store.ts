import { type Selectable, sql, type Transaction, type Updateable } from "kysely";
import { type Uuid, UuidFactory } from "../../kernel/ids.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type {
  JobLease,
  JobProgress,
  JobRecord,
  JobState,
  JobStore,
  JsonValue,
  LeaseStatus,
  NewJob,
} from "../../ports/jobs.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";
import { fromUuidColumn, toUuidColumn, type UuidValue } from "../uuid_column.ts";
import type { Schema } from "./schema.ts";

/** UTF-16 units of a payload or a result as JSON; larger things belong in tables of their own. */
export const JOB_JSON_LIMIT = 65_536;
const PAGE_LIMIT = 200;
const ERROR_LIMIT = 2_000;
/** The job with the key may end between the refused insert and the look at it. */
const ENQUEUE_TRIES = 5;

// Literal, as in the partial indexes: with parameters in their place these could not be used.
const IS_WAITING = sql<boolean>`state in ('queued', 'failed')`;
const IS_RUNNING = sql<boolean>`state = 'running'`;
const IS_LIVE = sql<boolean>`state in ('queued', 'running', 'failed')`;

const LIVE: readonly JobState[] = ["queued", "running", "failed"];
const NO_LEASE = { lease_until: null, lease_owner: null } as const;

type JobRow = Selectable<Schema["jobs"]>;
type JobChange = Updateable<Schema["jobs"]>;
type Write = Transaction<Schema>;

/** Jobs in either database. */
export class SqlJobStore implements JobStore {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #ids: UuidFactory;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#ids = new UuidFactory(() => clock.now());
  }

  async enqueue(job: NewJob): Promise<JobRecord> {
    checkNewJob(job);
    const row = this.#newRow(job);
    for (let tries = 0; tries < ENQUEUE_TRIES; tries++) {
      const kept = await this.#write((db) => insertOrFindLive(db, row));
      if (kept) return toRecord(kept);
    }
    throw new Error(`Cannot enqueue "${job.key}": the jobs with this key end as fast as they come`);
  }

  async claim(
    names: readonly string[],
    { owner, leaseMs }: { owner: string; leaseMs: number },
  ): Promise<JobRecord | null> {
    // PostgreSQL has no empty list.
    if (names.length === 0) return null;
    const now = this.#clock.now();
    // Looked at first, so that a worker with nothing to do never takes the lock to write.
    if (!(await dueIds(this.#database.read, { names, now }).executeTakeFirst())) return null;
    return await this.#write(async (db) => {
      const isShared = this.#database.dialect === "postgres";
      const due = await dueIds(db, { names, now })
        .$if(isShared, (query) => query.forUpdate().skipLocked())
        .executeTakeFirst();
      if (!due) return null;
      const row = await db.updateTable("jobs")
        .set((eb) => ({
          state: "running",
          lease_owner: owner,
          lease_until: now + leaseMs,
          attempts: eb("attempts", "+", 1),
          started_at: now,
          progress: null,
        }))
        .where("id", "=", due.id).returningAll().executeTakeFirstOrThrow();
      return toRecord(row);
    });
  }

  async extendLease(lease: JobLease, leaseMs: number): Promise<LeaseStatus> {
    const lease_until = this.#clock.now() + leaseMs;
    const row = await this.#changeLeased(lease, { lease_until });
    if (!row) return "lost";
    return row.cancel_requested === 1 ? "cancel_requested" : "held";
  }

  async reportProgress(lease: JobLease, progress: JobProgress): Promise<boolean> {
    return await this.#changeLeased(lease, { progress: toJson(progress, "progress") }) !== null;
  }

  async complete(lease: JobLease, result: JsonValue): Promise<boolean> {
    const change = { state: "done", result: toJson(result, "result"), error: null } as const;
    return await this.#changeLeased(lease, { ...change, ...this.#over() }) !== null;
  }

  fail(
    lease: JobLease,
    { error, retryAt }: { error: string; retryAt: UtcMs | null },
  ): Promise<boolean> {
    return this.#write(async (db) => {
      const row = await this.#lock(db, lease.jobId);
      if (!row || !isHeld(row, lease)) return false;
      await this.#giveUpRun(db, { row, retryAt, change: { state: "failed", error } });
      return true;
    });
  }

  async confirmCancel(lease: JobLease): Promise<boolean> {
    return await this.#changeLeased(lease, { state: "cancelled", ...this.#over() }) !== null;
  }

  release(lease: JobLease): Promise<boolean> {
    return this.#write(async (db) => {
      const row = await this.#lock(db, lease.jobId);
      if (!row || !isHeld(row, lease)) return false;
      const attempts = row.attempts - 1;
      await this.#giveUpRun(db, {
        row: { ...row, attempts },
        retryAt: this.#clock.now(),
        change: { state: "queued", attempts },
      });
      return true;
    });
  }

  cancel(jobId: Uuid): Promise<boolean> {
    return this.#write(async (db) => {
      const row = await this.#lock(db, jobId);
      if (!row || !LIVE.includes(row.state)) return false;
      const change: JobChange = row.state === "running"
        ? { cancel_requested: 1 }
        : { state: "cancelled", ...this.#over() };
      await db.updateTable("jobs").set(change).where("id", "=", row.id).execute();
      return true;
    });
  }

  retry(jobId: Uuid): Promise<boolean> {
    return this.#write(async (db) => {
      const row = await this.#lock(db, jobId);
      if (row?.state !== "dead" || await findLive(db, row.key)) return false;
      await db.updateTable("jobs")
        .set({ state: "queued", run_at: this.#clock.now(), attempts: 0, finished_at: null })
        .where("id", "=", row.id).execute();
      return true;
    });
  }

  discard(jobId: Uuid): Promise<boolean> {
    return this.#write(async (db) => {
      const { numDeletedRows } = await db.deleteFrom("jobs")
        .where("id", "=", this.#column(jobId)).where("state", "=", "dead").executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  async find(jobId: Uuid): Promise<JobRecord | null> {
    const row = await this.#database.read.selectFrom("jobs").selectAll()
      .where("id", "=", this.#column(jobId)).executeTakeFirst();
    return row ? toRecord(row) : null;
  }

  async list(
    { state, limit, before }: { state: JobState; limit: number; before?: Uuid },
  ): Promise<readonly JobRecord[]> {
    let query = this.#database.read.selectFrom("jobs").selectAll().where("state", "=", state);
    if (before !== undefined) query = query.where("id", "<", this.#column(before));
    const rows = await query.orderBy("id", "desc").limit(Math.min(limit, PAGE_LIMIT)).execute();
    return rows.map(toRecord);
  }

  async reapExpired(): Promise<number> {
    const now = this.#clock.now();
    const isAny = await expired(this.#database.read, now).executeTakeFirst();
    if (!isAny) return 0;
    return await this.#write(async (db) => {
      const isShared = this.#database.dialect === "postgres";
      const rows = await expired(db, now)
        .$if(isShared, (query) => query.forUpdate().skipLocked()).execute();
      const change = { state: "queued", error: "The lease ran out before the run ended" } as const;
      for (const row of rows) await this.#giveUpRun(db, { row, retryAt: now, change });
      return rows.length;
    });
  }

  /** Ends a run without a result: cancelled if that was asked for, else to run again or dead. */
  async #giveUpRun(
    db: Write,
    { row, retryAt, change }: { row: JobRow; retryAt: UtcMs | null; change: JobChange },
  ): Promise<void> {
    const mayRetry = retryAt !== null && row.attempts < row.max_attempts;
    const end: JobChange = row.cancel_requested === 1
      ? { state: "cancelled", ...this.#over() }
      : mayRetry
      ? { run_at: retryAt, ...NO_LEASE }
      : { state: "dead", ...this.#over() };
    const error = change.error?.slice(0, ERROR_LIMIT) ?? row.error;
    await db.updateTable("jobs").set({ ...change, ...end, error }).where("id", "=", row.id)
      .execute();
  }

  /** Changes the job of a run that still has its lease; `null` for any other. */
  #changeLeased(lease: JobLease, change: JobChange): Promise<JobRow | null> {
    return this.#write(async (db) => {
      const changed = await db.updateTable("jobs").set(change)
        .where("id", "=", this.#column(lease.jobId)).where("state", "=", "running")
        .where("lease_owner", "=", lease.owner).where("attempts", "=", lease.attempt)
        .returningAll().executeTakeFirst();
      return changed ?? null;
    });
  }

  /** The job, locked until the end of the transaction; on SQLite that is the whole database. */
  async #lock(db: Write, jobId: Uuid): Promise<JobRow | undefined> {
    return await db.selectFrom("jobs").selectAll().where("id", "=", this.#column(jobId))
      .$if(this.#database.dialect === "postgres", (query) => query.forUpdate())
      .executeTakeFirst();
  }

  #newRow({ name, key, payload = null, runAt, maxAttempts, timeoutMs }: NewJob): JobRow {
    const now = this.#clock.now();
    return {
      id: this.#column(this.#ids.next()),
      name,
      key,
      payload: toJson(payload, "payload"),
      state: "queued",
      run_at: runAt ?? now,
      ...NO_LEASE,
      attempts: 0,
      max_attempts: maxAttempts,
      timeout_ms: timeoutMs,
      cancel_requested: 0,
      progress: null,
      result: null,
      error: null,
      created_at: now,
      started_at: null,
      finished_at: null,
    };
  }

  #over() {
    return { ...NO_LEASE, finished_at: this.#clock.now() };
  }

  #column(id: Uuid): UuidValue {
    return toUuidColumn(id, this.#database.dialect);
  }

  #write<T>(work: (db: Write) => Promise<T>): Promise<T> {
    return this.#database.transaction(({ db }) => work(db));
  }
}

function dueIds(
  db: Database["read"],
  { names, now }: { names: readonly string[]; now: UtcMs },
) {
  return db.selectFrom("jobs").select("id")
    .where(IS_WAITING).where("name", "in", names).where("run_at", "<=", now)
    .orderBy("run_at").orderBy("id").limit(1);
}

function expired(db: Database["read"], now: UtcMs) {
  return db.selectFrom("jobs").selectAll()
    .where(IS_RUNNING).where("lease_until", "<", now)
    .orderBy("lease_until").limit(PAGE_LIMIT);
}

async function findLive(db: Write, key: string): Promise<JobRow | undefined> {
  return await db.selectFrom("jobs").selectAll()
    .where("key", "=", key).where(IS_LIVE).executeTakeFirst();
}

async function insertOrFindLive(db: Write, row: JobRow): Promise<JobRow | undefined> {
  const inserted = await db.insertInto("jobs").values(row)
    .onConflict((conflict) => conflict.doNothing()).returningAll().executeTakeFirst();
  return inserted ?? await findLive(db, row.key);
}

function isHeld(row: JobRow, { owner, attempt }: JobLease): boolean {
  return row.state === "running" && row.lease_owner === owner && row.attempts === attempt;
}

function checkNewJob({ key, maxAttempts, timeoutMs }: NewJob): void {
  if (!(Number.isSafeInteger(maxAttempts) && maxAttempts >= 1)) {
    throw new RangeError(`Cannot enqueue "${key}": expected maxAttempts >= 1, got ${maxAttempts}`);
  }
  if (!(Number.isSafeInteger(timeoutMs) && timeoutMs >= 1)) {
    throw new RangeError(`Cannot enqueue "${key}": expected timeoutMs >= 1, got ${timeoutMs}`);
  }
}

function toJson(value: JsonValue | JobProgress, what: string): string {
  const text = JSON.stringify(value);
  if (text.length <= JOB_JSON_LIMIT) return text;
  throw new RangeError(
    `Cannot store the ${what} of a job: expected at most ${JOB_JSON_LIMIT} characters of JSON, ` +
      `got ${text.length}`,
  );
}

function toRecord(row: JobRow): JobRecord {
  const time = (value: number | null) => value === null ? null : utcMsOf(value);
  return {
    id: fromUuidColumn(row.id),
    name: row.name,
    key: row.key,
    payload: JSON.parse(row.payload),
    state: row.state,
    runAt: utcMsOf(row.run_at),
    leaseUntil: time(row.lease_until),
    leaseOwner: row.lease_owner,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    timeoutMs: row.timeout_ms,
    isCancelRequested: row.cancel_requested === 1,
    progress: row.progress === null ? null : JSON.parse(row.progress),
    result: row.result === null ? null : JSON.parse(row.result),
    error: row.error,
    createdAt: utcMsOf(row.created_at),
    startedAt: time(row.started_at),
    finishedAt: time(row.finished_at),
  };
}
