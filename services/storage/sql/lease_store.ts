import { sql } from "kysely";
import type { LeaseStore } from "../../ports/leases.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";

/**
 * Leases in either database. Each process judges by its own clock: one that is ahead may take a
 * lease early by as much, so leases should be long beside the difference of the clocks.
 */
export class SqlLeaseStore implements LeaseStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async acquire(
    name: string,
    { owner, leaseMs }: { owner: string; leaseMs: number },
  ): Promise<boolean> {
    if (!(Number.isSafeInteger(leaseMs) && leaseMs >= 1)) {
      throw new RangeError(`Cannot lease "${name}": expected leaseMs >= 1, got ${leaseMs}`);
    }
    const now = this.#clock.now();
    const row = { name, owner, lease_until: now + leaseMs };
    // Looked at first, so that those who wait for their turn never take the lock to write.
    const held = await this.#database.read.selectFrom("leases").select("name")
      .where("name", "=", name).where("owner", "!=", owner).where("lease_until", ">", now)
      .executeTakeFirst();
    if (held) return false;
    return await this.#database.transaction(async ({ db }) => {
      const taken = await db.insertInto("leases").values(row)
        .onConflict((conflict) =>
          conflict.column("name").doUpdateSet({ owner, lease_until: row.lease_until })
            .where((eb) =>
              eb.or([
                eb("leases.owner", "=", owner),
                eb(sql.ref<number>("leases.lease_until"), "<=", now),
              ])
            )
        )
        .returning("name").executeTakeFirst();
      return taken !== undefined;
    });
  }

  async release(name: string, owner: string): Promise<void> {
    await this.#database.transaction(({ db }) =>
      db.deleteFrom("leases").where("name", "=", name).where("owner", "=", owner).execute()
    );
  }
}
