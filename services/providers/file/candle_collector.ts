import { DAY_MS, formatUtcMs, type UtcMs } from "../../kernel/time.ts";
import {
  bucketStart,
  CANDLE_COLUMNS,
  CANDLE_STATES,
  CANDLE_VALUE_COLUMNS,
  type CandleColumns,
  emptyColumns,
  type Interval,
  intervalMs,
  sliceColumns,
} from "../../market/candle.ts";
import { alignmentFault, candleFault } from "../../market/candle_checks.ts";
import type { CandleBatch } from "../../market/import_ports.ts";
import type { QuarantinedRow } from "../../market/ports.ts";
import { type RowSink, STATE_SLOT, TIME_SLOT } from "./scanner.ts";

/** Candles of one batch: a store writes that many at once, and repeats are found that far back. */
export const BATCH_ROWS = 16_384;

/** Bitcoin's first block, 2009-01-03: what is earlier is a time in a wrong unit. */
const FIRST_BLOCK_MS = 14_247 * DAY_MS;

const PROVISIONAL = CANDLE_STATES.indexOf("provisional");
const FINAL = CANDLE_STATES.indexOf("final");

/** A sink that gives what it took in batches. */
export interface BatchSink extends RowSink {
  /** Rows that were taken or quarantined so far. */
  readonly rows: number;
  /** The batch gathered so far, and room for the next one. */
  takeBatch(): CandleBatch;
  /** No row will come any more. */
  finish(): void;
}

/** Candles in the file's order while a batch is gathered. */
interface Page {
  readonly columns: CandleColumns;
  readonly lines: Uint32Array;
  length: number;
}

function emptyPage(): Page {
  return { columns: emptyColumns(BATCH_ROWS), lines: new Uint32Array(BATCH_ROWS), length: 0 };
}

/**
 * Gathers the rows of a candle file.
 *
 * A file runs in one direction, up or down. A row that steps back against it is quarantined, unless
 * it repeats a row within the last batches with the same values. Everything else that a candle
 * cannot be is quarantined too, and the rows after it are read on.
 */
export class CandleCollector implements BatchSink {
  readonly #interval: Interval;
  readonly #stepMs: number;
  readonly #isDescending: boolean;
  readonly #isZeroMissing: boolean;
  readonly #now: UtcMs;
  #page = emptyPage();
  #pageBefore = emptyPage();
  #repeated: CandleColumns[] = [];
  #quarantined: QuarantinedRow[] = [];
  #lastMs = NaN;
  #nextMs = NaN;
  #rows = 0;

  constructor({ interval, isDescending, isZeroMissing, now }: {
    interval: Interval;
    isDescending: boolean;
    isZeroMissing: boolean;
    now: UtcMs;
  }) {
    this.#interval = interval;
    this.#stepMs = intervalMs(interval) * (isDescending ? -1 : 1);
    this.#isDescending = isDescending;
    this.#isZeroMissing = isZeroMissing;
    this.#now = now;
  }

  get rows(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#page.length === BATCH_ROWS || this.#quarantined.length >= BATCH_ROWS ||
      this.#repeated.length >= BATCH_ROWS;
  }

  take(values: Float64Array, line: number): string | null {
    if (this.#isZeroMissing) blankZeros(values);
    const at = values[TIME_SLOT] ?? NaN;
    const timeFault = at === this.#nextMs ? null : this.#timeFault(at);
    if (timeFault !== null) return timeFault;
    if (!isSound(values)) return faultOf(values);
    if ((at - this.#lastMs) * this.#stepMs <= 0) return this.#takeRepeated(values);
    this.#append(values, line);
    return null;
  }

  quarantine(row: QuarantinedRow): void {
    this.#rows++;
    this.#quarantined.push(row);
  }

  finish(): void {}

  takeBatch(): CandleBatch {
    const page = this.#page;
    if (this.#isDescending) reversePage(page);
    const batch = {
      candles: sliceColumns(page.columns, { start: 0, end: page.length }),
      lines: page.lines.subarray(0, page.length),
      repeated: this.#repeated,
      quarantined: this.#quarantined,
    };
    this.#page = this.#pageBefore;
    this.#pageBefore = page;
    this.#page.length = 0;
    this.#repeated = [];
    this.#quarantined = [];
    return batch;
  }

  #timeFault(at: number): string | null {
    if (at < FIRST_BLOCK_MS) return "time lies before 2009-01-03, Bitcoin's first block";
    if (at > this.#now + Math.abs(this.#stepMs)) return `${isoText(at)} lies in the future`;
    if (bucketStart(at, this.#interval) !== at) return alignmentFault(isoText(at), this.#interval);
    return null;
  }

  /** Takes a row at or behind the last one, if an earlier one said just the same. */
  #takeRepeated(values: Float64Array): string | null {
    const at = values[TIME_SLOT] ?? NaN;
    for (const page of [this.#page, this.#pageBefore]) {
      const index = findTime(page, at);
      if (index < 0) continue;
      const isSame = CANDLE_VALUE_COLUMNS.every((name, column) =>
        Object.is(page.columns[name][index], values[column + 1])
      );
      if (!isSame) return `gives other values for the candle of line ${page.lines[index]}`;
      this.#repeated.push(copyOne(page, index));
      this.#rows++;
      return null;
    }
    const order = this.#isDescending ? "after" : "before";
    return `is out of order: ${isoText(at)} comes ${order} ${isoText(this.#lastMs)}`;
  }

  #append(values: Float64Array, line: number): void {
    const { columns, lines } = this.#page;
    const at = this.#page.length++;
    this.#rows++;
    const openMs = values[TIME_SLOT] ?? NaN;
    columns.openTime[at] = openMs;
    columns.open[at] = values[1] ?? NaN;
    columns.high[at] = values[2] ?? NaN;
    columns.low[at] = values[3] ?? NaN;
    columns.close[at] = values[4] ?? NaN;
    columns.volume[at] = values[5] ?? NaN;
    columns.volumeUsd[at] = values[6] ?? NaN;
    columns.marketCapUsd[at] = values[7] ?? NaN;
    const given = values[STATE_SLOT] ?? NaN;
    const isOpen = openMs + Math.abs(this.#stepMs) > this.#now;
    columns.state[at] = isOpen ? PROVISIONAL : Number.isNaN(given) ? FINAL : given;
    lines[at] = line;
    this.#lastMs = openMs;
    // The next bucket needs no look at its time, unless it may lie in the future.
    this.#nextMs = isOpen ? NaN : openMs + this.#stepMs;
  }
}

/** An ISO instant for messages; the bare number where no calendar reaches. */
function isoText(at: number): string {
  return Number.isInteger(at) ? formatUtcMs(at as UtcMs) : `${at} ms`;
}

/** CoinMarketCap writes 0 for what it did not record. */
function blankZeros(values: Float64Array): void {
  for (let slot = 5; slot <= 7; slot++) {
    if (values[slot] === 0) values[slot] = NaN;
  }
}

/** The quick form of `candleFault`, true exactly where that finds nothing. */
function isSound(values: Float64Array): boolean {
  const open = values[1] ?? NaN;
  const high = values[2] ?? NaN;
  const low = values[3] ?? NaN;
  const close = values[4] ?? NaN;
  const isUnsound = low <= 0 || open <= 0 || high <= 0 || close <= 0 ||
    high < low || high < open || high < close || low > open || low > close ||
    close === Infinity || open === Infinity || high === Infinity || low === Infinity;
  return !isUnsound && isAmount(values[5] ?? NaN) && isAmount(values[6] ?? NaN) &&
    isAmount(values[7] ?? NaN);
}

function isAmount(value: number): boolean {
  return !(value < 0 || value === Infinity);
}

function faultOf(values: Float64Array): string {
  const [, open = NaN, high = NaN, low = NaN, close = NaN] = values;
  const [volume = NaN, volumeUsd = NaN, marketCapUsd = NaN] = values.subarray(5);
  return candleFault({ open, high, low, close }, { volume, volumeUsd, marketCapUsd }) ??
    "is no candle";
}

/** Where a page holds a time, or -1; its times ascend or descend. */
function findTime(page: Page, at: number): number {
  const times = page.columns.openTime;
  const isAscending = (times[0] ?? NaN) <= (times[page.length - 1] ?? NaN);
  let low = 0;
  let high = page.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const time = times[middle] ?? NaN;
    if (time === at) return middle;
    if (time < at === isAscending) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** One candle of a page, in memory of its own. */
function copyOne(page: Page, index: number): CandleColumns {
  const copy = emptyColumns(1);
  for (const name of CANDLE_COLUMNS) {
    copy[name][0] = page.columns[name][index] ?? NaN;
  }
  return copy;
}

function reversePage({ columns, lines, length }: Page): void {
  for (const name of CANDLE_COLUMNS) {
    columns[name].subarray(0, length).reverse();
  }
  lines.subarray(0, length).reverse();
}
