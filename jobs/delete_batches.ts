import type { JobContext } from "./job.ts";

/** Rows of one transaction: some milliseconds, so that other writers get their turn in between. */
const BATCH_ROWS = 250;

/** Deletes rows batch by batch until none is left, and tells how many there were. */
export async function deleteBatches(
  deleteSome: (limit: number) => Promise<number>,
  { signal, reportProgress, rest }: Pick<JobContext<null>, "signal" | "reportProgress"> & {
    /** Lets other work run between batches. */
    readonly rest: () => Promise<void>;
  },
): Promise<{ readonly deleted: number }> {
  let deleted = 0;
  for (let batch = BATCH_ROWS; batch > 0;) {
    signal.throwIfAborted();
    batch = await deleteSome(BATCH_ROWS);
    deleted += batch;
    reportProgress({ done: deleted, total: null, note: "rows deleted" });
    await rest();
  }
  return { deleted };
}
