import { type CandleColumns, emptyColumns, sliceColumns } from "../market/candle.ts";

/** Which candles of a series, ascending in any case. */
export interface CandleRowsQuery {
  readonly seriesId: number;
  /** Half-open range of bucket starts. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  /** Which end of the range the limit keeps. */
  readonly order: "first" | "last";
}

/** Candles as they stand, column by column: the hot path that Kysely is too slow for. */
export interface CandleRows {
  read(query: CandleRowsQuery): Promise<CandleColumns>;
}

/** Candles to write: some of the columns' rows, by index. */
export interface CandleRowsToWrite {
  readonly seriesId: number;
  readonly candles: CandleColumns;
  /** Ascending indexes into `candles`. */
  readonly rows: Uint32Array;
  /** UTC ms. */
  readonly at: number;
}

/** Writes inside a transaction, which its reads see. */
export interface CandleRowsWriter extends CandleRows {
  /** Inserts buckets that do not stand yet. */
  insert(rows: CandleRowsToWrite): Promise<void>;
  /** Replaces provisional candles. */
  replace(rows: CandleRowsToWrite): Promise<void>;
  /** Replaces closed candles; what stood there goes to the revisions. */
  revise(rows: CandleRowsToWrite): Promise<void>;
}

/** The columns of `candles` and of `candle_revisions` that hold what a candle says, in order. */
export const VALUE_COLUMNS = [
  "open",
  "high",
  "low",
  "close",
  "volume",
  "volume_usd",
  "market_cap_usd",
] as const;

/** The same columns of typed arrays, in the same order. */
export function valueArrays(candles: CandleColumns): readonly Float64Array[] {
  const { open, high, low, close, volume, volumeUsd, marketCapUsd } = candles;
  return [open, high, low, close, volume, volumeUsd, marketCapUsd];
}

/** Columns that grow as pages of candles arrive. */
export class CandleCollector {
  #columns: CandleColumns;
  #length = 0;

  constructor(capacity: number) {
    this.#columns = emptyColumns(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** The columns to write into at `length`, with room for `count` more. */
  reserve(count: number): CandleColumns {
    const needed = this.#length + count;
    if (needed > this.#columns.length) {
      const grown = emptyColumns(Math.max(needed, 2 * this.#columns.length));
      copyInto(grown, sliceColumns(this.#columns, { start: 0, end: this.#length }));
      this.#columns = grown;
    }
    return this.#columns;
  }

  /** Takes the next row of the reserved ones as written. */
  advance(): void {
    this.#length++;
  }

  /** All that was written; turned round if it was collected from the end. */
  finish({ isReversed }: { isReversed: boolean }): CandleColumns {
    const columns = sliceColumns(this.#columns, { start: 0, end: this.#length });
    if (isReversed) {
      for (const column of [columns.openTime, ...valueArrays(columns)]) column.reverse();
      columns.state.reverse();
    }
    return columns;
  }
}

function copyInto(target: CandleColumns, source: CandleColumns): void {
  target.openTime.set(source.openTime);
  target.state.set(source.state);
  const sources = valueArrays(source);
  valueArrays(target).forEach((column, at) => column.set(sources[at] ?? []));
}
