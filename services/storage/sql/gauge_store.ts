import { HOUR_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { type GaugeHour, hourOf, summarizeHour } from "../../onchain/gauge_hours.ts";
import type { GaugeName, Gauges, GaugeStore, GaugeTry } from "../../onchain/gauges.ts";
import type { Database } from "../database.ts";
import { fromGaugeText, toGaugeText } from "./gauge_rows.ts";

/** Readings of chains in either database. */
export class SqlGaugeStore implements GaugeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async record<Name extends GaugeName>(name: Name, reading: Gauges[Name]): Promise<void> {
    const row = { name, asof: reading.asof, reading: toGaugeText(name, reading) };
    const hour = hourOf(reading.asof);
    await this.#database.transaction(async ({ db }) => {
      const { numInsertedOrUpdatedRows } = await db.insertInto("gauge_readings").values(row)
        .onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) return;
      // Made anew of all readings of the hour: adding to it would count one twice that came twice.
      const readings = await db.selectFrom("gauge_readings").select(["asof", "reading"])
        .where("name", "=", name).where("asof", ">=", hour).where("asof", "<", hour + HOUR_MS)
        .orderBy("asof").execute();
      const { hour: _, ...facts } = summarizeHour(name, readings.map((one) => read(name, one)));
      const summary = JSON.stringify(facts);
      await db.insertInto("gauge_hours").values({ name, hour, summary })
        .onConflict((conflict) => conflict.columns(["name", "hour"]).doUpdateSet({ summary }))
        .execute();
    });
  }

  async findLatest<Name extends GaugeName>(name: Name): Promise<Gauges[Name] | null> {
    const row = await this.#database.read.selectFrom("gauge_readings")
      .select(["asof", "reading"])
      .where("name", "=", name).orderBy("asof", "desc").limit(1).executeTakeFirst();
    return row ? read(name, row) : null;
  }

  async list<Name extends GaugeName>(name: Name, since: UtcMs): Promise<readonly Gauges[Name][]> {
    const rows = await this.#database.read.selectFrom("gauge_readings")
      .select(["asof", "reading"])
      .where("name", "=", name).where("asof", ">=", since).orderBy("asof").execute();
    return rows.map((row) => read(name, row));
  }

  async listHours<Name extends GaugeName>(
    name: Name,
    since: UtcMs,
  ): Promise<readonly GaugeHour<Name>[]> {
    const rows = await this.#database.read.selectFrom("gauge_hours").select(["hour", "summary"])
      .where("name", "=", name).where("hour", ">=", since).orderBy("hour").execute();
    return rows.map(({ hour, summary }) => ({
      hour: utcMsOf(hour),
      ...JSON.parse(summary) as Omit<GaugeHour<Name>, "hour">,
    }));
  }

  async recordTry(name: GaugeName, { at, problem }: GaugeTry): Promise<void> {
    await this.#database.transaction(async ({ db }) => {
      await db.insertInto("gauge_tries").values({ name, at, problem })
        .onConflict((conflict) => conflict.column("name").doUpdateSet({ at, problem })).execute();
    });
  }

  async findTry(name: GaugeName): Promise<GaugeTry | null> {
    const row = await this.#database.read.selectFrom("gauge_tries").select(["at", "problem"])
      .where("name", "=", name).executeTakeFirst();
    return row ? { at: utcMsOf(row.at), problem: row.problem } : null;
  }

  async prune(before: UtcMs): Promise<number> {
    return await this.#database.transaction(async ({ db }) => {
      const readings = await db.deleteFrom("gauge_readings").where("asof", "<", before)
        .executeTakeFirst();
      const hours = await db.deleteFrom("gauge_hours").where("hour", "<", hourOf(before))
        .executeTakeFirst();
      return Number(readings.numDeletedRows + hours.numDeletedRows);
    });
  }
}

function read<Name extends GaugeName>(
  name: Name,
  { asof, reading }: { readonly asof: number; readonly reading: string },
): Gauges[Name] {
  return fromGaugeText(name, { asof: utcMsOf(asof), reading });
}
