import type { DemoMarket } from "../services/market/mod.ts";
import type { JobStore } from "../services/ports/jobs.ts";
import type { Clock } from "../services/ports/mod.ts";
import type { Job } from "./job.ts";
import { pruneJobs } from "./prune_jobs.ts";
import { refreshDemo } from "./refresh_demo.ts";

export { defineCrons } from "./cron.ts";
export type { Job } from "./job.ts";
export { JobSystem, type JobSystemDeps, type JobSystemStatus } from "./job_system.ts";

export interface JobDeps {
  readonly demo: DemoMarket;
  readonly store: JobStore;
  readonly clock: Clock;
}

/** Every job of the product. */
export function createJobs(deps: JobDeps): readonly Job[] {
  return [refreshDemo(deps), pruneJobs(deps)];
}
