import type { UtcMs } from "../kernel/time.ts";
import type { CandleColumns, Interval } from "./candle.ts";
import type { QuarantinedRow } from "./ports.ts";

/** A part of a candle file: what its rows gave and which of them were not taken. */
export interface CandleBatch {
  readonly candles: CandleColumns;
  /** The line that each candle stands on, counted from 1. */
  readonly lines: Uint32Array;
  /** Rows that say again, value for value, what an earlier row said; columns of one candle each. */
  readonly repeated: readonly CandleColumns[];
  readonly quarantined: readonly QuarantinedRow[];
}

/** What is known of a candle file once all of it was read. */
export interface CandleFileSummary {
  /** sha-256 of the bytes as stored, hexadecimal. */
  readonly checksum: string;
  /** Rows of data, blank lines and the header not counted. */
  readonly rows: number;
}

/** An opened candle file. Its batches are read once; each is overwritten by the one after next. */
export interface CandleFile extends AsyncDisposable {
  readonly name: string;
  readonly format: string;
  readonly interval: Interval;
  readonly sizeBytes: number;
  /** Bytes of the file that were read so far. */
  readonly readBytes: number;
  batches(): AsyncIterable<CandleBatch>;
  /** Throws `RangeError` before the last batch was read. */
  summary(): CandleFileSummary;
}

export interface CandleFileRequest {
  /** A format's name, or `auto` for the one that the file's columns tell. */
  readonly format: string;
  /** `null` takes the interval from the file's name or its rows. */
  readonly interval: Interval | null;
  /** Whether the prices are those of a pair with a dollar coin, so that its turnover is dollars. */
  readonly hasDollarQuote: boolean;
  /** The time against which future rows and open buckets are told. */
  readonly now: UtcMs;
}

/** A candle file, or market data of another kind with what it is. */
export type CandleFileOpening =
  | { readonly kind: "candles"; readonly file: CandleFile }
  | { readonly kind: "other"; readonly reason: string };

/** Opens candle files. What cannot be read throws `VALIDATION_FAILED` with what to do about it. */
export interface CandleFileSource {
  open(path: string, request: CandleFileRequest): Promise<CandleFileOpening>;
}
