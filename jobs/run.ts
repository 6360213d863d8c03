import { backoffMs } from "../services/kernel/backoff.ts";
import { errorMessage } from "../services/kernel/errors.ts";
import { MINUTE_MS, SECOND_MS, type UtcMs, utcMsOf } from "../services/kernel/time.ts";
import type {
  JobLease,
  JobProgress,
  JobRecord,
  JobStore,
  JsonValue,
} from "../services/ports/jobs.ts";
import type { Clock, Log, Random, Timer } from "../services/ports/mod.ts";
import { judgeFailure } from "./failure.ts";
import { type Job, LEASE_MS } from "./job.ts";

/** How often a run extends its lease, stores its progress and learns that it was cancelled. */
export const HEARTBEAT_MS = 3 * SECOND_MS;
/** How long a run that was told to end may take; below the limit of a stop of the process. */
export const GRACE_MS = 3 * SECOND_MS;
const BACKOFF = { baseMs: 2 * SECOND_MS, capMs: 10 * MINUTE_MS };
const NOTE_LIMIT = 500;

/** What came of a run; `released` and `postponed` jobs wait again, without having lost a try. */
export type Outcome =
  | "done"
  | "failed"
  | "dead"
  | "cancelled"
  | "postponed"
  | "released"
  | "lost";

/** Why a run was told to end before it was through. */
type Ending = "timed_out" | "cancelled" | "stopping" | "lost";

type Settled = { readonly value: JsonValue } | { readonly error: unknown };

export interface RunDeps {
  readonly store: JobStore;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Log;
}

/** One run of a claimed job, from its start to what the table keeps of it. */
export class JobRun {
  readonly #job: Job;
  readonly #record: JobRecord;
  readonly #lease: JobLease;
  readonly #deps: RunDeps;
  readonly #log: Log;
  readonly #abort = new AbortController();
  readonly #abandoned = Promise.withResolvers<null>();
  #ending: Ending | null = null;
  #isOver = false;
  #leaseUntil: UtcMs;
  #reported: JobProgress | null = null;
  /** What the table does not have yet of it. */
  #progress: JobProgress | null = null;
  #beating: Promise<void> = Promise.resolve();
  #cancelBeat = () => {};
  #cancelGrace = () => {};

  constructor(job: Job, { record, ...deps }: RunDeps & { readonly record: JobRecord }) {
    const { id, name, attempts, leaseOwner, leaseUntil } = record;
    if (leaseOwner === null || leaseUntil === null) {
      throw new TypeError(`Cannot run job ${id}: expected one under a lease`);
    }
    this.#job = job;
    this.#record = record;
    this.#lease = { jobId: id, owner: leaseOwner, attempt: attempts };
    this.#leaseUntil = leaseUntil;
    this.#deps = deps;
    this.#log = deps.log.with({ job: name, job_id: id });
  }

  /** Runs to the end and stores what came of it; never rejects. */
  async execute(): Promise<Outcome> {
    const { timeoutMs } = this.#record;
    this.#planBeat();
    const cancelTimeout = this.#deps.timer.after(timeoutMs, () => this.#end("timed_out"));
    const settled = await Promise.race([this.#work(), this.#abandoned.promise]);
    this.#isOver = true;
    cancelTimeout();
    this.#cancelBeat();
    this.#cancelGrace();
    await this.#beating;
    if (settled === null) this.#log.error("Job goes on though it was told to end", this.#reason());
    try {
      return await this.#conclude(settled);
    } catch (error) {
      const reason = errorMessage(error);
      this.#log.error("Cannot store what came of a job: it runs again", { reason, error });
      return "lost";
    }
  }

  /** Tells the run to end so that the job can be handed back. */
  stop(): void {
    this.#end("stopping");
  }

  /** Tells the run to end for good. */
  cancel(): void {
    this.#end("cancelled");
  }

  /** What was reported last; the table learns of it with a heartbeat. */
  get progress(): JobProgress | null {
    return this.#reported;
  }

  async #work(): Promise<Settled> {
    try {
      return {
        value: await this.#job.run({
          payload: this.#record.payload,
          signal: this.#abort.signal,
          attempt: this.#record.attempts,
          log: this.#log,
          reportProgress: ({ done, total, note }) => {
            this.#reported = { done, total, note: note.slice(0, NOTE_LIMIT) };
            this.#progress = this.#reported;
          },
        }),
      };
    } catch (error) {
      return { error };
    }
  }

  /** The first reason to end counts. A run that does not end by itself is left behind. */
  #end(ending: Ending): void {
    if (this.#ending !== null || this.#isOver) return;
    this.#ending = ending;
    this.#abort.abort(new DOMException(`The job must end: ${ending}`, "AbortError"));
    this.#cancelGrace = this.#deps.timer.after(GRACE_MS, () => this.#abandoned.resolve(null));
  }

  #planBeat(): void {
    this.#cancelBeat = this.#deps.timer.after(HEARTBEAT_MS, () => {
      this.#beating = this.#beat();
    });
  }

  async #beat(): Promise<void> {
    const { clock } = this.#deps;
    try {
      await this.#extendLease();
      if (this.#ending === "lost") return;
      await this.#storeProgress();
    } catch (error) {
      this.#log.warn("Cannot extend the lease of a job", { reason: errorMessage(error) });
      // Without word from the table, another may have the job from then on.
      if (clock.now() > this.#leaseUntil) return this.#end("lost");
    }
    if (!this.#isOver) this.#planBeat();
  }

  /** Also how the run learns that it was cancelled, or that another has its job. */
  async #extendLease(): Promise<void> {
    const { store, clock } = this.#deps;
    const status = await store.extendLease(this.#lease, LEASE_MS);
    if (status === "lost") return this.#end("lost");
    this.#leaseUntil = utcMsOf(clock.now() + LEASE_MS);
    if (status === "cancel_requested") this.#end("cancelled");
  }

  async #storeProgress(): Promise<void> {
    const progress = this.#progress;
    this.#progress = null;
    if (progress !== null) await this.#deps.store.reportProgress(this.#lease, progress);
  }

  async #conclude(settled: Settled | null): Promise<Outcome> {
    const { store } = this.#deps;
    if (this.#ending === "lost") return "lost";
    await this.#storeProgress();
    // What was done in time is done, whatever was asked of the run meanwhile.
    if (settled !== null && "value" in settled) return await this.#complete(settled.value);
    switch (this.#ending) {
      case "cancelled":
        return await store.confirmCancel(this.#lease) ? "cancelled" : "lost";
      case "stopping":
        return await store.release(this.#lease) ? "released" : "lost";
      case "timed_out":
        return await this.#fail(new Error(`Timed out after ${this.#record.timeoutMs} ms`));
      case null:
        return await this.#fail(settled?.error);
    }
  }

  async #complete(value: JsonValue): Promise<Outcome> {
    try {
      return await this.#deps.store.complete(this.#lease, value) ? "done" : "lost";
    } catch (error) {
      // The result is too large, as it would be the next time.
      if (error instanceof RangeError) return await this.#bury(error);
      throw error;
    }
  }

  async #fail(error: unknown): Promise<Outcome> {
    const verdict = judgeFailure(error);
    if (verdict.next === "dead") return await this.#bury(error);
    const { store, clock, random } = this.#deps;
    const reason = errorMessage(error);
    if (verdict.next === "postpone") {
      const until = utcMsOf(clock.now() + verdict.waitMs);
      this.#log.info("Job waits for its turn", { reason, wait_ms: verdict.waitMs });
      return await store.postpone(this.#lease, { until, reason }) ? "postponed" : "lost";
    }
    const { attempts, maxAttempts } = this.#record;
    if (attempts >= maxAttempts) return await this.#bury(error);
    const waitMs = backoffMs({ attempt: attempts, random }, BACKOFF);
    this.#log.warn("Job failed, to be tried again", { reason, wait_ms: waitMs, error });
    const retryAt = utcMsOf(clock.now() + waitMs);
    return await store.fail(this.#lease, { error: reason, retryAt }) ? "failed" : "lost";
  }

  async #bury(error: unknown): Promise<Outcome> {
    const reason = errorMessage(error);
    this.#log.error("Job is dead: an operator may retry or discard it", { reason, error });
    const failure = { error: reason, retryAt: null };
    return await this.#deps.store.fail(this.#lease, failure) ? "dead" : "lost";
  }

  #reason() {
    return { reason: this.#ending };
  }
}
