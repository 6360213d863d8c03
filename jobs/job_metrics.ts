import { SECOND_MS } from "../services/kernel/time.ts";
import type { JobState, JobStore } from "../services/ports/jobs.ts";
import type { Counter, Histogram, Metrics } from "../services/ports/metrics.ts";
import type { Clock } from "../services/ports/mod.ts";
import type { Outcome } from "./run.ts";

const DURATION_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const COUNTED: readonly JobState[] = ["queued", "running", "failed", "dead"];

/** What jobs do, for a monitoring system. */
export class JobMetrics {
  readonly #runs: Counter;
  readonly #duration: Histogram;

  /** `names` are those of all jobs, so that a queue that emptied is told as 0. */
  constructor(metrics: Metrics, { names, store, clock }: {
    readonly names: readonly string[];
    readonly store: Pick<JobStore, "count">;
    readonly clock: Clock;
  }) {
    this.#runs = metrics.counter({
      name: "tokenlysis_job_runs_total",
      help: "Runs of jobs in this process by what came of them",
      labels: ["job", "outcome"],
    });
    this.#duration = metrics.histogram({
      name: "tokenlysis_job_duration_seconds",
      help: "How long runs of jobs took in this process",
      labels: ["job"],
      buckets: DURATION_BUCKETS_S,
    });
    const depth = metrics.gauge({
      name: "tokenlysis_jobs",
      help: "Jobs in the table that are not over, or dead",
      labels: ["job", "state"],
    });
    const oldest = metrics.gauge({
      name: "tokenlysis_jobs_oldest_due_seconds",
      help: "How long the job that waits the longest could have run already",
    });
    metrics.beforeScrape(async () => {
      const { counts, oldestDueAt } = await store.count();
      for (const job of names) {
        for (const state of COUNTED) {
          const found = counts.find((one) => one.name === job && one.state === state);
          depth.set(found?.count ?? 0, { job, state });
        }
      }
      oldest.set(oldestDueAt === null ? 0 : (clock.now() - oldestDueAt) / SECOND_MS);
    });
  }

  /** Counts a run that ended. */
  ran(
    job: string,
    { outcome, durationMs }: { readonly outcome: Outcome; readonly durationMs: number },
  ): void {
    this.#runs.add(1, { job, outcome });
    this.#duration.observe(durationMs / SECOND_MS, { job });
  }
}
