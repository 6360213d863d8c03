import type { PaidRunStore, PaidTarget } from "../../defi/ports.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";

/** Runs that are paid for, in either database. */
export class SqlPaidRunStore implements PaidRunStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async findRun({ provider, target }: PaidTarget): Promise<string | null> {
    const row = await this.#database.read.selectFrom("paid_runs").select("run_id")
      .where("provider", "=", provider).where("target", "=", target).executeTakeFirst();
    return row?.run_id ?? null;
  }

  async recordRun(of: PaidTarget, runId: string): Promise<void> {
    const run = { run_id: runId, started_at: this.#clock.now() };
    await this.#database.transaction(async ({ db }) => {
      await db.insertInto("paid_runs").values({ ...of, ...run })
        .onConflict((conflict) => conflict.columns(["provider", "target"]).doUpdateSet(run))
        .execute();
    });
  }

  async forgetRun({ provider, target }: PaidTarget): Promise<void> {
    await this.#database.transaction(async ({ db }) => {
      await db.deleteFrom("paid_runs")
        .where("provider", "=", provider).where("target", "=", target).execute();
    });
  }
}
