import { sql, type Transaction, type Updateable } from "kysely";
import { type Uuid, UuidFactory } from "../../kernel/ids.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type {
  ClaimOptions,
  JobCounts,
  JobLease,
  JobPage,
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
import { toUuidColumn, type UuidValue } from "../uuid_column.ts";
import { claimDue, isAnyDue } from "./job_claim.ts";
import { type JobRow, lowestIdAt, newJobRow, toJobJson, toJobRecord } from "./job_rows.ts";
import type { Schema } from "./schema.ts";

const PAGE_LIMIT = 200;
const ERROR_LIMIT = 2_000;
/** The job with the key may end between the refused insert and the look at it. */
const ENQUEUE_TRIES = 5;

// Literal, as in the partial indexes: with parameters in their place these could not be used.
const IS_WAITING = sql<boolean>`state in ('queued', 'failed')`;
const IS_RUNNING = sql<boolean>`state = 'running'`;
const IS_LIVE = sql<boolean>`state in ('queued', 'running', 'failed')`;

const LIVE: readonly JobState[] = ["queued", "running", "failed"];
const NOT_OVER_WELL: readonly JobState[] = [...LIVE, "dead"];
const NO_LEASE = { lease_until: null, lease_owner: null } as const;

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
    const id = this.#column(job.id ?? this.#ids.next());
    const row = newJobRow(job, { id, now: this.#clock.now() });
    for (let tries = 0; tries < ENQUEUE_TRIES; tries++) {
      const kept = await this.#write((db) => insertOrFind(db, row));
      if (kept) return toJobRecord(kept);
    }
    throw new Error(`Cannot enqueue "${job.key}": the jobs with this key end as fast as they come`);
  }

  async claim(names: readonly string[], options: ClaimOptions): Promise<JobRecord | null> {
    const query = { ...options, now: this.#clock.now(), dialect: this.#database.dialect };
    for (let open = names; open.length > 0;) {
      if (!await isAnyDue(this.#database.read, { ...query, names: open })) return null;
      const claimed = await this.#write((db) => claimDue(db, { ...query, names: open }));
      if (claimed === null) return null;
      if ("id" in claimed) return toJobRecord(claimed);
      open = open.filter((name) => name !== claimed.full);
    }
    return null;
  }

  async extendLease(lease: JobLease, leaseMs: number): Promise<LeaseStatus> {
    // By the time of the write: it may have waited long for its turn.
    const row = await this.#changeLeased(lease, () => ({
      lease_until: this.#clock.now() + leaseMs,
    }));
    if (!row) return "lost";
    return row.cancel_requested === 1 ? "cancel_requested" : "held";
  }

  async reportProgress(lease: JobLease, progress: JobProgress): Promise<boolean> {
    return await this.#changeLeased(lease, { progress: toJobJson(progress, "progress") }) !== null;
  }

  async complete(lease: JobLease, result: JsonValue): Promise<boolean> {
    const change = { state: "done", result: toJobJson(result, "result"), error: null } as const;
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
    return this.#handBack(lease, { retryAt: this.#clock.now() });
  }

  postpone(
    lease: JobLease,
    { until, reason }: { until: UtcMs; reason: string },
  ): Promise<boolean> {
    return this.#handBack(lease, { retryAt: until, change: { error: reason } });
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
    return row ? toJobRecord(row) : null;
  }

  async list({ state, limit, before }: JobPage): Promise<readonly JobRecord[]> {
    let query = this.#database.read.selectFrom("jobs").selectAll();
    if (state !== undefined) query = query.where("state", "=", state);
    if (before !== undefined) query = query.where("id", "<", this.#column(before));
    const rows = await query.orderBy("id", "desc").limit(Math.min(limit, PAGE_LIMIT)).execute();
    return rows.map(toJobRecord);
  }

  async count(): Promise<JobCounts> {
    const db = this.#database.read;
    const rows = await db.selectFrom("jobs")
      .select(({ fn }) => ["name", "state", fn.countAll<number>().as("count")])
      .where("state", "in", NOT_OVER_WELL).groupBy(["name", "state"])
      .orderBy("name").orderBy("state").execute();
    const { oldest } = await db.selectFrom("jobs")
      .select(({ fn }) => fn.min<number | null>("run_at").as("oldest"))
      .where(IS_WAITING).where("run_at", "<=", this.#clock.now()).executeTakeFirstOrThrow();
    return {
      counts: rows.map((row) => ({ ...row, count: Number(row.count) })),
      oldestDueAt: oldest === null ? null : utcMsOf(oldest),
    };
  }

  async prune({ before, limit }: { before: UtcMs; limit: number }): Promise<number> {
    let deleted = 0;
    for (const state of ["done", "cancelled"] as const) {
      // Ids grow with the time of making, so the bound spares a look at every younger job.
      const rows = await this.#database.read.selectFrom("jobs").select("id")
        .where("state", "=", state).where("id", "<", this.#column(lowestIdAt(before)))
        .where("finished_at", "<", before)
        .orderBy("id").limit(limit - deleted).execute();
      if (rows.length === 0) continue;
      const ids = rows.map(({ id }) => id);
      const { numDeletedRows } = await this.#write((db) =>
        db.deleteFrom("jobs").where("id", "in", ids).where("state", "=", state).executeTakeFirst()
      );
      deleted += Number(numDeletedRows);
    }
    return deleted;
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

  /** Ends a run that does not count. */
  #handBack(
    lease: JobLease,
    { retryAt, change = {} }: { retryAt: UtcMs; change?: JobChange },
  ): Promise<boolean> {
    return this.#write(async (db) => {
      const row = await this.#lock(db, lease.jobId);
      if (!row || !isHeld(row, lease)) return false;
      const attempts = row.attempts - 1;
      await this.#giveUpRun(db, {
        row: { ...row, attempts },
        retryAt,
        change: { state: "queued", attempts, ...change },
      });
      return true;
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
    // The newest dead letter of a key speaks for those before it, of which there would be ever more.
    if (end.state === "dead") {
      await db.deleteFrom("jobs").where("state", "=", "dead").where("key", "=", row.key).execute();
    }
    await db.updateTable("jobs").set({ ...change, ...end, error }).where("id", "=", row.id)
      .execute();
  }

  /** Changes the job of a run that still has its lease; `null` for any other. */
  #changeLeased(
    lease: JobLease,
    change: JobChange | (() => JobChange),
  ): Promise<JobRow | null> {
    return this.#write(async (db) => {
      const changed = await db.updateTable("jobs")
        .set(typeof change === "function" ? change() : change)
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

function expired(db: Database["read"], now: UtcMs) {
  return db.selectFrom("jobs").selectAll()
    .where(IS_RUNNING).where("lease_until", "<", now)
    .orderBy("lease_until").limit(PAGE_LIMIT);
}

async function findLive(db: Write, key: string): Promise<JobRow | undefined> {
  return await db.selectFrom("jobs").selectAll()
    .where("key", "=", key).where(IS_LIVE).executeTakeFirst();
}

async function insertOrFind(db: Write, row: JobRow): Promise<JobRow | undefined> {
  const inserted = await db.insertInto("jobs").values(row)
    .onConflict((conflict) => conflict.doNothing()).returningAll().executeTakeFirst();
  if (inserted) return inserted;
  const same = await db.selectFrom("jobs").selectAll().where("id", "=", row.id).executeTakeFirst();
  return same ?? await findLive(db, row.key);
}

function isHeld(row: JobRow, { owner, attempt }: JobLease): boolean {
  return row.state === "running" && row.lease_owner === owner && row.attempts === attempt;
}
