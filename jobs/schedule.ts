import { errorMessage } from "../services/kernel/errors.ts";
import { uuidOfMoment } from "../services/kernel/ids.ts";
import { MINUTE_MS, type UtcMs } from "../services/kernel/time.ts";
import type { JobQueue } from "../services/ports/jobs.ts";
import type { Clock, Log, Timer } from "../services/ports/mod.ts";
import type { Job } from "./job.ts";
import { type JobSchedule, latestSlot } from "./slots.ts";

export interface RecurringDeps {
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}

interface ScheduledJob {
  readonly job: Job;
  readonly schedule: JobSchedule;
}

/**
 * Enqueues jobs that have a schedule, at the begin of each slot and, after a pause, for the newest
 * slot that was missed. A slot's job has an id made of the slot: whoever enqueues it, in whatever
 * process, it is one job. A slot that begins while the job before is not over is left out.
 */
export class RecurringJobs {
  readonly #scheduled: readonly ScheduledJob[];
  readonly #deps: RecurringDeps;
  /** The newest slot that is in the table, by job, to spare it the question. */
  readonly #kept = new Map<string, UtcMs>();
  #isStarted = false;
  #problem: string | null = null;
  #cancelTick = () => {};
  #ticking: Promise<void> = Promise.resolve();

  constructor(jobs: readonly Job[], deps: RecurringDeps) {
    this.#scheduled = jobs.flatMap((job) =>
      job.schedule === null ? [] : [{ job, schedule: job.schedule }]
    );
    this.#deps = deps;
  }

  /**
   * Enqueues what is due, now and at each slot to come. Where a cron calls `enqueueDue` each
   * minute, the process itself keeps to the slots between.
   */
  start({ hasCron }: { readonly hasCron: boolean }): void {
    this.#isStarted = true;
    this.#tick(
      this.#scheduled,
      hasCron ? this.#scheduled.filter(isBetweenMinutes) : this.#scheduled,
    );
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#cancelTick();
    await this.#ticking;
  }

  /** Why a job could not be enqueued the last time; `null` if all could. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Enqueues the jobs whose slot has begun. */
  async enqueueDue(): Promise<void> {
    await this.#enqueue(this.#scheduled);
  }

  /** Enqueues the jobs `due` now, and those of `later` when their time comes. */
  #tick(due: readonly ScheduledJob[], later: readonly ScheduledJob[]): void {
    this.#ticking = this.#enqueue(due).then(() => {
      if (!this.#isStarted || later.length === 0) return;
      const delayMs = nextSlotIn(later, this.#deps.clock.now());
      this.#cancelTick = this.#deps.timer.after(delayMs, () => this.#tick(later, later));
    });
  }

  async #enqueue(scheduled: readonly ScheduledJob[]): Promise<void> {
    const { queue, clock, log } = this.#deps;
    let problem: string | null = null;
    for (const { job, schedule } of scheduled) {
      const slot = latestSlot(schedule, clock.now());
      if (slot === null || this.#kept.get(job.name) === slot) continue;
      try {
        await queue.enqueue({ ...requestOf(job), id: uuidOfMoment(slot, job.name) });
        this.#kept.set(job.name, slot);
      } catch (error) {
        problem = errorMessage(error);
        const fields = { job: job.name, reason: problem };
        log.warn("Cannot enqueue a scheduled job, next try at the next slot", fields);
      }
    }
    this.#problem = problem;
  }
}

/** A scheduled job takes `null`, which `defineJob` made sure of. */
function requestOf(job: Job) {
  return (job as Job<null>).request(null);
}

function isBetweenMinutes({ schedule }: ScheduledJob): boolean {
  return "everyMs" in schedule && schedule.everyMs % MINUTE_MS !== 0;
}

/** Milliseconds to the first slot that may begin; cron expressions are looked at each minute. */
function nextSlotIn(scheduled: readonly ScheduledJob[], now: UtcMs): number {
  return Math.min(...scheduled.map(({ schedule }) => {
    const everyMs = "everyMs" in schedule ? schedule.everyMs : MINUTE_MS;
    return everyMs - now % everyMs;
  }));
}
