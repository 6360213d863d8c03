import type { DemoMarket } from "../services/market/mod.ts";
import type { Clock } from "../services/ports/mod.ts";
import type { RepeatedJob } from "./repeated_job.ts";
import { refreshDemo } from "./refresh_demo.ts";

/** Every job of the product. */
export function createJobs(deps: { demo: DemoMarket; clock: Clock }): readonly RepeatedJob[] {
  return [refreshDemo(deps)];
}
