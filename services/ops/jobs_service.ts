import { AppError } from "../kernel/errors.ts";
import type { Uuid } from "../kernel/ids.ts";
import { SECOND_MS } from "../kernel/time.ts";
import type { JobCount, JobPage, JobProgress, JobRecord, JobStore } from "../ports/jobs.ts";
import type { Clock } from "../ports/mod.ts";

/** What waits, runs and lies dead, and how late the queue is. */
export interface QueueStatus {
  readonly counts: readonly JobCount[];
  /** Seconds that the job which waits the longest could have run already; 0 if none could. */
  readonly oldestDueSeconds: number;
}

/**
 * The runs of this process. They are reached past the table, which a run that writes a lot may hold
 * for as long as it takes.
 */
export interface OwnRuns {
  /** How far a run is now; `null` for a job that runs elsewhere, or tells nothing. */
  progressOf(jobId: Uuid): JobProgress | null;
  /** Tells a run to end; whether the job runs here. */
  cancel(jobId: Uuid): boolean;
}

const NO_RUNS: OwnRuns = { progressOf: () => null, cancel: () => false };

/** Jobs, as an operator sees and steers them. Every act throws `RESOURCE_NOT_FOUND` for no job. */
export class JobsService {
  readonly #store: JobStore;
  readonly #clock: Clock;
  readonly #wake: (job: JobRecord) => void;
  readonly #runs: OwnRuns;

  /** `wake` tells workers of a job that waits again. */
  constructor({ store, clock, wake, runs = NO_RUNS }: {
    readonly store: JobStore;
    readonly clock: Clock;
    readonly wake: (job: JobRecord) => void;
    readonly runs?: OwnRuns;
  }) {
    this.#store = store;
    this.#clock = clock;
    this.#wake = wake;
    this.#runs = runs;
  }

  /** Newest first, of one state or of all. */
  list(page: JobPage): Promise<readonly JobRecord[]> {
    return this.#store.list(page);
  }

  async get(jobId: Uuid): Promise<JobRecord> {
    const job = await this.#store.find(jobId);
    if (job === null) throw new AppError("RESOURCE_NOT_FOUND", `There is no task ${jobId}`);
    const progress = job.state === "running" ? this.#runs.progressOf(jobId) : null;
    return progress === null ? job : { ...job, progress };
  }

  async getQueue(): Promise<QueueStatus> {
    const { counts, oldestDueAt } = await this.#store.count();
    const lateMs = oldestDueAt === null ? 0 : this.#clock.now() - oldestDueAt;
    return { counts, oldestDueSeconds: Math.max(0, lateMs) / SECOND_MS };
  }

  /**
   * Ends a waiting job and one of this process at once, one of another at its next heartbeat.
   * Throws `CONFLICT` for one that is over.
   */
  async cancel(jobId: Uuid): Promise<JobRecord> {
    if (this.#runs.cancel(jobId)) return { ...await this.get(jobId), isCancelRequested: true };
    const isCancelled = await this.#store.cancel(jobId);
    return this.#changed(await this.get(jobId), { isDone: isCancelled, act: "cancel" });
  }

  /** Gives a dead job all its attempts again. Throws `CONFLICT` for any other, or a successor. */
  async retry(jobId: Uuid): Promise<JobRecord> {
    const isQueued = await this.#store.retry(jobId);
    const job = this.#changed(await this.get(jobId), { isDone: isQueued, act: "retry" });
    this.#wake(job);
    return job;
  }

  /** Deletes a dead job; what it was. Throws `CONFLICT` for any other. */
  async discard(jobId: Uuid): Promise<JobRecord> {
    const job = await this.get(jobId);
    return this.#changed(job, { isDone: await this.#store.discard(jobId), act: "discard" });
  }

  #changed(
    job: JobRecord,
    { isDone, act }: { isDone: boolean; act: "cancel" | "retry" | "discard" },
  ): JobRecord {
    if (isDone) return job;
    const isHeldBack = act === "retry" && job.state === "dead";
    const why = isHeldBack ? "another with its key is not over" : `it is ${job.state}`;
    throw new AppError("CONFLICT", `Cannot ${act} task ${job.id}: ${why}`);
  }
}
