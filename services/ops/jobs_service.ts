import { AppError } from "../kernel/errors.ts";
import type { Uuid } from "../kernel/ids.ts";
import { SECOND_MS } from "../kernel/time.ts";
import type { JobCount, JobPage, JobRecord, JobStore } from "../ports/jobs.ts";
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

  /** `wake` tells workers of a job that waits again. */
  constructor({ store, clock, wake }: {
    readonly store: JobStore;
    readonly clock: Clock;
    readonly wake: (job: JobRecord) => void;
  }) {
    this.#store = store;
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Newest first, of one state or of all. */
  list(page: JobPage): Promise<readonly JobRecord[]> {
    return this.#store.list(page);
  }

  async get(jobId: Uuid): Promise<JobRecord> {
    const job = await this.#store.find(jobId);
    if (job === null) throw new AppError("RESOURCE_NOT_FOUND", `There is no task ${jobId}`);
    return job;
  }

  async getQueue(): Promise<QueueStatus> {
    const { counts, oldestDueAt } = await this.#store.count();
    const lateMs = oldestDueAt === null ? 0 : this.#clock.now() - oldestDueAt;
    return { counts, oldestDueSeconds: Math.max(0, lateMs) / SECOND_MS };
  }

  /**
   * Ends a waiting job at once, and a running one at its next heartbeat. Throws `CONFLICT` for one
   * that is over.
   */
  async cancel(jobId: Uuid): Promise<JobRecord> {
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
