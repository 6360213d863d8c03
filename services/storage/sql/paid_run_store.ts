import type { PaidRun, PaidRunStore, PaidTarget } from "../../defi/ports.ts";
import { utcMsOf } from "../../kernel/time.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";

/** A run whose name was not learnt has none; the column takes no null. */
const NAMELESS = "";

/** Runs that are paid for, in either database. */
export class SqlPaidRunStore implements PaidRunStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async findRun({ provider, target }: PaidTarget): Promise<PaidRun | null> {
    const row = await this.#database.read.selectFrom("paid_runs").select(["run_id", "started_at"])
      .where("provider", "=", provider).where("target", "=", target).executeTakeFirst();
    if (row === undefined) return null;
    const id = row.run_id === NAMELESS ? null : row.run_id;
    return { id, startedAt: utcMsOf(row.started_at) };
  }

  async recordRun(of: PaidTarget, id: string | null): Promise<void> {
    const run = { run_id: id ?? NAMELESS, started_at: this.#clock.now() };
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
