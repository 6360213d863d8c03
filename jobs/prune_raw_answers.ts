import { DAY_MS, MINUTE_MS, utcMsOf } from "../services/kernel/time.ts";
import type { Clock } from "../services/ports/mod.ts";
import type { RawAnswerStore } from "../services/ports/provider_records.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** How long answers of providers are kept as they came, and how much room they may take. */
const KEPT_MS = 7 * DAY_MS;
const MAX_BYTES = 512 * 1024 * 1024;

/** Deletes the oldest raw answers. What was made of them stays. */
export function pruneRawAnswers(
  { raw, clock }: { readonly raw: Pick<RawAnswerStore, "prune">; readonly clock: Clock },
): Job<null> {
  return defineJob({
    name: "prune_raw_answers",
    payload: NO_PAYLOAD,
    schedule: { cron: "40 * * * *" },
    timeoutMs: 10 * MINUTE_MS,
    maxAttempts: 3,
    concurrency: 1,
    async run() {
      const before = utcMsOf(clock.now() - KEPT_MS);
      return { deleted: await raw.prune({ before, maxBytes: MAX_BYTES }) };
    },
  });
}
