import { sql } from "kysely";
import { DAY_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Horizon } from "../../scores/honesty.ts";
import type {
  DayRelation,
  MeasuredRelation,
  RelationRange,
  RelationStore,
} from "../../scores/ports.ts";
import type { Database } from "../database.ts";

/** Rows of one statement: both databases take so many parameters and no more. */
const ROWS_AT_ONCE = 500;

/** How scores went with what followed, in either database. */
export class SqlRelationStore implements RelationStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async listRelations(
    method: string,
    { horizon, first, last, isDemo }: RelationRange,
  ): Promise<readonly MeasuredRelation[]> {
    const rows = await this.#database.read.selectFrom("score_relations")
      .select(["day", "inputs", "correlations", "measured_at"])
      .where("method", "=", method).where("horizon", "=", horizon)
      .where("day", ">=", first).where("day", "<=", last)
      .where(sql<boolean>`(${last} - day) % ${horizon * DAY_MS} = 0`)
      .where("is_demo", "=", Number(isDemo))
      .orderBy("day").execute();
    return rows.map(({ day, inputs, correlations, measured_at }) => ({
      horizon,
      day: utcMsOf(day),
      inputs,
      isDemo,
      correlations: JSON.parse(correlations) as readonly (number | null)[],
      measuredAt: utcMsOf(measured_at),
    }));
  }

  async listInputs(method: string, horizon: Horizon): Promise<ReadonlyMap<UtcMs, string>> {
    const rows = await this.#database.read.selectFrom("score_relations")
      .select(["day", "inputs"])
      .where("method", "=", method).where("horizon", "=", horizon).execute();
    return new Map(rows.map(({ day, inputs }) => [utcMsOf(day), inputs]));
  }

  async recordRelations(method: string, relations: readonly DayRelation[]): Promise<void> {
    const now = this.#clock.now();
    const rows = relations.map(({ horizon, day, isDemo, inputs, correlations }) => ({
      method,
      horizon,
      day,
      is_demo: Number(isDemo),
      inputs,
      correlations: JSON.stringify(correlations),
      measured_at: now,
    }));
    await this.#database.transaction(async ({ db }) => {
      for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
        await db.insertInto("score_relations").values(rows.slice(at, at + ROWS_AT_ONCE))
          .onConflict((conflict) =>
            conflict.columns(["method", "horizon", "day"]).doUpdateSet((row) => ({
              is_demo: row.ref("excluded.is_demo"),
              inputs: row.ref("excluded.inputs"),
              correlations: row.ref("excluded.correlations"),
              measured_at: row.ref("excluded.measured_at"),
            }))
          ).execute();
      }
    });
  }

  async deleteRelations(
    method: string,
    { horizon, days }: { readonly horizon: Horizon; readonly days: readonly UtcMs[] },
  ): Promise<number> {
    if (days.length === 0) return 0;
    let deleted = 0;
    await this.#database.transaction(async ({ db }) => {
      for (let at = 0; at < days.length; at += ROWS_AT_ONCE) {
        const { numDeletedRows } = await db.deleteFrom("score_relations")
          .where("method", "=", method).where("horizon", "=", horizon)
          .where("day", "in", days.slice(at, at + ROWS_AT_ONCE)).executeTakeFirst();
        deleted += Number(numDeletedRows);
      }
    });
    return deleted;
  }
}
