import { errorMessage } from "../services/kernel/errors.ts";
import type { Uuid } from "../services/kernel/ids.ts";
import type { HealthProbe, OwnRuns } from "../services/ops/mod.ts";
import type {
  JobProgress,
  JobQueue,
  JobRecord,
  JobStore,
  JsonValue,
  NewJob,
} from "../services/ports/jobs.ts";
import type { LeaseStore } from "../services/ports/leases.ts";
import type { Metrics } from "../services/ports/metrics.ts";
import type { Waker } from "../services/ports/wakers.ts";
import { type CronEntry, takeCronTurn } from "./cron.ts";
import type { Job } from "./job.ts";
import { JobMetrics } from "./job_metrics.ts";
import { RecurringJobs } from "./schedule.ts";
import type { RunDeps } from "./run.ts";
import { POLL_MS, type RunningJob, Worker } from "./worker.ts";

export interface JobSystemDeps extends RunDeps {
  readonly jobs: readonly Job[];
  readonly store: JobStore;
  readonly leases: LeaseStore;
  /** Ways to reach other processes; each may be missing, and costs no more than latency. */
  readonly wakers: readonly Waker[];
  readonly metrics: Metrics;
  /** A name that no other process has. */
  readonly owner: string;
  /** Jobs that may run at once in this process. */
  readonly slots?: number;
}

/** How this process learns of jobs and what it does with them. */
export interface JobSystemStatus {
  readonly owner: string;
  /** Who keeps to schedules of whole minutes: the runtime's cron, or this process. */
  readonly scheduledBy: "cron" | "process";
  /** Ways by which this process hears of jobs of others, besides looking each `pollMs`. */
  readonly wakers: readonly string[];
  readonly pollMs: number;
  readonly slots: number;
  readonly running: readonly RunningJob[];
}

/** The jobs of one process: queue, schedule and worker over the one table. */
export class JobSystem implements JobQueue, OwnRuns {
  readonly #deps: JobSystemDeps;
  readonly #worker: Worker;
  readonly #recurring: RecurringJobs;
  readonly #stopListening: (() => void)[] = [];
  #hasCron = false;

  constructor(deps: JobSystemDeps) {
    const { jobs, store, clock, timer, log } = deps;
    const names = jobs.map(({ name }) => name);
    const repeated = names.find((name, at) => names.indexOf(name) !== at);
    if (repeated) throw new RangeError(`Cannot have two jobs of the name "${repeated}"`);
    const metrics = new JobMetrics(deps.metrics, { names, store, clock });
    this.#deps = deps;
    this.#worker = new Worker({ ...deps, metrics });
    this.#recurring = new RecurringJobs(jobs, { queue: this, clock, timer, log });
  }

  /** Begins to work and to keep to schedules. `hasCron` says that `onCron` is called each minute. */
  start({ hasCron }: { readonly hasCron: boolean }): void {
    this.#hasCron = hasCron;
    for (const waker of this.#deps.wakers) {
      this.#stopListening.push(waker.listen(() => this.#worker.wake()));
    }
    this.#worker.start();
    this.#recurring.start({ hasCron });
  }

  /** Enqueues nothing more by itself, ends the runs of this process and hands their jobs back. */
  async stop(): Promise<void> {
    for (const stop of this.#stopListening.splice(0)) stop();
    await this.#recurring.stop();
    await this.#worker.stop();
  }

  async enqueue(job: NewJob): Promise<JobRecord> {
    const record = await this.#deps.store.enqueue(job);
    this.wake(record);
    return record;
  }

  /** Has every worker look for a job that may be due now. */
  wake({ id, state, runAt }: JobRecord): void {
    if (state !== "queued" || runAt > this.#deps.clock.now()) return;
    this.#worker.wake();
    for (const waker of this.#deps.wakers) waker.wake(id);
  }

  /**
   * Runs a job here and now, past the table: for what must be done before the first request, when
   * nothing else runs yet. Throws what the run throws.
   */
  async runNow(
    name: string,
    { payload = null, signal }: { readonly payload?: JsonValue; readonly signal: AbortSignal },
  ): Promise<JsonValue> {
    const job = this.#deps.jobs.find((one) => one.name === name);
    if (!job) throw new RangeError(`Cannot run "${name}": there is no such job`);
    const log = this.#deps.log.with({ job: job.name });
    return await job.run({ payload, signal, attempt: 1, log, reportProgress: () => {} });
  }

  /** How far a job that runs here is; `null` for any other. */
  progressOf(jobId: Uuid): JobProgress | null {
    return this.#worker.runOf(jobId)?.progress ?? null;
  }

  /** Tells a job that runs here to end; whether there is one. */
  cancel(jobId: Uuid): boolean {
    const run = this.#worker.runOf(jobId);
    run?.cancel();
    return run !== null;
  }

  /** What a cron calls: enqueues what is due, if no other process does. */
  async onCron(entry: CronEntry): Promise<void> {
    const { leases, owner, log } = this.#deps;
    try {
      await takeCronTurn(entry, { leases, owner, work: () => this.#recurring.enqueueDue() });
    } catch (error) {
      const fields = { cron: entry.name, reason: errorMessage(error) };
      log.warn("Cannot take a cron's turn, next try at the next minute", fields);
    }
  }

  /** Whether work is found and scheduled, for `/healthz`. */
  probes(): readonly HealthProbe[] {
    return [
      { name: "queue", check: () => rejectOn(this.#worker.problem) },
      { name: "scheduler", check: () => rejectOn(this.#recurring.problem) },
    ];
  }

  status(): JobSystemStatus {
    return {
      owner: this.#deps.owner,
      scheduledBy: this.#hasCron ? "cron" : "process",
      wakers: this.#deps.wakers.map(({ name }) => name),
      pollMs: POLL_MS,
      slots: this.#worker.slots,
      running: this.#worker.running(),
    };
  }
}

function rejectOn(problem: string | null): Promise<void> {
  return problem === null ? Promise.resolve() : Promise.reject(new Error(problem));
}
