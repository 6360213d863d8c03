import type { CandleColumns } from "../market/candle.ts";
import { Breather } from "./breather.ts";

/** Which candles of a series, ascending in any case. */
export interface CandleRowsQuery {
  readonly seriesId: number;
  /** Half-open range of bucket starts. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  /** Which end of the range the limit keeps. */
  readonly order: "first" | "last";
  /** Time, close and state are all that is needed: other values may be missing from the answer. */
  readonly only?: "close" | undefined;
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

/** A part of a range of candles. */
export interface CandlePage {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** Reads candles page by page, with a rest between long reads; ascending in any case. */
export async function readPages(
  { from, to, limit, order }: CandleRowsQuery,
  { pageRows, readPage }: {
    readonly pageRows: number;
    /** The candles of a page in the query's order. */
    readonly readPage: (page: CandlePage) => CandleColumns | Promise<CandleColumns>;
  },
): Promise<CandleColumns> {
  const pages: CandleColumns[] = [];
  const breather = new Breather();
  let left = limit;
  let range = { from, to };
  while (left > 0) {
    const wanted = Math.min(pageRows, left);
    const page = await readPage({ ...range, limit: wanted });
    pages.push(page);
    if (page.length < wanted) break;
    left -= page.length;
    const last = page.openTime[page.length - 1] ?? NaN;
    range = order === "last" ? { ...range, to: last } : { ...range, from: last + 1 };
    await breather.restIfDue();
  }
  const [only] = pages;
  const whole = only && pages.length === 1 ? only : await joinPages(pages);
  if (order === "last") {
    for (const column of [whole.openTime, ...valueArrays(whole)]) column.reverse();
    whole.state.reverse();
  }
  return whole;
}

/** Column by column, with a rest between when they are long. */
async function joinPages(pages: readonly CandleColumns[]): Promise<CandleColumns> {
  const length = pages.reduce((sum, page) => sum + page.length, 0);
  const breather = new Breather();
  const join = async <T extends Float64Array | Uint8Array>(
    whole: T,
    cut: (page: CandleColumns) => T,
  ): Promise<T> => {
    await breather.restIfDue();
    let start = 0;
    for (const page of pages) {
      whole.set(cut(page), start);
      start += page.length;
    }
    return whole;
  };
  const values = (cut: (page: CandleColumns) => Float64Array) =>
    join(new Float64Array(length), cut);
  return {
    length,
    openTime: await values((page) => page.openTime),
    open: await values((page) => page.open),
    high: await values((page) => page.high),
    low: await values((page) => page.low),
    close: await values((page) => page.close),
    volume: await values((page) => page.volume),
    volumeUsd: await values((page) => page.volumeUsd),
    marketCapUsd: await values((page) => page.marketCapUsd),
    state: await join(new Uint8Array(length), (page) => page.state),
  };
}
