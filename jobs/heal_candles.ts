import { z } from "zod";
import { fingerprint } from "../services/kernel/fingerprint.ts";
import { MINUTE_MS, type UtcMs } from "../services/kernel/time.ts";
import type { AssetId, CandleHealer, FeedGap } from "../services/market/mod.ts";
import type { NewJob } from "../services/ports/jobs.ts";
import { defineJob, type Job } from "./job.ts";

const Gap = z.strictObject({
  venue: z.string(),
  asset_ids: z.array(z.string()).min(1),
  from: z.int(),
  to: z.int(),
  reason: z.string(),
});
export type HealPayload = z.output<typeof Gap>;

const DEFINITION = {
  name: "heal_candles",
  payload: Gap,
  key: ({ venue, asset_ids, from, to }: HealPayload) =>
    `${venue} ${from}-${to} ${fingerprint(asset_ids.join()).toString(36)}`,
  timeoutMs: 5 * MINUTE_MS,
  maxAttempts: 12,
  concurrency: 4,
};

/** The row that asks for a gap to be healed. */
export function healRequest({ venue, assetIds, from, to, reason }: FeedGap): NewJob {
  const { name, key, maxAttempts, timeoutMs } = DEFINITION;
  const payload = { venue, asset_ids: [...assetIds], from, to, reason };
  return { name, key: `${name} ${key(payload)}`, payload, maxAttempts, timeoutMs };
}

/** Fetches the candles of a gap in a venue's trades, so that none of ours lacks any. */
export function healCandles({ healer }: { readonly healer: CandleHealer }): Job<HealPayload> {
  return defineJob({
    ...DEFINITION,
    async run({ payload, signal, reportProgress }) {
      const { venue, asset_ids: names, from, to } = payload;
      const assetIds = names as readonly string[] as readonly AssetId[];
      const request = { venue, assetIds, from: from as UtcMs, to: to as UtcMs };
      const onProgress = (done: number) =>
        reportProgress({ done, total: assetIds.length, note: "assets" });
      return { ...await healer.heal(request, { signal, onProgress }) };
    },
  });
}
