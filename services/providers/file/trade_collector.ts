import { formatUtcMs, type UtcMs } from "../../kernel/time.ts";
import {
  bucketStart,
  CANDLE_COLUMNS,
  CANDLE_STATES,
  emptyColumns,
  type Interval,
  intervalMs,
  sliceColumns,
} from "../../market/candle.ts";
import type { CandleBatch } from "../../market/import_ports.ts";
import type { QuarantinedRow } from "../../market/ports.ts";
import { BATCH_ROWS, type BatchSink } from "./candle_collector.ts";
import { TIME_SLOT } from "./scanner.ts";

/** The bucket that a tape of trades is gathered into. */
export const TRADE_INTERVAL: Interval = "1m";

const PRICE_SLOT = 4;
const QUANTITY_SLOT = 5;
const PROVISIONAL = CANDLE_STATES.indexOf("provisional");
const FINAL = CANDLE_STATES.indexOf("final");

/**
 * Gathers a tape of trades into one-minute candles. The first and the last candle stay
 * `provisional`: a tape may start and end in the middle of a minute. Trades that step back in time
 * are quarantined, as a candle that was given away cannot take them any more.
 */
export class TradeCollector implements BatchSink {
  readonly #now: UtcMs;
  readonly #hasDollarQuote: boolean;
  #columns = emptyColumns(BATCH_ROWS);
  #lines = new Uint32Array(BATCH_ROWS);
  #length = 0;
  #quarantined: QuarantinedRow[] = [];
  #rows = 0;
  #isFinished = false;
  #lastMs = -Infinity;
  /** Where the bucket of the last trade ends; its candle is the last of the columns. */
  #bucketEnd = -Infinity;

  constructor({ now, hasDollarQuote }: { now: UtcMs; hasDollarQuote: boolean }) {
    this.#now = now;
    this.#hasDollarQuote = hasDollarQuote;
  }

  get rows(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#length === BATCH_ROWS || this.#quarantined.length >= BATCH_ROWS;
  }

  take(values: Float64Array, line: number): string | null {
    const at = values[TIME_SLOT] ?? NaN;
    const price = values[PRICE_SLOT] ?? NaN;
    const quantity = values[QUANTITY_SLOT] ?? NaN;
    if (at < this.#lastMs) return "is out of order: its trade is earlier than the one before";
    if (at > this.#now) return `${formatUtcMs(Math.floor(at) as UtcMs)} lies in the future`;
    if (!(price > 0)) return `price ${price} is not above zero`;
    if (!(quantity >= 0)) {
      return Number.isNaN(quantity) ? "quantity is blank" : "quantity is negative";
    }
    this.#rows++;
    this.#lastMs = at;
    if (at >= this.#bucketEnd) this.#openCandle(at, { price, line });
    this.#addTrade(price, quantity);
    return null;
  }

  quarantine(row: QuarantinedRow): void {
    this.#rows++;
    this.#quarantined.push(row);
  }

  finish(): void {
    this.#isFinished = true;
    if (this.#length > 0) this.#columns.state[this.#length - 1] = PROVISIONAL;
  }

  /** Keeps the last candle back while later trades may belong to it. */
  takeBatch(): CandleBatch {
    const columns = this.#columns;
    const given = Math.max(0, this.#isFinished ? this.#length : this.#length - 1);
    const batch = {
      candles: sliceColumns(columns, { start: 0, end: given }),
      lines: this.#lines.subarray(0, given),
      repeated: [],
      quarantined: this.#quarantined,
    };
    const kept = sliceColumns(columns, { start: given, end: this.#length });
    this.#columns = emptyColumns(BATCH_ROWS);
    for (const name of CANDLE_COLUMNS) this.#columns[name].set(kept[name]);
    this.#lines = new Uint32Array(BATCH_ROWS).fill(this.#lines[given] ?? 0, 0, kept.length);
    this.#length = kept.length;
    this.#quarantined = [];
    return batch;
  }

  #openCandle(at: number, { price, line }: { price: number; line: number }): void {
    const start = bucketStart(at, TRADE_INTERVAL);
    const isFirst = this.#bucketEnd === -Infinity;
    this.#bucketEnd = start + intervalMs(TRADE_INTERVAL);
    const candle = this.#length++;
    const columns = this.#columns;
    columns.openTime[candle] = start;
    columns.open[candle] = price;
    columns.high[candle] = price;
    columns.low[candle] = price;
    columns.volume[candle] = 0;
    columns.volumeUsd[candle] = this.#hasDollarQuote ? 0 : NaN;
    columns.state[candle] = isFirst ? PROVISIONAL : FINAL;
    this.#lines[candle] = line;
  }

  #addTrade(price: number, quantity: number): void {
    const { high, low, close, volume, volumeUsd } = this.#columns;
    const candle = this.#length - 1;
    high[candle] = Math.max(high[candle] ?? NaN, price);
    low[candle] = Math.min(low[candle] ?? NaN, price);
    close[candle] = price;
    volume[candle] = (volume[candle] ?? NaN) + quantity;
    volumeUsd[candle] = (volumeUsd[candle] ?? NaN) + price * quantity;
  }
}
