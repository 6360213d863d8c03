import type { Log, Timer } from "../services/ports/mod.ts";
import { errorMessage } from "../services/kernel/errors.ts";
import type { RepeatedJob } from "./repeated_job.ts";

/**
 * Runs jobs in this process at their own pace: one run of a job at a time, the next one counted
 * from the end of the last. A failed run is logged and tried again at the next beat.
 */
export class Scheduler {
  readonly #jobs: readonly RepeatedJob[];
  readonly #log: Log;
  readonly #timer: Timer;
  readonly #stop = new AbortController();
  readonly #cancels = new Map<string, () => void>();
  readonly #running = new Set<Promise<void>>();

  constructor(jobs: readonly RepeatedJob[], { log, timer }: { log: Log; timer: Timer }) {
    this.#jobs = jobs;
    this.#log = log;
    this.#timer = timer;
  }

  /** Runs every job as soon as the caller is done, and from then on at its pace. */
  start(): void {
    for (const job of this.#jobs) this.#plan(job, 0);
  }

  /** Plans nothing more, tells running jobs to stop and waits for them. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const cancel of this.#cancels.values()) cancel();
    await Promise.all(this.#running);
  }

  #plan(job: RepeatedJob, delayMs: number): void {
    if (this.#stop.signal.aborted) return;
    const cancel = this.#timer.after(delayMs, () => {
      const run = this.#run(job).finally(() => {
        this.#running.delete(run);
        this.#plan(job, job.everyMs);
      });
      this.#running.add(run);
    });
    this.#cancels.set(job.name, cancel);
  }

  async #run(job: RepeatedJob): Promise<void> {
    const log = this.#log.with({ job: job.name });
    try {
      log.debug("Job finished", await job.run(this.#stop.signal));
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      log.error("Job failed, next run as planned", { reason: errorMessage(error), error });
    }
  }
}
