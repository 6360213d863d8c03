import { MINUTE_MS } from "../services/kernel/time.ts";
import { defineJob, type Job, NO_PAYLOAD } from "./job.ts";

/** Rows of one transaction: some milliseconds, so that other writers get their turn in between. */
const BATCH_ROWS = 250;

/** Lets other work run between batches. */
export interface BatchDeps {
  readonly rest: () => Promise<void>;
}

/** A job that deletes rows batch by batch until `deleteSome` finds none. */
export function deleteBatches(
  { name, cron, rest, deleteSome }: BatchDeps & {
    readonly name: string;
    readonly cron: string;
    /** Deletes up to so many rows; how many there were. */
    readonly deleteSome: (limit: number) => Promise<number>;
  },
): Job<null> {
  return defineJob({
    ...{ name, payload: NO_PAYLOAD, schedule: { cron } },
    timeoutMs: 30 * MINUTE_MS,
    maxAttempts: 3,
    concurrency: 1,
    async run({ signal, reportProgress }) {
      let deleted = 0;
      for (let batch = BATCH_ROWS; batch > 0;) {
        signal.throwIfAborted();
        batch = await deleteSome(BATCH_ROWS);
        deleted += batch;
        reportProgress({ done: deleted, total: null, note: "rows deleted" });
        await rest();
      }
      return { deleted };
    },
  });
}
