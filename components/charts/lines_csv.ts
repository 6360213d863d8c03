import { type CsvValue, formatCsv } from "../format/csv.ts";
import { isoInstant } from "../format/time.ts";
import type { LineColumn } from "./lines.ts";

/**
 * Columns of bars as CSV: a row a bar with its start, every bar and every digit, whatever a chart
 * has room for. A gap is an empty field; the keys of the columns are the header.
 */
export function linesCsv(
  columns: readonly LineColumn[],
  { from, barMs }: { readonly from: number; readonly barMs: number },
): string {
  const length = columns[0]?.values.length ?? 0;
  const rows = Array.from({ length }, (_, at): CsvValue[] => [
    isoInstant(from + at * barMs),
    ...columns.map(({ values }) => {
      const value = values[at] ?? NaN;
      return Number.isNaN(value) ? null : value;
    }),
  ]);
  return formatCsv(["time", ...columns.map(({ key }) => key)], rows);
}
