import { z } from "zod";
import { parseUuid, type Uuid } from "../services/kernel/ids.ts";
import { MINUTE_MS } from "../services/kernel/time.ts";
import type { SnapshotKeeper } from "../services/portfolio/mod.ts";
import type { NewJob } from "../services/ports/jobs.ts";
import { defineJob, type Job } from "./job.ts";

const PortfolioId = z.string().transform((text, context): Uuid => {
  const id = parseUuid(text);
  if (id !== null) return id;
  context.addIssue({ code: "custom", message: `expected a UUID, got "${text}"` });
  return z.NEVER;
});

const Payload = z.strictObject({
  owner_id: z.string(),
  portfolio_id: PortfolioId,
  /** `all` values everything anew; `null` what rows, prices, rates and time changed. */
  refresh: z.literal("all").nullable(),
});
export type RebuildPortfolioPayload = z.output<typeof Payload>;

const DEFINITION = {
  name: "rebuild_portfolio",
  payload: Payload,
  // What changed is found by the run itself, so one that waits stands for all before it.
  key: ({ portfolio_id, refresh }: RebuildPortfolioPayload) =>
    refresh === null ? portfolio_id : `${portfolio_id} ${refresh}`,
  timeoutMs: 30 * MINUTE_MS,
  maxAttempts: 5,
  concurrency: 1,
};

/** The row that asks for a portfolio's snapshots to be brought up to its ledger and the present. */
export function rebuildPortfolioRequest(payload: RebuildPortfolioPayload): NewJob {
  const { name, key, maxAttempts, timeoutMs } = DEFINITION;
  return { name, key: `${name} ${key(payload)}`, payload, maxAttempts, timeoutMs };
}

/** Values a portfolio through time, in a thread; what is done already is not done again. */
export function rebuildPortfolio(
  { snapshots }: { readonly snapshots: Pick<SnapshotKeeper, "run"> },
): Job<RebuildPortfolioPayload> {
  return defineJob({
    ...DEFINITION,
    async run({ payload, signal, reportProgress }) {
      const { owner_id: ownerId, portfolio_id: portfolioId, refresh } = payload;
      const result = await snapshots.run({ ownerId, portfolioId }, {
        signal,
        onProgress: (done, total) => reportProgress({ done, total, note: "assets" }),
        isWhole: refresh === "all",
      });
      return { ...result };
    },
  });
}
