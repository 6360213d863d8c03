/** A field longer than this is a quote that was never closed, or no table at all. */
const MAX_FIELD_BYTES = 65_536;
/** A row longer than this is cut off where the bytes at hand end. */
export const MAX_ROW_BYTES = 1_048_576;

const COMMA = 0x2c;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** One row taken apart as RFC 4180 says. */
export interface CsvRow {
  readonly fields: readonly string[];
  /** Where the next row starts. */
  readonly end: number;
  /** Line feeds in the row, its own end included: more than one where a field is quoted. */
  readonly lineFeeds: number;
  /** Why the row is not CSV; it then ends with its first line. */
  readonly fault: string | null;
}

const decoder = new TextDecoder();

/**
 * Takes the row apart that starts at `start`. `null` means that its end is not in the bytes yet,
 * which cannot be once they are `isComplete`: the last row may lack its line end. `delimiter` is
 * the byte between fields.
 */
export function readCsvRow(
  bytes: Uint8Array,
  { start, isComplete, delimiter = COMMA }: {
    start: number;
    isComplete: boolean;
    delimiter?: number;
  },
): CsvRow | null {
  const mayGrow = !isComplete && bytes.length - start <= MAX_ROW_BYTES;
  const fields: string[] = [];
  let lineFeeds = 0;
  let at = start;
  while (true) {
    const isQuoted = bytes[at] === QUOTE;
    const end = isQuoted ? closingQuote(bytes, at + 1) : fieldEnd(bytes, at, delimiter);
    if ((end < 0 ? bytes.length : end) - at > MAX_FIELD_BYTES) {
      return brokenRow(bytes, { start, mayGrow, fault: "field is too long" });
    }
    // A quote or carriage return as the very last byte needs the next one to be understood.
    if (mayGrow && (end < 0 || end >= bytes.length - 1)) return null;
    if (end < 0) return brokenRow(bytes, { start, mayGrow, fault: "quoted field is not closed" });
    const text = decoder.decode(bytes.subarray(isQuoted ? at + 1 : at, end));
    fields.push(isQuoted ? text.replaceAll('""', '"') : text);
    if (isQuoted) lineFeeds += countLineFeeds(bytes.subarray(at, end));
    at = isQuoted ? end + 1 : end;
    if (bytes[at] === delimiter) {
      at++;
      continue;
    }
    if (bytes[at] === CARRIAGE_RETURN && isLineEnd(bytes, at + 1)) at++;
    if (!isLineEnd(bytes, at)) {
      return brokenRow(bytes, { start, mayGrow, fault: "text follows a quoted field" });
    }
    if (at < bytes.length) lineFeeds++;
    return { fields, end: Math.min(at + 1, bytes.length), lineFeeds, fault: null };
  }
}

/**
 * The first `limit` characters of the bytes from `start` to before `end`, without line ends; a NUL,
 * which databases don't keep in a text, is shown as unreadable.
 */
export function rowText(
  bytes: Uint8Array,
  { start, end, limit }: { start: number; end: number; limit: number },
): string {
  // A character takes at most four bytes in UTF-8.
  const text = decoder.decode(bytes.subarray(start, Math.min(end, start + 4 * limit)));
  return text.replace(/[\r\n]+$/, "").replaceAll("\0", "\uFFFD").slice(0, limit);
}

function brokenRow(
  bytes: Uint8Array,
  { start, mayGrow, fault }: { start: number; mayGrow: boolean; fault: string },
): CsvRow | null {
  const lineFeed = bytes.indexOf(LINE_FEED, start);
  if (lineFeed < 0 && mayGrow) return null;
  const end = lineFeed < 0 ? bytes.length : lineFeed + 1;
  return { fields: [], end, lineFeeds: lineFeed < 0 ? 0 : 1, fault };
}

/** Where an unquoted field ends: at a delimiter, at a line end or with the bytes. */
function fieldEnd(bytes: Uint8Array, from: number, delimiter: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== LINE_FEED) at++;
  const isBeforeLineEnd = at > from && bytes[at - 1] === CARRIAGE_RETURN && bytes[at] !== delimiter;
  return isBeforeLineEnd ? at - 1 : at;
}

/** Where a quoted field's closing quote is, or -1; two quotes in a row are one in the text. */
function closingQuote(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(QUOTE, from);
  while (at >= 0 && bytes[at + 1] === QUOTE) at = bytes.indexOf(QUOTE, at + 2);
  return at;
}

function isLineEnd(bytes: Uint8Array, at: number): boolean {
  return at >= bytes.length || bytes[at] === LINE_FEED;
}

function countLineFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
