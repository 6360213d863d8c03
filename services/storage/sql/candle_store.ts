import type { Kysely, Selectable } from "kysely";
import { type Uuid, UuidFactory } from "../../kernel/ids.ts";
import { nanIfNull } from "../../kernel/numbers.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/assets.ts";
import {
  type CandleColumns,
  type CandleSeries,
  type Interval,
  INTERVALS,
  type SeriesKey,
} from "../../market/candle.ts";
import type {
  CandleImport,
  CandleImportOutcome,
  CandleImportSession,
  CandleImportStart,
  CandleRevision,
  CandleStore,
  CandleWriteResult,
  QuarantinedRow,
  TimeRange,
} from "../../market/ports.ts";
import type { SeriesTracker, TrackedSeries } from "../../market/series_changes.ts";
import type { Clock } from "../../ports/mod.ts";
import type { Database } from "../database.ts";
import { Breather } from "../breather.ts";
import { fromUuidColumn, toUuidColumn } from "../uuid_column.ts";
import { CandleImportWriter } from "./candle_import.ts";
import { writeCandles } from "./candle_writer.ts";
import type { Schema } from "./schema.ts";

const MAX_REVISIONS = 10_000;
const DELETED_AT_ONCE = 5_000;

/** Candles in either database. */
export class SqlCandleStore implements CandleStore, SeriesTracker {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #ids: UuidFactory;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#ids = new UuidFactory(() => clock.now());
  }

  async listSeries(
    { assetId }: { readonly assetId?: AssetId } = {},
  ): Promise<readonly CandleSeries[]> {
    let query = this.#database.read.selectFrom("candle_series").selectAll();
    if (assetId !== undefined) query = query.where("asset_id", "=", assetId);
    // Sorted here, as the databases do not agree on the order of texts.
    return (await query.execute()).map(toSeries).sort(bySeriesKey);
  }

  async listTracked(): Promise<readonly TrackedSeries[]> {
    const rows = await this.#database.read.selectFrom("candle_series").selectAll().execute();
    return rows.map((row) => ({ ...toSeries(row), changes: row.changes })).sort(bySeriesKey);
  }

  async findSeries(key: SeriesKey): Promise<CandleSeries | null> {
    const row = await this.#database.read.selectFrom("candle_series").selectAll()
      .where("asset_id", "=", key.assetId)
      .where("interval", "=", key.interval)
      .where("source", "=", key.source)
      .executeTakeFirst();
    return row ? toSeries(row) : null;
  }

  /** A long series comes in pages; one that changes meanwhile may mix its states. */
  listCandles(
    seriesId: number,
    { range, limit, order = "first", only }: {
      readonly range: TimeRange;
      readonly limit: number;
      readonly order?: "first" | "last";
      readonly only?: "close";
    },
  ): Promise<CandleColumns> {
    return this.#database.candleRows.read({ seriesId, ...range, limit, order, only });
  }

  upsertCandles(key: SeriesKey, candles: CandleColumns): Promise<CandleWriteResult> {
    return this.#database.transaction(async (write) =>
      (await writeCandles(write, { key, candles, at: this.#clock.now() })).result
    );
  }

  upsertAll(
    writes: readonly { readonly key: SeriesKey; readonly candles: CandleColumns }[],
  ): Promise<void> {
    const at = this.#clock.now();
    // In one order everywhere, as each series is locked until the commit.
    const ordered = writes.toSorted((a, b) => bySeriesKey(a.key, b.key));
    return this.#database.transaction(async (write) => {
      for (const { key, candles } of ordered) await writeCandles(write, { key, candles, at });
    });
  }

  recordImport(
    start: CandleImportStart,
    work: (session: CandleImportSession) => Promise<CandleImportOutcome>,
  ): Promise<CandleImport> {
    return this.#database.transaction(async (write) => {
      const writer = new CandleImportWriter(write, {
        dialect: this.#database.dialect,
        importId: this.#ids.next(),
        clock: this.#clock,
      });
      await writer.begin(start);
      return toImport(await writer.finish(await work(writer)));
    });
  }

  async listImports(
    { assetId, limit }: { readonly assetId?: AssetId; readonly limit: number },
  ): Promise<readonly CandleImport[]> {
    let query = this.#database.read.selectFrom("candle_imports").selectAll()
      .orderBy("started_at", "desc").orderBy("id", "desc").limit(limit);
    if (assetId !== undefined) {
      query = query.where((where) =>
        where.exists(
          where.selectFrom("candle_import_series")
            .innerJoin("candle_series", "candle_series.id", "candle_import_series.series_id")
            .select("import_id")
            .whereRef("import_id", "=", "candle_imports.id")
            .where("asset_id", "=", assetId),
        )
      );
    }
    return (await query.execute()).map(toImport);
  }

  async listQuarantined(importId: Uuid, limit: number): Promise<readonly QuarantinedRow[]> {
    const { read, dialect } = this.#database;
    const rows = await read.selectFrom("quarantined_rows").select(["line", "text", "reason"])
      .where("import_id", "=", toUuidColumn(importId, dialect))
      .orderBy("position").limit(limit).execute();
    return rows.map(({ line, text, reason }) => ({ line, text, reason }));
  }

  /** The first 10,000 of the range, by bucket and age. */
  async listRevisions(seriesId: number, range: TimeRange): Promise<readonly CandleRevision[]> {
    const rows = await this.#database.read.selectFrom("candle_revisions").selectAll()
      .where("series_id", "=", seriesId)
      .where("open_time", ">=", range.from)
      .where("open_time", "<", range.to)
      .orderBy("open_time").orderBy("revision").limit(MAX_REVISIONS).execute();
    return rows.map((row) => ({
      openTime: utcMsOf(row.open_time),
      revision: row.revision,
      open: nanIfNull(row.open),
      high: nanIfNull(row.high),
      low: nanIfNull(row.low),
      close: row.close,
      volume: row.volume,
      replacedAt: utcMsOf(row.replaced_at),
    }));
  }

  /** Goes with its imports, which would name the origin of nothing. */
  deleteSource(source: string): Promise<number> {
    return this.#database.transaction(async ({ db, touch }) => {
      const series = await db.selectFrom("candle_series").select("id")
        .where("source", "=", source).execute();
      for (const { id } of series) {
        await deleteRows(db, { table: "candles", seriesId: id });
        await deleteRows(db, { table: "candle_revisions", seriesId: id });
      }
      await db.deleteFrom("candle_series").where("source", "=", source).execute();
      await db.deleteFrom("candle_imports").where("source", "=", source).execute();
      if (series.length > 0) touch("candles");
      return series.length;
    });
  }
}

/** Part by part, so that the deletion of a long series does not hold the event loop. */
async function deleteRows(
  db: Kysely<Schema>,
  { table, seriesId }: { table: "candles" | "candle_revisions"; seriesId: number },
): Promise<void> {
  const breather = new Breather();
  let from: number | undefined;
  do {
    // Starts where the last part ended: PostgreSQL would step over all deleted rows again.
    const next: { open_time: number } | undefined = await db.selectFrom(table).select("open_time")
      .where("series_id", "=", seriesId).where("open_time", ">=", from ?? Number.MIN_SAFE_INTEGER)
      .orderBy("open_time").offset(DELETED_AT_ONCE).limit(1).executeTakeFirst();
    from = next?.open_time;
    await db.deleteFrom(table).where("series_id", "=", seriesId)
      .where("open_time", "<", from ?? Number.MAX_SAFE_INTEGER).execute();
    await breather.restIfDue();
  } while (from !== undefined);
}

function bySeriesKey(a: SeriesKey, b: SeriesKey): number {
  return compare(a.assetId, b.assetId) ||
    INTERVALS.indexOf(a.interval) - INTERVALS.indexOf(b.interval) ||
    compare(a.source, b.source);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function toSeries(row: Selectable<Schema["candle_series"]>): CandleSeries {
  return {
    seriesId: row.id,
    assetId: row.asset_id as AssetId,
    interval: row.interval as Interval,
    source: row.source,
    rows: row.rows,
    firstOpenTime: row.first_open_time as UtcMs | null,
    lastOpenTime: row.last_open_time as UtcMs | null,
    version: row.version,
    updatedAt: utcMsOf(row.updated_at),
  };
}

function toImport(row: Schema["candle_imports"]): CandleImport {
  return {
    importId: fromUuidColumn(row.id),
    source: row.source,
    origin: row.origin,
    format: row.format,
    checksum: row.checksum,
    startedAt: utcMsOf(row.started_at),
    finishedAt: row.finished_at as UtcMs | null,
    read: row.rows_read,
    inserted: row.inserted,
    updated: row.updated,
    unchanged: row.unchanged,
    quarantined: row.quarantined,
  };
}
