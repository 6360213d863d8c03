import { MINUTE_MS } from "../services/kernel/time.ts";
import { GAUGE_EVERY_MS, type GaugeService } from "../services/onchain/mod.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** Reads gas prices and what waits for a block, once a minute over all processes. */
export function fetchGauges(
  { gauges }: { readonly gauges: Pick<GaugeService, "readAll"> },
): Job<null> {
  return defineJob({
    name: "fetch_gauges",
    payload: NO_PAYLOAD,
    schedule: { everyMs: GAUGE_EVERY_MS },
    timeoutMs: MINUTE_MS,
    // What could not be read is read in the next minute.
    maxAttempts: 1,
    concurrency: 1,
    async run({ signal }) {
      return await gauges.readAll(signal);
    },
  });
}
