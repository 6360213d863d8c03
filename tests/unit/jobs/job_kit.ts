import { defineJob, type Job, type JobContext } from "@/jobs/job.ts";
import { JobSystem } from "@/jobs/job_system.ts";
import { MINUTE_MS } from "@/services/kernel/time.ts";
import type { JobRecord, JobStore, JsonValue } from "@/services/ports/jobs.ts";
import type { Waker } from "@/services/ports/wakers.ts";
import { type Database, SqlJobStore, SqlLeaseStore } from "@/services/storage/mod.ts";
import { assert } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { RecordingMetrics } from "@/tests/fakes/metrics.ts";
import { FakeTimer, settle } from "@/tests/fakes/timer.ts";
import { z } from "zod";

/** Middle of the back-off's range. */
const RANDOM = 0.5;

export interface KitOptions {
  readonly jobs: readonly Job[];
  readonly wakers?: readonly Waker[];
  readonly slots?: number;
  /** Replaces some of what the store does. */
  readonly store?: (store: JobStore) => Partial<JobStore>;
}

/** The jobs of one process over a database in memory, with its time in the test's hands. */
export class JobKit implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly timer = new FakeTimer(this.clock);
  readonly log = new RecordingLog();
  readonly metrics = new RecordingMetrics();
  readonly store: JobStore;
  readonly database: Database;
  readonly system: JobSystem;

  private constructor(database: Database, { jobs, wakers = [], slots = 4, store }: KitOptions) {
    this.database = database;
    const real = new SqlJobStore(database, this.clock);
    this.store = store ? overlaid(real, store(real)) : real;
    this.system = this.another({ jobs, wakers, slots, owner: "a" });
  }

  static async open(options: KitOptions): Promise<JobKit> {
    return new JobKit(await openTestDatabase(), options);
  }

  /** The jobs of another process over the same database. */
  another(
    { jobs, wakers = [], slots = 4, owner }: {
      readonly jobs: readonly Job[];
      readonly wakers?: readonly Waker[];
      readonly slots?: number;
      readonly owner: string;
    },
  ): JobSystem {
    return new JobSystem({
      jobs,
      wakers,
      slots,
      owner,
      store: this.store,
      leases: new SqlLeaseStore(this.database, this.clock),
      clock: this.clock,
      timer: this.timer,
      random: () => RANDOM,
      log: this.log,
      metrics: this.metrics,
    });
  }

  start(): void {
    this.system.start({ hasCron: false });
  }

  /** The job as the table has it now. */
  async read({ id }: Pick<JobRecord, "id">): Promise<JobRecord> {
    await settle();
    const record = await this.store.find(id);
    assert(record !== null, "the job is in the table");
    return record;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.system.stop();
    await this.database.close();
  }
}

/** The store with some of its methods replaced. */
function overlaid(store: JobStore, replaced: Partial<JobStore>): JobStore {
  return new Proxy(store, {
    get(target, name) {
      const own = Reflect.get(replaced, name) ?? Reflect.get(target, name);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

/** A job `count`, told a number and keyed by it. */
export function countJob(
  run: (context: JobContext<number>) => Promise<JsonValue>,
  options: Partial<
    Pick<Job, "name" | "timeoutMs" | "maxAttempts" | "concurrency">
  > = {},
): Job<number> {
  return defineJob({
    name: "count",
    payload: z.number(),
    key: String,
    timeoutMs: MINUTE_MS,
    maxAttempts: 3,
    concurrency: 2,
    ...options,
    run,
  });
}

/** Resolves when the signal aborts, as a well-behaved run does. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}
