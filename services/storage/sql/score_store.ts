import { DAY_MS, type IsoDay, isoDayOf, utcMsOf } from "../../kernel/time.ts";
import type { Clock } from "../../ports/mod.ts";
import { startOfDay } from "../../scores/daily_panel.ts";
import type { Grade } from "../../scores/grade.ts";
import type { ScorePoint, ScoreStore } from "../../scores/ports.ts";
import type { GradesBefore, Lineage, Scorecard, ScoreRun } from "../../scores/score_run.ts";
import type { Span } from "../../scores/uncertainty.ts";
import type { Database } from "../database.ts";

/** Points of one answer. */
const PAGE_LIMIT = 1_000;
/** Rows of one statement: both databases take so many parameters and no more. */
const ROWS_AT_ONCE = 500;

/** Runs of the scores in either database. */
export class SqlScoreStore implements ScoreStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async recordRun(run: ScoreRun): Promise<void> {
    const { method, previousDay } = run;
    const day = startOfDay(run.day);
    const row = {
      method,
      day,
      previous_day: previousDay === null ? null : startOfDay(previousDay),
      created_at: this.#clock.now(),
      is_demo: Number(run.cards.some(({ isDemo }) => isDemo)),
      lineage: JSON.stringify(run.lineage),
      universe: JSON.stringify(run.universe),
    };
    const cards = run.cards.map((card) => toCardRow(card, { method, day }));
    await this.#database.transaction(async ({ db }) => {
      for (const table of ["score_runs", "score_cards"] as const) {
        await db.deleteFrom(table).where("method", "=", method).where("day", "=", day).execute();
      }
      await db.insertInto("score_runs").values(row).execute();
      for (let at = 0; at < cards.length; at += ROWS_AT_ONCE) {
        await db.insertInto("score_cards").values(cards.slice(at, at + ROWS_AT_ONCE)).execute();
      }
    });
  }

  async deleteDemoRuns(): Promise<number> {
    const { read } = this.#database;
    const runs = await read.selectFrom("score_runs").select(["method", "day"])
      .where("is_demo", "=", 1).execute();
    if (runs.length === 0) return 0;
    await this.#database.transaction(async ({ db }) => {
      for (const { method, day } of runs) {
        for (const table of ["score_cards", "score_runs"] as const) {
          await db.deleteFrom(table).where("method", "=", method).where("day", "=", day).execute();
        }
      }
    });
    return runs.length;
  }

  async findRun(method: string, day: IsoDay): Promise<ScoreRun | null> {
    const at = startOfDay(day);
    const { read } = this.#database;
    const row = await read.selectFrom("score_runs").selectAll()
      .where("method", "=", method).where("day", "=", at).executeTakeFirst();
    if (!row) return null;
    const cards = await read.selectFrom("score_cards").select("card")
      .where("method", "=", method).where("day", "=", at).orderBy("asset_id").execute();
    return {
      method,
      day,
      asof: utcMsOf(at + DAY_MS),
      lineage: JSON.parse(row.lineage) as Lineage,
      universe: JSON.parse(row.universe) as readonly string[],
      previousDay: row.previous_day === null ? null : isoDayOf(utcMsOf(row.previous_day)),
      cards: cards.map(({ card }) => JSON.parse(card) as Scorecard),
    };
  }

  async findLastDay(method: string, until?: IsoDay): Promise<IsoDay | null> {
    let query = this.#database.read.selectFrom("score_runs").select("day")
      .where("method", "=", method);
    if (until !== undefined) query = query.where("day", "<=", startOfDay(until));
    const row = await query.orderBy("day", "desc").limit(1).executeTakeFirst();
    return row ? isoDayOf(utcMsOf(row.day)) : null;
  }

  async findGrades(
    method: string,
    { from, before }: { readonly from: IsoDay; readonly before: IsoDay },
  ): Promise<GradesBefore | null> {
    const { read } = this.#database;
    const last = await read.selectFrom("score_runs").select("day")
      .where("method", "=", method)
      .where("day", ">=", startOfDay(from)).where("day", "<", startOfDay(before))
      .orderBy("day", "desc").limit(1).executeTakeFirst();
    if (!last) return null;
    const rows = await read.selectFrom("score_cards").select(["asset_id", "grade"])
      .where("method", "=", method).where("day", "=", last.day).orderBy("asset_id").execute();
    const grades = new Map(
      rows.flatMap(({ asset_id, grade }) =>
        grade === null ? [] : [[asset_id, JSON.parse(grade) as Grade] as const]
      ),
    );
    return { day: isoDayOf(utcMsOf(last.day)), grades };
  }

  async listPoints(
    method: string,
    { assetId, until, limit }: {
      readonly assetId: string;
      readonly until: IsoDay;
      readonly limit: number;
    },
  ): Promise<readonly ScorePoint[]> {
    const rows = await this.#database.read.selectFrom("score_cards")
      .select(["day", "score", "band", "rank", "grade", "coverage"])
      .where("method", "=", method).where("asset_id", "=", assetId)
      .where("day", "<=", startOfDay(until))
      .orderBy("day", "desc").limit(Math.min(limit, PAGE_LIMIT)).execute();
    return rows.reverse().map(({ day, score, band, rank, grade, coverage }) => ({
      day: isoDayOf(utcMsOf(day)),
      score,
      band: band === null ? null : JSON.parse(band) as Span,
      rank,
      letter: grade === null ? null : (JSON.parse(grade) as Grade).letter,
      coverage,
    }));
  }
}

function toCardRow(card: Scorecard, key: { method: string; day: number }) {
  const { assetId, score, band, rank, grade, coverage } = card;
  return {
    ...key,
    asset_id: assetId,
    score,
    band: band && JSON.stringify(band),
    rank,
    grade: grade && JSON.stringify(grade),
    coverage,
    card: JSON.stringify(card),
  };
}
