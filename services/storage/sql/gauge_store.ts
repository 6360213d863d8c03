import type { UtcMs } from "../../kernel/time.ts";
import type { GaugeName, Gauges, GaugeStore } from "../../onchain/gauges.ts";
import type { Database } from "../database.ts";

/** Readings of chains in either database. */
export class SqlGaugeStore implements GaugeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async record<Name extends GaugeName>(name: Name, reading: Gauges[Name]): Promise<void> {
    const row = { name, asof: reading.asof, reading: JSON.stringify(reading) };
    await this.#database.transaction(async ({ db }) => {
      await db.insertInto("gauge_readings").values(row)
        .onConflict((conflict) => conflict.doNothing()).execute();
    });
  }

  async list<Name extends GaugeName>(name: Name, since: UtcMs): Promise<readonly Gauges[Name][]> {
    const rows = await this.#database.read.selectFrom("gauge_readings").select("reading")
      .where("name", "=", name).where("asof", ">=", since).orderBy("asof").execute();
    return rows.map(({ reading }) => JSON.parse(reading) as Gauges[Name]);
  }

  async prune(before: UtcMs): Promise<number> {
    return await this.#database.transaction(async ({ db }) => {
      const { numDeletedRows } = await db.deleteFrom("gauge_readings").where("asof", "<", before)
        .executeTakeFirst();
      return Number(numDeletedRows);
    });
  }
}
