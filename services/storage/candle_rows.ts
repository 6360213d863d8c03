import { type CandleColumns, emptyColumns, sliceColumns } from "../market/candle.ts";
import { Breather } from "./event_loop.ts";

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

/** Gathers a series page by page, without copying what is there already. */
export class CandleCollector {
  readonly #pages: CandleColumns[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Takes `count` more rows, to be written into the columns returned. */
  addPage(count: number): CandleColumns {
    const page = emptyColumns(count);
    this.#pages.push(page);
    this.#length += count;
    return page;
  }

  /** Gives back the rows of the last page that were not needed. */
  trim(unused: number): void {
    const page = this.#pages.pop();
    if (!page) return;
    this.#pages.push(sliceColumns(page, { start: 0, end: page.length - unused }));
    this.#length -= unused;
  }

  /** All pages as one; turned round if they were collected from the end. */
  async finish({ isReversed }: { isReversed: boolean }): Promise<CandleColumns> {
    const [only] = this.#pages;
    const whole = only && this.#pages.length === 1 ? only : await this.#join();
    if (isReversed) {
      for (const column of [whole.openTime, ...valueArrays(whole)]) column.reverse();
      whole.state.reverse();
    }
    return whole;
  }

  /** Column by column, with a rest between when they are long. */
  async #join(): Promise<CandleColumns> {
    const breather = new Breather();
    const join = async <T extends Float64Array | Uint8Array>(
      whole: T,
      cut: (page: CandleColumns) => T,
    ): Promise<T> => {
      await breather.restIfDue();
      let start = 0;
      for (const page of this.#pages) {
        whole.set(cut(page), start);
        start += page.length;
      }
      return whole;
    };
    const values = (cut: (page: CandleColumns) => Float64Array) =>
      join(new Float64Array(this.#length), cut);
    return {
      length: this.#length,
      openTime: await values((page) => page.openTime),
      open: await values((page) => page.open),
      high: await values((page) => page.high),
      low: await values((page) => page.low),
      close: await values((page) => page.close),
      volume: await values((page) => page.volume),
      volumeUsd: await values((page) => page.volumeUsd),
      marketCapUsd: await values((page) => page.marketCapUsd),
      state: await join(new Uint8Array(this.#length), (page) => page.state),
    };
  }
}
