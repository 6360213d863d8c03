import type { Uuid } from "../kernel/ids.ts";
import type { UtcMs } from "../kernel/time.ts";

/**
 * Where a job stands: `failed` waits for its next attempt, `dead` has none left and waits for an
 * operator.
 */
export type JobState = "queued" | "running" | "failed" | "done" | "dead" | "cancelled";

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** How far a run is; `total` is `null` as long as it is not known. */
export interface JobProgress {
  readonly done: number;
  readonly total: number | null;
  readonly note: string;
}

/** Work to be done, and what came of it. */
export interface JobRecord {
  readonly id: Uuid;
  /** Kind of work, in `snake_case`. */
  readonly name: string;
  /** Of the jobs that are not over, only one has the key. */
  readonly key: string;
  readonly payload: JsonValue;
  readonly state: JobState;
  /** When it may run, or may run again. */
  readonly runAt: UtcMs;
  readonly leaseUntil: UtcMs | null;
  readonly leaseOwner: string | null;
  /** Runs begun, without those that a worker handed back. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** How long one run may take. */
  readonly timeoutMs: number;
  readonly isCancelRequested: boolean;
  readonly progress: JobProgress | null;
  readonly result: JsonValue;
  /** Why the last run failed. */
  readonly error: string | null;
  readonly createdAt: UtcMs;
  readonly startedAt: UtcMs | null;
  readonly finishedAt: UtcMs | null;
}

export interface NewJob {
  /** Given, the job is kept once for good: also when it is over, its id finds it again. */
  readonly id?: Uuid;
  readonly name: string;
  readonly key: string;
  readonly payload?: JsonValue;
  /** Now, if left out. */
  readonly runAt?: UtcMs;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
}

/** One run's right to a job. It is lost when it is not extended in time. */
export interface JobLease {
  readonly jobId: Uuid;
  readonly owner: string;
  /** Tells this run from a later one of the same owner. */
  readonly attempt: number;
}

/** What a run learns when it extends its lease. */
export type LeaseStatus = "held" | "cancel_requested" | "lost";

/** Takes work to be done later, by whichever process has room for it. */
export interface JobQueue {
  /** Keeps the job, or returns the one with its id, or with its key that is not over yet. */
  enqueue(job: NewJob): Promise<JobRecord>;
}

export interface ClaimOptions {
  /** Who runs it; a name that no other process has. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Jobs by name that may run at once, over all processes; without one, any number. */
  readonly caps?: Readonly<Record<string, number>>;
}

export interface JobPage {
  readonly state?: JobState;
  readonly limit: number;
  readonly before?: Uuid;
}

/** Jobs of one name that stand alike. */
export interface JobCount {
  readonly name: string;
  readonly state: JobState;
  readonly count: number;
}

/** What waits, runs and lies dead. Jobs that are over are not counted: there may be many. */
export interface JobCounts {
  readonly counts: readonly JobCount[];
  /** Since when the job that waits the longest could have run; `null` if none could. */
  readonly oldestDueAt: UtcMs | null;
}

/** The truth about work. Every change by a run is refused, with `false`, once its lease is lost. */
export interface JobStore extends JobQueue {
  /** The job of these names that is due the longest, now running under a lease, or `null`. */
  claim(names: readonly string[], options: ClaimOptions): Promise<JobRecord | null>;
  extendLease(lease: JobLease, leaseMs: number): Promise<LeaseStatus>;
  reportProgress(lease: JobLease, progress: JobProgress): Promise<boolean>;
  complete(lease: JobLease, result: JsonValue): Promise<boolean>;
  /**
   * Plans the next attempt at `retryAt`; without one, or after the last attempt, it is dead, and
   * takes the place of an older dead job with its key.
   */
  fail(
    lease: JobLease,
    failure: { readonly error: string; readonly retryAt: UtcMs | null },
  ): Promise<boolean>;
  /** Ends a run that was asked to stop for good. */
  confirmCancel(lease: JobLease): Promise<boolean>;
  /** Hands the job back as if the run had not begun. */
  release(lease: JobLease): Promise<boolean>;
  /** Hands the job back until `until`, saying what it waits for. */
  postpone(
    lease: JobLease,
    wait: { readonly until: UtcMs; readonly reason: string },
  ): Promise<boolean>;
  /**
   * Ends a waiting job at once, asks the run of a running one to stop; `false` if the job is
   * neither.
   */
  cancel(jobId: Uuid): Promise<boolean>;
  /** Queues a dead job with all its attempts, unless another with its key is not over. */
  retry(jobId: Uuid): Promise<boolean>;
  /** Deletes a dead job. */
  discard(jobId: Uuid): Promise<boolean>;
  find(jobId: Uuid): Promise<JobRecord | null>;
  /** Newest first, of one state or of all; `before` is the id that the page before ended with. */
  list(page: JobPage): Promise<readonly JobRecord[]>;
  count(): Promise<JobCounts>;
  /** Takes jobs from runs whose lease ran out, to run again if they may; how many. */
  reapExpired(): Promise<number>;
  /** Deletes up to `limit` jobs that were done or cancelled before `before`; how many. */
  prune(options: { readonly before: UtcMs; readonly limit: number }): Promise<number>;
}
