import type { DemoMarket } from "../services/market/mod.ts";
import type { Clock } from "../services/ports/mod.ts";
import type { Job } from "./job.ts";
import { refreshDemo } from "./refresh_demo.ts";

/** Every job of the product. */
export function createJobs(deps: { demo: DemoMarket; clock: Clock }): readonly Job[] {
  return [refreshDemo(deps)];
}
