import { CsvReader, type CsvRecord } from "../../kernel/csv_reader.ts";
import { AppError } from "../../kernel/errors.ts";
import { columnKey, isRejectColumn, MAX_NAME } from "./cells.ts";
import { refusal } from "./import_bytes.ts";
import { readJsonTable } from "./json_table.ts";
import type { Layout, Mapping } from "./mapping.ts";
import { proposeColumns } from "./mapping_proposal.ts";
import { shown } from "./row_fault.ts";

export const MAX_COLUMNS = 200;

/** What is looked at to find the header: some exporters put a title and a name above it. */
const HEAD_RECORDS = 20;
const HEAD_BYTES = 65_536;
const DELIMITERS = [",", ";", "\t"] as const;
const OPENING_BRACES: readonly (number | undefined)[] = [0x7b, 0x5b];

/** A file of which the layout is known. */
export interface Table {
  readonly mapping: Mapping;
  readonly layout: Layout;
  readonly header: readonly string[];
  /** The rows below the header, once; an array per chunk. */
  readonly records: () => AsyncIterable<readonly CsvRecord[]>;
}

/** Which layout of which mapping a header shows. */
interface Match {
  readonly mapping: Mapping;
  readonly layout: Layout;
}

/** Finds the header of a CSV file, or the list in a JSON file, and the mapping that reads it. */
export async function openTable(
  chunks: AsyncIterable<Uint8Array>,
  mappings: readonly Mapping[],
): Promise<Table> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head = await readHead(iterator);
  if (head.bytes.length === 0) throw refusal("is empty: expected a header and rows");
  if (OPENING_BRACES.includes(head.bytes.find((byte) => byte > 0x20))) {
    const { header, records } = await readJsonTable(head.bytes, iterator);
    const match = matchHeader(header, mappings);
    if (match === null) throw unknownHeader(header, mappings);
    return { ...match, header: checkHeader(header, match.layout), records };
  }
  if (endsLinesByReturns(head)) {
    throw refusal("ends its lines by carriage returns alone: save it as CSV with usual line ends");
  }
  for (const delimiter of DELIMITERS) {
    const found = findHeader(head, { delimiter, mappings });
    if (found === null) continue;
    const { record, match } = found;
    const header = checkHeader(record.fields, match.layout);
    const records = () => readRecords(head, iterator, { delimiter, headerLine: record.line });
    return { ...match, header, records };
  }
  const fault = headRecords(head, ",")[0]?.fault ?? null;
  if (fault !== null) {
    throw refusal(
      `starts with a line that can't be its header (${fault}): save it as CSV in UTF-8, ` +
        `with at most ${MAX_COLUMNS} columns`,
    );
  }
  throw unknownHeader(likelyHeader(head), mappings);
}

/** Whether the first line ends as on old Macs: what follows would be taken for its last cell. */
function endsLinesByReturns({ bytes }: Head): boolean {
  const at = bytes.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  return bytes[at] === 0x0d && bytes[at + 1] !== 0x0a;
}

interface Head {
  readonly bytes: Uint8Array;
  readonly isComplete: boolean;
}

async function readHead(iterator: AsyncIterator<Uint8Array>): Promise<Head> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let isComplete = false;
  while (length < HEAD_BYTES && !isComplete) {
    const { value, done } = await iterator.next();
    isComplete = done === true;
    if (done) break;
    // A copy, as sources may use their chunks again.
    parts.push(value.slice());
    length += value.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, isComplete };
}

function headRecords({ bytes, isComplete }: Head, delimiter: string): readonly CsvRecord[] {
  const reader = new CsvReader({ delimiter });
  reader.push(bytes);
  if (isComplete) reader.finish();
  const records: CsvRecord[] = [];
  while (records.length < HEAD_RECORDS) {
    const record = reader.next();
    if (record === null) break;
    records.push(record);
  }
  return records;
}

function findHeader(
  head: Head,
  { delimiter, mappings }: { delimiter: string; mappings: readonly Mapping[] },
): { record: CsvRecord; match: Match } | null {
  for (const record of headRecords(head, delimiter)) {
    const match = record.fault === null ? matchHeader(record.fields, mappings) : null;
    if (match !== null) return { record, match };
  }
  return null;
}

/** The layout whose columns are all there; of several the one with most columns. */
function matchHeader(header: readonly string[], mappings: readonly Mapping[]): Match | null {
  const columns = new Set(header.map(columnKey));
  const has = (wanted: readonly string[]) => wanted.every((name) => columns.has(columnKey(name)));
  for (const { refused, label } of mappings) {
    const known = refused.find((one) => has(one.header));
    if (known) throw refusal(`is an export of ${label} that is no ledger: ${known.advice}`);
  }
  const matches = mappings.flatMap((mapping) =>
    mapping.layouts.filter((layout) => has(layout.header)).map((layout) => ({ mapping, layout }))
  );
  const size = ({ layout }: Match) => layout.header.length;
  return matches.reduce<Match | null>(
    (best, one) => best === null || size(one) > size(best) ? one : best,
    null,
  );
}

function checkHeader(header: readonly string[], layout: Layout): readonly string[] {
  const own = header.filter((name) => !isRejectColumn(name));
  if (own.length > MAX_COLUMNS) {
    throw refusal(`has ${own.length} columns: expected at most ${MAX_COLUMNS}`);
  }
  const long = header.find((name) => name.length > MAX_NAME);
  if (long !== undefined) {
    throw refusal(`has a column of more than ${MAX_NAME} characters: shorten ${shown(long)}`);
  }
  const seen = new Set<string>();
  const wanted = new Set(Object.values(layout.columns).flat().map(columnKey));
  return header.map((name, at) => {
    const key = columnKey(name);
    if (key === "") return `column_${at + 1}`;
    if (seen.has(key) && (layout.keep === "*" || wanted.has(key))) {
      throw refusal(`has the column "${name}" twice: rename or remove one`);
    }
    seen.add(key);
    return name;
  });
}

async function* readRecords(
  head: Head,
  iterator: AsyncIterator<Uint8Array>,
  { delimiter, headerLine }: { delimiter: string; headerLine: number },
): AsyncGenerator<readonly CsvRecord[]> {
  const reader = new CsvReader({ delimiter });
  reader.push(head.bytes);
  let isComplete = head.isComplete;
  if (isComplete) reader.finish();
  while (true) {
    const records: CsvRecord[] = [];
    for (let row = reader.next(); row !== null; row = reader.next()) {
      if (row.line > headerLine) records.push(row);
    }
    yield records;
    if (isComplete) return;
    const { value, done } = await iterator.next();
    isComplete = done === true;
    if (done) reader.finish();
    else reader.push(value);
  }
}

/** The first row with more than one cell, by the delimiter that gives it most. */
function likelyHeader(head: Head): readonly string[] {
  const headers = DELIMITERS.map((delimiter) =>
    headRecords(head, delimiter).find(({ fields }) => fields.length > 1)?.fields ?? []
  );
  return headers.reduce((best, one) => one.length > best.length ? one : best, []);
}

function unknownHeader(header: readonly string[], mappings: readonly Mapping[]): AppError {
  const columns = header.slice(0, MAX_COLUMNS).map((name) => name.trim().slice(0, 80));
  const labels = mappings.map(({ label }) => label).join(", ");
  return new AppError(
    "VALIDATION_FAILED",
    `Cannot tell what the file's columns mean (${columns.slice(0, 12).join(", ") || "none"}): ` +
      `expected ${labels}, or a mapping of your own`,
    { details: { columns, proposal: proposeColumns(columns) } },
  );
}
