import { CANDLE_STATES, type CandleColumns } from "../../market/mod.ts";

const PROVISIONAL = CANDLE_STATES.indexOf("provisional");

/** Closes of one asset along a time axis; NaN where there is none, which nothing fills. */
export interface CloseColumn {
  /** Dollars. */
  readonly close: Float64Array;
  /** End of the candle whose close it is, UTC ms; NaN where there is none. */
  readonly asof: Float64Array;
  /** Index into the sources of the asset. */
  readonly source: Uint16Array;
  readonly sources: readonly string[];
}

/** A column in the making: sources are asked one after the other for what still lacks. */
export class CloseColumnBuilder {
  readonly #close: Float64Array;
  readonly #asof: Float64Array;
  readonly #source: Uint16Array;
  readonly #sources: string[] = [];

  constructor(length: number) {
    this.#close = new Float64Array(length).fill(NaN);
    this.#asof = new Float64Array(length).fill(NaN);
    this.#source = new Uint16Array(length);
  }

  /** Indexes of the range that have no close yet. */
  missing({ start, end }: { readonly start: number; readonly end: number }): number[] {
    const found: number[] = [];
    for (let index = start; index < end; index++) {
      if (Number.isNaN(this.#close[index])) found.push(index);
    }
    return found;
  }

  /**
   * Takes for each index the close of the candle that ends at its end, or ends less than the
   * tolerance before. A candle that may still change has no close. Candles ascend.
   */
  fill(candles: CandleColumns, { ends, indexes, sizeMs, toleranceMs, source }: {
    readonly ends: Float64Array;
    /** Ascending. */
    readonly indexes: readonly number[];
    /** Length of the candles. */
    readonly sizeMs: number;
    readonly toleranceMs: number;
    readonly source: string;
  }): void {
    const { openTime, close, state, length } = candles;
    let row = 0;
    for (const index of indexes) {
      const end = ends[index] ?? NaN;
      while (row < length && (openTime[row] ?? Infinity) + sizeMs <= end) row++;
      const found = row - 1;
      const closedAt = (openTime[found] ?? NaN) + sizeMs;
      if (!(closedAt >= end - toleranceMs) || state[found] === PROVISIONAL) continue;
      const price = close[found] ?? NaN;
      if (!(price > 0 && price < Infinity)) continue;
      this.set(index, { price, asof: closedAt, source });
    }
  }

  /** Sets one close. */
  set(
    index: number,
    { price, asof, source }: {
      readonly price: number;
      readonly asof: number;
      readonly source: string;
    },
  ): void {
    this.#close[index] = price;
    this.#asof[index] = asof;
    this.#source[index] = this.#sourceIndex(source);
  }

  finish(): CloseColumn {
    return {
      close: this.#close,
      asof: this.#asof,
      source: this.#source,
      sources: this.#sources,
    };
  }

  #sourceIndex(source: string): number {
    const known = this.#sources.indexOf(source);
    return known >= 0 ? known : this.#sources.push(source) - 1;
  }
}
