import type { Transaction } from "kysely";
import {
  CANDLE_STATES,
  type CandleColumns,
  emptyColumns,
  type SeriesKey,
  sliceColumns,
} from "../../market/candle.ts";
import type { CandleWriteResult } from "../../market/ports.ts";
import { type ChangeLog, withChange } from "../../market/series_changes.ts";
import type { CandleRowsWriter } from "../candle_rows.ts";
import { mergeCandles } from "../candle_merge.ts";
import type { WriteTransaction } from "../database.ts";
import type { Schema } from "./schema.ts";

interface SeriesSpan {
  readonly id: number;
  readonly rows: number;
  readonly version: number;
  readonly changes: ChangeLog;
  readonly first_open_time: number | null;
  readonly last_open_time: number | null;
}

/** Candles that are compared and written at once; what lies between is the event loop's. */
const SLICE_ROWS = 16_384;

/** Writes candles of one series, and its sums when anything changed. */
export async function writeCandles(
  write: WriteTransaction,
  { key, candles, at }: { key: SeriesKey; candles: CandleColumns; at: number },
): Promise<{ seriesId: number; result: CandleWriteResult }> {
  checkColumns(candles);
  const series = await lockSeries(write.db, { key, at });
  const sum = { inserted: 0, updated: 0, unchanged: 0, rejected: 0 };
  let changedFrom = Infinity;
  for (let start = 0; start < candles.length; start += SLICE_ROWS) {
    const slice = sliceColumns(candles, { start, end: start + SLICE_ROWS });
    const result = await writeSlice(write.candleRows, { series, candles: slice, at });
    changedFrom = Math.min(changedFrom, result.changedFrom);
    sum.inserted += result.inserted;
    sum.updated += result.updated;
    sum.unchanged += result.unchanged;
    sum.rejected += result.rejected;
  }
  if (sum.inserted + sum.updated > 0) {
    write.touch("candles", sum.inserted);
    await updateSeries(write.db, { series, candles, inserted: sum.inserted, changedFrom, at });
  }
  return { seriesId: series.id, result: sum };
}

async function writeSlice(
  candleRows: CandleRowsWriter,
  { series, candles, at }: { series: SeriesSpan; candles: CandleColumns; at: number },
): Promise<CandleWriteResult & { readonly changedFrom: number }> {
  const { id: seriesId, first_open_time: first, last_open_time: last } = series;
  const { from, to } = spanOf(candles);
  // Past the ends of the series nothing stands, which spares an import of new history the look.
  const standing = from <= (last ?? -Infinity) && to >= (first ?? Infinity)
    ? await candleRows.read({ seriesId, from, to: to + 1, limit: Infinity, order: "first" })
    : emptyColumns(0);
  const { inserts, replaces, revisions, unchanged, rejected } = mergeCandles(candles, standing);
  if (inserts.length > 0) await candleRows.insert({ seriesId, candles, rows: inserts, at });
  if (replaces.length > 0) await candleRows.replace({ seriesId, candles, rows: replaces, at });
  if (revisions.length > 0) await candleRows.revise({ seriesId, candles, rows: revisions, at });
  const updated = replaces.length + revisions.length;
  const changed = [inserts[0], replaces[0], revisions[0]];
  const changedFrom = Math.min(
    ...changed.map((row) => candles.openTime[row ?? NaN] ?? Infinity),
  );
  return { inserted: inserts.length, updated, unchanged, rejected, changedFrom };
}

async function updateSeries(
  db: Transaction<Schema>,
  { series, candles, inserted, changedFrom, at }: {
    series: SeriesSpan;
    candles: CandleColumns;
    inserted: number;
    changedFrom: number;
    at: number;
  },
): Promise<void> {
  const { from, to } = spanOf(candles);
  const version = series.version + 1;
  await db.updateTable("candle_series")
    .set({
      rows: series.rows + inserted,
      first_open_time: Math.min(from, series.first_open_time ?? Infinity),
      last_open_time: Math.max(to, series.last_open_time ?? -Infinity),
      version,
      changes: withChange(series.changes, { version, from: changedFrom }),
      updated_at: at,
    })
    .where("id", "=", series.id)
    .execute();
}

/** The first and the last bucket. */
function spanOf({ openTime, length }: CandleColumns): { from: number; to: number } {
  return { from: openTime[0] ?? NaN, to: openTime[length - 1] ?? NaN };
}

/** The series, made if there is none. On PostgreSQL its row is locked until the commit. */
async function lockSeries(
  db: Transaction<Schema>,
  { key, at }: { key: SeriesKey; at: number },
): Promise<SeriesSpan> {
  return await db.insertInto("candle_series")
    .values({
      asset_id: key.assetId,
      interval: key.interval,
      source: key.source,
      rows: 0,
      first_open_time: null,
      last_open_time: null,
      version: 0,
      changes: "",
      updated_at: at,
    })
    // Sets what stands already: only an update locks the row and gives it back.
    .onConflict((conflict) =>
      conflict.columns(["asset_id", "interval", "source"]).doUpdateSet({ source: key.source })
    )
    .returning(["id", "rows", "version", "changes", "first_open_time", "last_open_time"])
    .executeTakeFirstOrThrow();
}

/** Refuses columns that are not what `CandleColumns` says: our own mistake, never the file's. */
function checkColumns({ length, openTime, close, state }: CandleColumns): void {
  let previous = -Infinity;
  for (let row = 0; row < length; row++) {
    const at = openTime[row] ?? NaN;
    if (!(at > previous) || !Number.isSafeInteger(at)) {
      throw new RangeError(`Cannot write candle ${row}: expected ascending times, got ${at}`);
    }
    if (!Number.isFinite(close[row])) {
      throw new RangeError(`Cannot write candle ${row}: expected a close, got ${close[row]}`);
    }
    if ((state[row] ?? NaN) >= CANDLE_STATES.length) {
      throw new RangeError(`Cannot write candle ${row}: there is no state ${state[row]}`);
    }
    previous = at;
  }
}
