import { AppError } from "../kernel/errors.ts";
import type { Uuid } from "../kernel/ids.ts";
import { SECOND_MS } from "../kernel/time.ts";
import type { JobCount, JobPage, JobRecord, JobStore, RunningJobs } from "../ports/jobs.ts";
import type { Clock } from "../ports/mod.ts";

/** What waits, runs and lies dead, and how late the queue is. */
export interface QueueStatus {
  readonly counts: readonly JobCount[];
  /** Seconds that the job which waits the longest could have run already; 0 if none could. */
  readonly oldestDueSeconds: number;
}

/** Jobs, as an operator sees and steers them. Every act throws `RESOURCE_NOT_FOUND` for no job. */
export class JobsService {
  readonly #store: JobStore;
  readonly #clock: Clock;
  readonly #wake: (job: JobRecord) => void;
  readonly #running: RunningJobs | null;

  /** `wake` tells workers of a job that waits again; `running` knows those of this process. */
  constructor({ store, clock, wake, running = null }: {
    readonly store: JobStore;
    readonly clock: Clock;
    readonly wake: (job: JobRecord) => void;
    readonly running?: RunningJobs | null;
  }) {
    this.#store = store;
    this.#clock = clock;
    this.#wake = wake;
    this.#running = running;
  }

  /** Newest first, of one state or of all. */
  async list(page: JobPage): Promise<readonly JobRecord[]> {
    return (await this.#store.list(page)).map((job) => this.#withProgress(job));
  }

  async get(jobId: Uuid): Promise<JobRecord> {
    const job = await this.#store.find(jobId);
    if (job === null) throw new AppError("RESOURCE_NOT_FOUND", `There is no task ${jobId}`);
    return this.#withProgress(job);
  }

  async getQueue(): Promise<QueueStatus> {
    const { counts, oldestDueAt } = await this.#store.count();
    const lateMs = oldestDueAt === null ? 0 : this.#clock.now() - oldestDueAt;
    return { counts, oldestDueSeconds: Math.max(0, lateMs) / SECOND_MS };
  }

  /**
   * Ends a waiting job at once, and a running one as soon as its process hears of it, which is at
   * its next heartbeat where that is another. Throws `CONFLICT` for one
   * that is over.
   */
  async cancel(jobId: Uuid): Promise<JobRecord> {
    // A run that holds the right to write must end before the table can be told.
    const cancelling = this.#store.cancel(jobId);
    this.#running?.cancel(jobId);
    const isCancelled = await cancelling;
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

  /** What a run of this process says of itself is newer than what the table has. */
  #withProgress(job: JobRecord): JobRecord {
    const progress = job.state === "running" ? this.#running?.progressOf(job.id) : null;
    return progress ? { ...job, progress } : job;
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
