import { errorMessage } from "../services/kernel/errors.ts";
import type { Uuid } from "../services/kernel/ids.ts";
import { SECOND_MS } from "../services/kernel/time.ts";
import { type Job, LEASE_MS } from "./job.ts";
import type { JobMetrics } from "./job_metrics.ts";
import { JobRun, type RunDeps } from "./run.ts";

/** How often a worker looks for jobs, and for lost ones, that nobody woke it for. */
export const POLL_MS = 2 * SECOND_MS;
const DEFAULT_SLOTS = 8;

export interface WorkerDeps extends RunDeps {
  readonly jobs: readonly Job[];
  readonly metrics: JobMetrics;
  /** A name that no other process has. */
  readonly owner: string;
  /** Jobs that may run at once in this process. */
  readonly slots?: number;
}

/** A job that runs in this process. */
export interface RunningJob {
  readonly id: Uuid;
  readonly name: string;
}

interface Slot extends RunningJob {
  readonly run: JobRun;
  readonly ended: Promise<void>;
}

/** Runs the jobs of the table in this process, as many at once as it has slots. */
export class Worker {
  readonly #deps: WorkerDeps;
  readonly #jobs: ReadonlyMap<string, Job>;
  readonly #caps: Readonly<Record<string, number>>;
  readonly #slots: number;
  readonly #running = new Set<Slot>();
  #state: "new" | "started" | "stopped" = "new";
  #cancelPoll = () => {};
  #reaping: Promise<void> = Promise.resolve();
  #filling: Promise<void> | undefined;
  #isWanted = false;
  #problem: string | null = null;

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
    this.#slots = deps.slots ?? DEFAULT_SLOTS;
    this.#jobs = new Map(deps.jobs.map((job) => [job.name, job]));
    this.#caps = Object.fromEntries(deps.jobs.map((job) => [job.name, job.concurrency]));
  }

  /** Begins to look for jobs, now and every few seconds. */
  start(): void {
    if (this.#state !== "new") throw new TypeError(`Cannot start: the worker is ${this.#state}`);
    this.#state = "started";
    this.#poll();
  }

  /** Looks for jobs now; cheap to call often. */
  wake(): void {
    if (this.#state !== "started") return;
    this.#isWanted = true;
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
      if (this.#isWanted) this.wake();
    });
  }

  /** Claims nothing more, tells runs to end, hands their jobs back and waits for all of that. */
  async stop(): Promise<void> {
    this.#state = "stopped";
    this.#cancelPoll();
    for (const { run } of this.#running) run.stop();
    await Promise.all([this.#filling, this.#reaping]);
    await Promise.all([...this.#running].map(({ ended }) => ended));
  }

  /** What runs in this process now. */
  running(): readonly RunningJob[] {
    return [...this.#running].map(({ id, name }) => ({ id, name }));
  }

  /** The run of a job in this process; `null` if it runs elsewhere, or not. */
  runOf(jobId: Uuid): Pick<JobRun, "progress" | "cancel"> | null {
    return [...this.#running].find(({ id }) => id === jobId)?.run ?? null;
  }

  /** Why the table could not be asked the last time; `null` if it could. */
  get problem(): string | null {
    return this.#problem;
  }

  get slots(): number {
    return this.#slots;
  }

  #poll(): void {
    this.#reaping = this.#reap().then(() => {
      if (this.#state !== "started") return;
      this.wake();
      this.#cancelPoll = this.#deps.timer.after(POLL_MS, () => this.#poll());
    });
  }

  async #reap(): Promise<void> {
    try {
      const count = await this.#deps.store.reapExpired();
      if (count > 0) this.#deps.log.warn("Took jobs from runs that lost their lease", { count });
    } catch (error) {
      this.#fails("Cannot look for lost jobs", error);
    }
  }

  async #fill(): Promise<void> {
    while (this.#isWanted && this.#state === "started") {
      this.#isWanted = false;
      try {
        while (await this.#startNext());
        this.#problem = null;
      } catch (error) {
        this.#fails("Cannot look for jobs", error);
      }
    }
    this.#isWanted = false;
  }

  #fails(message: string, error: unknown): void {
    this.#problem = errorMessage(error);
    this.#deps.log.warn(message, { reason: this.#problem });
  }

  /** Whether there was a job and room for it. */
  async #startNext(): Promise<boolean> {
    if (this.#state !== "started" || this.#running.size >= this.#slots) return false;
    const { store, owner } = this.#deps;
    const options = { owner, leaseMs: LEASE_MS, caps: this.#caps };
    const record = await store.claim(this.#openNames(), options);
    const job = record && this.#jobs.get(record.name);
    if (!job) return false;
    const run = new JobRun(job, { ...this.#deps, record });
    const slot = { id: record.id, name: job.name, run, ended: this.#follow(run, job.name) };
    this.#running.add(slot);
    slot.ended.then(() => {
      this.#running.delete(slot);
      this.wake();
    });
    // The stop may have come while the claim was under way.
    if (this.#state !== "started") run.stop();
    return true;
  }

  async #follow(run: JobRun, name: string): Promise<void> {
    const { clock, metrics } = this.#deps;
    const startedAt = clock.now();
    const outcome = await run.execute();
    metrics.ran(name, { outcome, durationMs: clock.now() - startedAt });
  }

  /** The names of which this process may run more. */
  #openNames(): readonly string[] {
    return this.#deps.jobs.filter(({ name, concurrency }) => {
      const running = [...this.#running].filter((slot) => slot.name === name).length;
      return running < concurrency;
    }).map(({ name }) => name);
  }
}
