import { z } from "zod";
import { MINUTE_MS } from "../services/kernel/time.ts";
import { type AssetId, type Backfill, INTERVALS } from "../services/market/mod.ts";
import type { NewJob } from "../services/ports/jobs.ts";
import { defineJob, type Job } from "./job.ts";

const Scope = z.strictObject({
  asset_id: z.string().nullable(),
  interval: z.enum(INTERVALS).nullable(),
}).nullable();
export type BackfillPayload = z.output<typeof Scope>;

const DEFINITION = {
  name: "backfill_candles",
  payload: Scope,
  key: (scope: BackfillPayload) => `${scope?.asset_id ?? "all"} ${scope?.interval ?? "all"}`,
  schedule: { everyMs: 15 * MINUTE_MS },
  timeoutMs: 60 * MINUTE_MS,
  maxAttempts: 20,
  concurrency: 1,
};

/** The row that asks for missing candles of all assets, or of some. */
export function backfillRequest(payload: BackfillPayload): NewJob {
  const { name, key, maxAttempts, timeoutMs } = DEFINITION;
  return { name, key: `${name} ${key(payload)}`, payload, maxAttempts, timeoutMs };
}

/** Fetches candles that are missing in the windows we keep, as fast as the budgets allow. */
export function backfillCandles(
  { backfill }: { readonly backfill: Backfill },
): Job<BackfillPayload> {
  return defineJob({
    ...DEFINITION,
    async run({ payload, signal, reportProgress }) {
      const scope = {
        assetId: (payload?.asset_id ?? undefined) as AssetId | undefined,
        interval: payload?.interval ?? undefined,
      };
      const onProgress = (done: number, total: number) =>
        reportProgress({ done, total, note: "ranges" });
      return { ...await backfill.run(scope, { signal, onProgress }) };
    },
  });
}
