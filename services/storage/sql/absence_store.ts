import { sql } from "kysely";
import { utcMsOf } from "../../kernel/time.ts";
import type { SeriesKey } from "../../market/candle.ts";
import type { TimeRange } from "../../market/ports.ts";
import type { AbsenceStore } from "../../market/mod.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";

/** What venues have no candles of, in either database. */
export class SqlAbsenceStore implements AbsenceStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async listAbsences(key: SeriesKey): Promise<readonly TimeRange[]> {
    const rows = await this.#database.read.selectFrom("candle_absences")
      .select(["from_time", "to_time"])
      .where("asset_id", "=", key.assetId)
      .where("interval", "=", key.interval)
      .where("source", "=", key.source)
      .orderBy("from_time")
      .execute();
    return rows.map((row) => ({ from: utcMsOf(row.from_time), to: utcMsOf(row.to_time) }));
  }

  /** A range that begins where, or before, a known one ends makes that one longer. */
  async recordAbsence(key: SeriesKey, { from, to }: TimeRange): Promise<void> {
    const end = { to_time: to, asked_at: this.#clock.now() };
    await this.#database.transaction(async ({ db }) => {
      const { numUpdatedRows } = await db.updateTable("candle_absences").set(end)
        .where("asset_id", "=", key.assetId)
        .where("interval", "=", key.interval)
        .where("source", "=", key.source)
        .where("from_time", "<", from)
        .where("to_time", ">=", from)
        .where("to_time", "<", to)
        .executeTakeFirst();
      if (numUpdatedRows > 0) return;
      await db.insertInto("candle_absences").values({
        asset_id: key.assetId,
        interval: key.interval,
        source: key.source,
        from_time: from,
        ...end,
      }).onConflict((conflict) =>
        conflict.columns(["asset_id", "interval", "source", "from_time"]).doUpdateSet((eb) => ({
          to_time: eb.ref("excluded.to_time"),
          asked_at: eb.ref("excluded.asked_at"),
        })).where(sql<boolean>`candle_absences.to_time < excluded.to_time`)
      ).execute();
    });
  }
}
