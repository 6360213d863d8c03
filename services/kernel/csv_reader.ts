import { MAX_ROW_BYTES, readCsvRow, rowText } from "./csv_rows.ts";
import { textFault } from "./text_fault.ts";

/** A row longer than this is shown cut. */
const SHOWN_CHARACTERS = 65_536;

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** One row of a table. */
export interface CsvRecord {
  /** The line that it starts on, counted from 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** The row as it stands in the file, without its line end. */
  readonly text: string;
  /** Why the row can't be read; it then has no fields. */
  readonly fault: string | null;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/**
 * Reads CSV bytes, in chunks of any size, row by row; holds no more than one chunk and one row.
 * Rows without quotes are decoded as a whole, all others as RFC 4180 says.
 */
export class CsvReader {
  readonly #delimiter: number;
  readonly #separator: string;
  #buffer = new Uint8Array(0);
  #start = 0;
  #line = 1;
  /** Where the next quote stands; the buffer's end if there is none. */
  #nextQuote = 0;
  #isComplete = false;

  constructor({ delimiter = "," }: { delimiter?: string } = {}) {
    this.#separator = delimiter;
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** Adds bytes, which may be overwritten afterwards. */
  push(chunk: Uint8Array): void {
    const rest = this.#buffer.length - this.#start;
    const joined = new Uint8Array(rest + chunk.length);
    joined.set(this.#buffer.subarray(this.#start));
    joined.set(chunk, rest);
    this.#buffer = joined;
    this.#start = 0;
    this.#nextQuote = quoteFrom(joined, 0);
  }

  /** No more bytes will come: the last row may end without a line feed. */
  finish(): void {
    this.#isComplete = true;
  }

  /** The next row that is not blank; `null` if its end has not come yet, or none is left. */
  next(): CsvRecord | null {
    while (this.#start < this.#buffer.length) {
      const record = this.#readPlain() ?? this.#readCarefully();
      if (record === null) return null;
      if (record.fault !== null || record.text.trim() !== "") return record;
    }
    return null;
  }

  /** A row without quotes whose line end is there; `null` for any other. */
  #readPlain(): CsvRecord | null {
    const bytes = this.#buffer;
    const end = bytes.indexOf(LINE_FEED, this.#start);
    if (end < 0) return null;
    if (this.#nextQuote < this.#start) this.#nextQuote = quoteFrom(bytes, this.#start);
    if (this.#nextQuote < end || end - this.#start > SHOWN_CHARACTERS) return null;
    const isAfterReturn = end > this.#start && bytes[end - 1] === CARRIAGE_RETURN;
    const content = bytes.subarray(this.#start, isAfterReturn ? end - 1 : end);
    const text = decoder.decode(content);
    const line = this.#line++;
    this.#start = end + 1;
    const fault = recordFault(text, content);
    return { line, fields: fault === null ? text.split(this.#separator) : [], text, fault };
  }

  #readCarefully(): CsvRecord | null {
    const start = this.#start;
    const row = readCsvRow(this.#buffer, {
      start,
      isComplete: this.#isComplete,
      delimiter: this.#delimiter,
    });
    if (row === null) return null;
    const { end } = row;
    const text = rowText(this.#buffer, { start, end, limit: SHOWN_CHARACTERS });
    const line = this.#line;
    this.#start = end;
    this.#line += row.lineFeeds;
    const content = this.#buffer.subarray(start, end);
    const isCut = content.length > MAX_ROW_BYTES;
    const fault = row.fault ?? (isCut ? "row is too long" : null) ??
      recordFault(row.fields.join(), content);
    return { line, fields: fault === null ? row.fields : [], text, fault };
  }
}

function quoteFrom(bytes: Uint8Array, start: number): number {
  const at = bytes.indexOf(QUOTE, start);
  return at < 0 ? bytes.length : at;
}

/** What no text of ours may hold; decoding has replaced what was no character. */
function recordFault(text: string, bytes: Uint8Array): string | null {
  const isBroken = text.includes("\uFFFD") && !isUtf8(bytes);
  return isBroken ? "holds bytes that are not UTF-8" : textFault(text);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictDecoder.decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
