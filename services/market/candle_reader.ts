import { giveWay } from "../kernel/give_way.ts";
import type { UtcMs } from "../kernel/time.ts";
import {
  bucketStart,
  CANDLE_VALUE_COLUMNS,
  type CandleColumns,
  emptyColumns,
  type Interval,
  intervalMs,
  sliceColumns,
} from "./candle.ts";
import { deriveCandles } from "./derive.ts";
import type { CandleStore, TimeRange } from "./ports.ts";
import type { SeriesChoice } from "./series_choice.ts";

/**
 * Stored candles that one derived answer may read. What lies beyond is left to the next page, so
 * that no request rolls up an unbounded history.
 */
export const MAX_PARTS_READ = 200_000;

/** Stored candles read at once; between two such reads other requests get their turn. */
const PARTS_PER_READ = 10_000;

export interface CandleQuery {
  readonly range: TimeRange;
  readonly limit: number;
  /** Which end of the range to keep where it holds more than `limit`. */
  readonly order: "first" | "last";
}

/** Candles as read for a choice. */
export interface CandleRead {
  readonly candles: CandleColumns;
  /** Parts that each derived bucket lacks; `null` for stored candles. */
  readonly partsMissing: Uint16Array | null;
  /** Whether the range holds candles beyond those read. */
  readonly hasMore: boolean;
}

/** The candles of a choice inside the range, ascending, stored or rolled up. */
export async function readCandles(
  store: CandleStore,
  { choice, query }: { choice: SeriesChoice; query: CandleQuery },
): Promise<CandleRead> {
  const { series, derivedFrom } = choice;
  if (derivedFrom !== null) return await readDerived(store, { choice, query, derivedFrom });
  const { range, limit, order } = query;
  const wanted = limit + 1;
  const { candles } = await readParts(store, { seriesId: series.seriesId, range, wanted, order });
  if (candles.length <= limit) return { candles, partsMissing: null, hasMore: false };
  const start = order === "first" ? 0 : candles.length - limit;
  const page = sliceColumns(candles, { start, end: start + limit });
  return { candles: page, partsMissing: null, hasMore: true };
}

/** The candles of a choice just before an instant, ascending, at most `bars`. */
export async function readCandlesBefore(
  store: CandleStore,
  { choice, before, bars }: { choice: SeriesChoice; before: UtcMs; bars: number },
): Promise<CandleColumns> {
  const from = choice.series.firstOpenTime;
  if (bars === 0 || before <= from) return emptyColumns(0);
  // A derived bucket starts before the first of its parts.
  const range = { from: bucketStart(from, choice.interval), to: before };
  const query = { range, limit: bars, order: "last" } as const;
  return (await readCandles(store, { choice, query })).candles;
}

async function readDerived(
  store: CandleStore,
  { choice, query, derivedFrom }: {
    choice: SeriesChoice;
    query: CandleQuery;
    derivedFrom: Interval;
  },
): Promise<CandleRead> {
  const { series, interval } = choice;
  const { limit, order } = query;
  const size = intervalMs(interval);
  const whole = {
    from: bucketStart(query.range.from + size - 1, interval),
    to: bucketStart(query.range.to + size - 1, interval),
  };
  const wanted = Math.min(MAX_PARTS_READ, (limit + 1) * (size / intervalMs(derivedFrom)));
  const parts = await readParts(store, { seriesId: series.seriesId, range: whole, wanted, order });
  const derived = deriveCandles(parts.candles, { from: derivedFrom, to: interval });
  // A read that stopped short may have cut the bucket at its open end in two.
  const cut = parts.hasMore && derived.candles.length > 1 ? 1 : 0;
  const length = derived.candles.length - cut;
  const kept = Math.min(limit, length);
  const start = order === "first" ? 0 : derived.candles.length - kept;
  const end = start + kept;
  return {
    candles: sliceColumns(derived.candles, { start, end }),
    partsMissing: derived.partsMissing.subarray(start, end),
    hasMore: parts.hasMore || length > limit,
  };
}

async function readParts(
  store: CandleStore,
  { seriesId, range, wanted, order }: {
    seriesId: number;
    range: TimeRange;
    wanted: number;
    order: "first" | "last";
  },
): Promise<{ candles: CandleColumns; hasMore: boolean }> {
  const pieces: CandleColumns[] = [];
  let { from, to } = range;
  let left = wanted;
  while (left > 0 && from < to) {
    const limit = Math.min(left, PARTS_PER_READ);
    const piece = await store.listCandles(seriesId, { range: { from, to }, limit, order });
    if (order === "first") pieces.push(piece);
    else pieces.unshift(piece);
    left -= piece.length;
    if (piece.length < limit) return { candles: joinColumns(pieces), hasMore: false };
    if (order === "first") from = (piece.openTime[piece.length - 1] ?? to) + 1 as UtcMs;
    else to = (piece.openTime[0] ?? from) as UtcMs;
    if (left > 0) await giveWay();
  }
  return { candles: joinColumns(pieces), hasMore: from < to };
}

/** The candles of the pieces one after the other; the pieces must ascend. */
export function joinColumns(pieces: readonly CandleColumns[]): CandleColumns {
  const only = pieces[0];
  if (pieces.length === 1 && only) return only;
  const joined = emptyColumns(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.openTime.set(piece.openTime, at);
    joined.state.set(piece.state, at);
    for (const name of CANDLE_VALUE_COLUMNS) joined[name].set(piece[name], at);
    at += piece.length;
  }
  return joined;
}
