import { MINUTE_MS } from "../services/kernel/time.ts";
import type { DemoMarket } from "../services/market/mod.ts";
import type { Clock } from "../services/ports/mod.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** Brings the demo market up to now, or removes it where real candles have taken its place. */
export function refreshDemo(
  { demo, clock }: { readonly demo: DemoMarket; readonly clock: Clock },
): Job<null> {
  return defineJob({
    name: "refresh_demo",
    payload: NO_PAYLOAD,
    schedule: { everyMs: MINUTE_MS },
    timeoutMs: 5 * MINUTE_MS,
    maxAttempts: 10,
    concurrency: 1,
    async run({ signal }) {
      const { isActive, written, removed } = await demo.refresh(clock.now(), signal);
      return { is_active: isActive, written, removed };
    },
  });
}
