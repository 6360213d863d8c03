import type { NormalizedPools } from "../../defi/ports.ts";
import { AppError } from "../../kernel/errors.ts";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { readCsvRow } from "../../kernel/csv_rows.ts";
import { factsOf, findLayout, POOL_LAYOUTS, type PoolLayout } from "./file_layouts.ts";
import { isJson, JSON_LAYOUT, parsePoolJson } from "./file_json.ts";
import { MAX_AHEAD_MS, type Reading } from "./reading.ts";
import { ReadingCollector } from "./reading_collector.ts";
import { RowError, RowFields } from "./row_fields.ts";

/** Every layout by name. */
export const POOL_FORMATS: readonly string[] = [
  ...POOL_LAYOUTS.map(({ name }) => name),
  JSON_LAYOUT,
];

interface FileToRead {
  readonly fileName: string;
  /** What the series is called; some layouts add what they measure. */
  readonly source: string;
  /** Layout by name; `auto` goes by the columns. */
  readonly format?: string;
  /** Nothing can be of much later. */
  readonly now: UtcMs;
}

interface CsvLine {
  readonly line: number;
  readonly fields: readonly string[];
  readonly fault: string | null;
}

/**
 * Reads a CSV file of pool readings, whose layout its columns tell, or a saved list of DefiLlama's
 * pools in JSON. Bad rows are set aside with their line, in JSON the number of the entry. Throws `AppError` `VALIDATION_FAILED` for a file that is none of ours.
 */
export function parsePoolFile(text: string, file: FileToRead): NormalizedPools {
  if (file.format === JSON_LAYOUT || (file.format ?? "auto") === "auto" && isJson(text)) {
    return parsePoolJson(text, file);
  }
  const [header, ...lines] = csvLines(new TextEncoder().encode(text));
  const columns = new Map(header?.fields.map((name, index) => [name.trim(), index]));
  const layout = layoutOf(new Set(columns.keys()), file);
  const facts = beginFile(layout, file);
  const source = layout.measure === undefined ? file.source : `${file.source}-${layout.measure}`;
  const collector = new ReadingCollector(source, {
    mayRename: layout.mayRename,
    now: file.now,
  });
  const asof = layout.isOneState
    ? newestOf(lines, { layout, columns, facts, now: file.now })
    : null;
  for (const { line, fields, fault } of lines) {
    if (fault !== null) collector.setAside(line, fault);
    else if (fields.length !== columns.size) {
      collector.setAside(line, `Expected ${columns.size} fields, got ${fields.length}`);
    } else {
      collector.add(line, () => {
        const reading = layout.read(new RowFields(fields, columns), facts);
        return asof === null ? reading : { ...reading, ts: asof, knownAt: asof };
      });
    }
  }
  return collector.result();
}

function layoutOf(columns: ReadonlySet<string>, { fileName, format = "auto" }: FileToRead) {
  const layout = format === "auto"
    ? findLayout(columns)
    : POOL_LAYOUTS.find(({ name }) => name === format) ?? null;
  if (layout !== null && layout.columns.every((name) => columns.has(name))) return layout;
  const expected = POOL_FORMATS.join(", ");
  throw new AppError(
    "VALIDATION_FAILED",
    `Cannot read "${fileName}": its columns are not those of ${
      format === "auto" ? `any layout (${expected})` : format
    }`,
  );
}

function beginFile(layout: PoolLayout, { fileName }: FileToRead) {
  try {
    return factsOf(layout, fileName);
  } catch (error) {
    if (error instanceof RowError) throw new AppError("VALIDATION_FAILED", error.message);
    throw error;
  }
}

/** The newest time in rows that are one state, but for times to come. */
function newestOf(
  lines: readonly CsvLine[],
  { layout, columns, facts, now }: {
    readonly layout: PoolLayout;
    readonly columns: ReadonlyMap<string, number>;
    readonly facts: ReturnType<typeof factsOf>;
    readonly now: UtcMs;
  },
): Reading["ts"] {
  let newest = 0;
  for (const { fields } of lines) {
    try {
      const { ts } = layout.read(new RowFields(fields, columns), facts);
      if (ts <= now + MAX_AHEAD_MS) newest = Math.max(newest, ts);
    } catch (error) {
      // The row is set aside when it is read for its figures.
      if (!(error instanceof RowError)) throw error;
    }
  }
  return utcMsOf(newest);
}

function csvLines(bytes: Uint8Array): readonly CsvLine[] {
  const lines: CsvLine[] = [];
  let line = 1;
  for (let start = 0; start < bytes.length;) {
    const row = readCsvRow(bytes, { start, isComplete: true });
    if (row === null) break;
    const isBlank = row.fields.length === 1 && row.fields[0]?.trim() === "";
    if (!isBlank) lines.push({ line, fields: row.fields, fault: row.fault });
    line += Math.max(1, row.lineFeeds);
    start = row.end;
  }
  return lines;
}
