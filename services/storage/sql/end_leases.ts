import { type Kysely, sql } from "kysely";
import type { Log } from "../../ports/mod.ts";
import type { Schema } from "./schema.ts";

/** Before every instant of a clock. */
const LONG_AGO = 0;

/**
 * Ends all that is held for a time: runs of jobs, imports' claims of ledgers, named leases. For
 * whoever knows that no holder lives any more, so that nobody waits for their time to run out.
 */
export async function endLeases(
  write: Kysely<Schema>,
  { log }: { readonly log: Log },
): Promise<void> {
  const ended = await write.transaction().execute(async (db) => {
    const jobs = await db.updateTable("jobs").set({ lease_until: LONG_AGO })
      .where(sql<boolean>`state = 'running'`).executeTakeFirst();
    const imports = await db.updateTable("portfolios").set({ claimed_until: LONG_AGO })
      .where("claim", "is not", null).executeTakeFirst();
    const leases = await db.deleteFrom("leases").executeTakeFirst();
    return {
      jobs: Number(jobs.numUpdatedRows),
      imports: Number(imports.numUpdatedRows),
      leases: Number(leases.numDeletedRows),
    };
  });
  const isAny = Object.values(ended).some((count) => count > 0);
  if (isAny) log.info("Ended what processes that are gone still held", ended);
}
