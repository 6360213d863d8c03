import { parseUtcMs, SECOND_MS } from "../../kernel/time.ts";
import { CANDLE_STATES, CANDLE_VALUE_COLUMNS } from "../../market/candle.ts";
import type { QuarantinedRow } from "../../market/ports.ts";
import { type CsvRow, readCsvRow, rowText } from "./csv_rows.ts";
import { epochToMs, parseNumber, parseTime } from "./fields.ts";
import type { CandleLayout, ColumnRole } from "./layouts.ts";

/** Where the values of a row stand: the time, then `CANDLE_VALUE_COLUMNS`, then the state. */
export const TIME_SLOT = 0;
export const STATE_SLOT = CANDLE_VALUE_COLUMNS.length + 1;

/** Characters of a quarantined row that are kept. */
const MAX_KEPT_TEXT = 500;

/** Takes the rows of a file one by one. */
export interface RowSink {
  /** Takes the values of the row at `line`, or says why it does not; `values` is used again. */
  take(values: Float64Array, line: number): string | null;
  quarantine(row: QuarantinedRow): void;
  /** Whether it wants no further row before it was emptied. */
  readonly isFull: boolean;
}

const SKIP = 0;
const TIME = 1;
const REQUIRED = 2;
const OPTIONAL = 3;
const STATE = 4;

const ZERO = 0x30;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const MINUS = 0x2d;
/** What `byte ^ ZERO` gives for a point; digits give 0 to 9, all else more. */
const POINT = 0x2e ^ ZERO;

/** Digits that a signed 32-bit integer holds whatever they are. */
const MACHINE_DIGITS = 9;
const POWERS_OF_TEN = Float64Array.from(
  { length: MACHINE_DIGITS + 1 },
  (_, exponent) => Number(`1e${exponent}`),
);

/** Bytes that follow the data in the buffer, the first of them 0, so that loops end there. */
const SLACK_BYTES = 32;

/**
 * Reads CSV bytes, in chunks of any size, into the slots of a sink.
 *
 * Rows of plain digits, as almost all are, are read straight from the bytes without making a
 * string. Whatever that reading does not know (quotes, blanks, exponents, long fractions, any
 * fault) is read again by the careful one, so that there is one judge of what a row means.
 */
export class CsvScanner {
  readonly #sink: RowSink;
  readonly #columns: readonly ColumnRole[];
  readonly #kinds: Uint8Array;
  readonly #slots: Uint8Array;
  readonly #values = new Float64Array(STATE_SLOT + 1).fill(NaN);
  #buffer = new Uint8Array(SLACK_BYTES);
  #start = 0;
  #end = 0;
  #isComplete = false;
  #line: number;
  #dayDigits = -1;
  #dayMs = NaN;

  constructor(layout: CandleLayout, sink: RowSink) {
    this.#sink = sink;
    this.#columns = layout.columns;
    this.#kinds = Uint8Array.from(layout.columns, (role) => kindOf(role, layout));
    this.#slots = Uint8Array.from(layout.columns, slotOf);
    this.#line = 1;
  }

  /** Rows before this position were header or were read already by the caller. */
  skip(bytes: number, lines: number): void {
    this.#start += bytes;
    this.#line += lines;
  }

  /** Adds bytes; those that are read may be overwritten. */
  push(chunk: Uint8Array): void {
    const rest = this.#end - this.#start;
    const needed = rest + chunk.length + SLACK_BYTES;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = larger;
    } else {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    }
    this.#buffer.set(chunk, rest);
    this.#start = 0;
    this.#end = rest + chunk.length;
    this.#buffer[this.#end] = 0;
  }

  /** No more bytes will come: the last row may end without a line feed. */
  finish(): void {
    this.#isComplete = true;
  }

  /** Reads rows until the bytes run out, or the sink is full: then it answers `true`. */
  scan(): boolean {
    while (this.#start < this.#end) {
      if (this.#sink.isFull) return true;
      const end = this.#readPlainRow(this.#start);
      if (end >= 0) {
        const fault = this.#sink.take(this.#values, this.#line);
        if (fault !== null) this.#quarantine(end, fault);
        this.#start = end;
        this.#line++;
      } else if (!this.#readCarefully()) {
        break;
      }
    }
    return this.#sink.isFull;
  }

  /** Reads one row of plain fields into the values; its end, or -1 if it is not such a row. */
  #readPlainRow(start: number): number {
    const bytes = this.#buffer;
    const values = this.#values;
    const last = this.#kinds.length - 1;
    let at = start;
    for (let column = 0; column <= last; column++) {
      const kind = this.#kinds[column] ?? SKIP;
      if (kind === SKIP) at = skipField(bytes, at);
      else if (kind === TIME) at = this.#readTime(at);
      else if (kind === STATE) at = readState(bytes, at, values);
      else {
        const slot = this.#slots[column] ?? 0;
        const next = bytes[at] ?? 0;
        if (kind === OPTIONAL && (next === COMMA || next === LINE_FEED)) values[slot] = NaN;
        else at = readDecimal(bytes, at, values, slot);
      }
      if (at < 0) return -1;
      if (column < last && bytes[at++] !== COMMA) return -1;
    }
    if (bytes[at] === CARRIAGE_RETURN) at++;
    // A line feed may also be the missing end of the last row, which the careful reading knows.
    return bytes[at] === LINE_FEED && at < this.#end ? at + 1 : -1;
  }

  /** A time as `2021-01-31`, `2021-01-31T12:30:00Z` (with a blank or no zone too) or epoch count. */
  #readTime(start: number): number {
    const bytes = this.#buffer;
    if (bytes[start + 4] !== MINUS) return this.#readEpoch(start);
    const century = twoDigits(bytes, start);
    const year = twoDigits(bytes, start + 2);
    const month = twoDigits(bytes, start + 5);
    const date = twoDigits(bytes, start + 8);
    // One negative number makes the whole negative.
    if ((century | year | month | date) < 0 || bytes[start + 7] !== MINUS) return -1;
    const day = ((century * 100 + year) * 100 + month) * 100 + date;
    if (day !== this.#dayDigits) {
      this.#dayDigits = day;
      const text = rowText(bytes, { start, end: start + 10, limit: 10 });
      this.#dayMs = parseUtcMs(text) ?? NaN;
    }
    if (Number.isNaN(this.#dayMs)) return -1;
    const separator = bytes[start + 10];
    if (separator !== 0x54 && separator !== 0x20) {
      this.#values[TIME_SLOT] = this.#dayMs;
      return start + 10;
    }
    const hour = twoDigits(bytes, start + 11);
    const minute = twoDigits(bytes, start + 14);
    const second = twoDigits(bytes, start + 17);
    const isPlain = (hour | minute | second) >= 0 && hour < 24 && minute < 60 && second < 60 &&
      bytes[start + 13] === 0x3a && bytes[start + 16] === 0x3a;
    if (!isPlain) return -1;
    this.#values[TIME_SLOT] = this.#dayMs + ((hour * 60 + minute) * 60 + second) * SECOND_MS;
    return zoneEnd(bytes, start + 19);
  }

  #readEpoch(start: number): number {
    const bytes = this.#buffer;
    let at = start;
    let count = 0;
    for (let digit = 0; (digit = (bytes[at] ?? 0) ^ ZERO) < 10; at++) count = count * 10 + digit;
    if (at === start || at - start > 16) return -1;
    this.#values[TIME_SLOT] = epochToMs(count);
    return at;
  }

  /** Reads one row by the book; `false` if its end has not come yet. */
  #readCarefully(): boolean {
    const bytes = this.#buffer.subarray(0, this.#end);
    const row = readCsvRow(bytes, { start: this.#start, isComplete: this.#isComplete });
    if (row === null) return false;
    if (row.fault !== null || !isBlank(row.fields)) {
      const fault = row.fault ?? this.#readFields(row) ??
        this.#sink.take(this.#values, this.#line);
      if (fault !== null) this.#quarantine(row.end, fault);
    }
    this.#start = row.end;
    this.#line += row.lineFeeds;
    return true;
  }

  /** Reads a row's fields into the values; why they can't be, otherwise. */
  #readFields({ fields }: CsvRow): string | null {
    const expected = this.#columns.length;
    const hasTrailingComma = fields.length === expected + 1 && fields.at(-1) === "";
    if (fields.length !== expected && !hasTrailingComma) {
      return `has ${fields.length} fields: expected ${expected}`;
    }
    for (const [column, role] of this.#columns.entries()) {
      const fault = this.#readField(column, { role, text: fields[column] ?? "" });
      if (fault !== null) return fault;
    }
    return null;
  }

  #readField(
    column: number,
    { role, text }: { role: ColumnRole; text: string },
  ): string | null {
    const kind = this.#kinds[column] ?? SKIP;
    if (kind === SKIP) return null;
    const isEmpty = text.trim() === "";
    if (isEmpty && kind !== OPTIONAL) return `${role} is blank`;
    const value = isEmpty ? NaN : readText(kind, text);
    if (!isEmpty && Number.isNaN(value)) {
      return `${role} "${text.slice(0, 40)}" is not a ${NOUNS[kind] ?? "number"}`;
    }
    this.#values[this.#slots[column] ?? 0] = value;
    return null;
  }

  #quarantine(end: number, reason: string): void {
    const text = rowText(this.#buffer, { start: this.#start, end, limit: MAX_KEPT_TEXT });
    this.#sink.quarantine({ line: this.#line, text, reason });
  }
}

const NOUNS: Readonly<Record<number, string>> = { [TIME]: "time", [STATE]: "candle state" };

function readText(kind: number, text: string): number {
  if (kind === TIME) return parseTime(text);
  if (kind !== STATE) return parseNumber(text);
  const state = CANDLE_STATES.findIndex((name) => name === text.trim());
  return state < 0 ? NaN : state;
}

function isBlank(fields: readonly string[]): boolean {
  return fields.length === 1 && fields[0]?.trim() === "";
}

function kindOf(role: ColumnRole, { mayLackOpen }: CandleLayout): number {
  switch (role) {
    case "skip":
      return SKIP;
    case "time":
      return TIME;
    case "state":
      return STATE;
    case "open":
    case "high":
    case "low":
      return mayLackOpen ? OPTIONAL : REQUIRED;
    case "close":
      return REQUIRED;
    default:
      return OPTIONAL;
  }
}

function slotOf(role: ColumnRole): number {
  if (role === "state") return STATE_SLOT;
  // Neither "time" nor "skip" is a value column: both give the time's slot, where skips write nothing.
  return CANDLE_VALUE_COLUMNS.findIndex((name) => name === role) + 1;
}

/** The end of a field without quotes; -1 at a quote or where the bytes end. */
function skipField(bytes: Uint8Array, start: number): number {
  for (let at = start;; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === COMMA || byte === LINE_FEED || byte === CARRIAGE_RETURN) return at;
    if (byte === QUOTE || byte === 0) return -1;
  }
}

/** The end of a zone that says UTC, `Z` or `+00:00`; the same place if there is none. */
function zoneEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0x5a) return at + 1;
  const isUtc = bytes[at] === 0x2b && bytes[at + 3] === 0x3a &&
    twoDigits(bytes, at + 1) === 0 && twoDigits(bytes, at + 4) === 0;
  return isUtc ? at + 6 : at;
}

/** The number that two digits make; -1 if they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) ^ ZERO;
  const ones = (bytes[at + 1] ?? 0) ^ ZERO;
  return tens < 10 && ones < 10 ? tens * 10 + ones : -1;
}

/**
 * Reads `digits[.digits]`; -1 for anything else. Both the digits as one integer below 2^53 and the
 * power of ten are exact doubles, so that their one division rounds as `Number(text)` does
 * (Clinger, "How to Read Floating Point Numbers Accurately", 1990). Longer ones are left to it.
 *
 * Up to nine digits on either side of the point fit machine integers, which are quicker to build
 * up than doubles.
 */
function readDecimal(
  bytes: Uint8Array,
  start: number,
  values: Float64Array,
  slot: number,
): number {
  let at = start;
  let whole = 0;
  let digit = (bytes[at] ?? 0) ^ ZERO;
  while (digit < 10) {
    whole = (Math.imul(whole, 10) + digit) | 0;
    digit = (bytes[++at] ?? 0) ^ ZERO;
  }
  const wholeDigits = at - start;
  if (wholeDigits === 0) return -1;
  if (digit !== POINT) {
    values[slot] = wholeDigits > MACHINE_DIGITS ? exactly(bytes, start, at) : whole;
    return at;
  }
  const point = at++;
  let fraction = 0;
  digit = (bytes[at] ?? 0) ^ ZERO;
  while (digit < 10) {
    fraction = (Math.imul(fraction, 10) + digit) | 0;
    digit = (bytes[++at] ?? 0) ^ ZERO;
  }
  const decimals = at - point - 1;
  const scale = POWERS_OF_TEN[decimals] ?? NaN;
  const mantissa = whole * scale + fraction;
  const isExact = wholeDigits <= MACHINE_DIGITS && decimals <= MACHINE_DIGITS &&
    mantissa <= Number.MAX_SAFE_INTEGER;
  values[slot] = isExact ? mantissa / scale : exactly(bytes, start, at);
  return at;
}

/** The number that plain digits of any length make; NaN, for the careful reading, if too long. */
function exactly(bytes: Uint8Array, start: number, end: number): number {
  return Number(rowText(bytes, { start, end, limit: end - start }));
}

/** Reads one of the names of `CANDLE_STATES`; -1 for anything else. */
function readState(bytes: Uint8Array, start: number, values: Float64Array): number {
  for (const [state, name] of STATE_NAMES.entries()) {
    if (name.every((byte, at) => bytes[start + at] === byte)) {
      values[STATE_SLOT] = state;
      return start + name.length;
    }
  }
  return -1;
}

const STATE_NAMES = CANDLE_STATES.map((name) => new TextEncoder().encode(name));
