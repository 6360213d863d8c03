import { MINUTE_MS } from "../services/kernel/time.ts";
import type { GaugeService } from "../services/onchain/mod.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** Deletes readings of gauges that are older than 90 days. */
export function pruneGauges(
  { gauges }: { readonly gauges: Pick<GaugeService, "prune"> },
): Job<null> {
  return defineJob({
    name: "prune_gauges",
    payload: NO_PAYLOAD,
    schedule: { cron: "50 3 * * *" },
    timeoutMs: 10 * MINUTE_MS,
    maxAttempts: 3,
    concurrency: 1,
    async run() {
      return { deleted: await gauges.prune() };
    },
  });
}
