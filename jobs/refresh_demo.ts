import { MINUTE_MS } from "../services/kernel/time.ts";
import type { DemoMarket } from "../services/market/mod.ts";
import type { Clock } from "../services/ports/mod.ts";
import type { RepeatedJob } from "./repeated_job.ts";

/** Brings the demo market up to now, or removes it where real candles have taken its place. */
export function refreshDemo({ demo, clock }: { demo: DemoMarket; clock: Clock }): RepeatedJob {
  return {
    name: "refresh_demo",
    everyMs: MINUTE_MS,
    run: async (signal) => ({ ...await demo.refresh(clock.now(), signal) }),
  };
}
