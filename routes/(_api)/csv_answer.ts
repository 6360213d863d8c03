import { Decimal } from "../../services/kernel/decimal.ts";
import { anyCell, csvLine } from "../../services/portfolio/mod.ts";

/** One line of a table, under the names of its columns. */
export type CsvRow = Readonly<Record<string, string | number | boolean | null>>;

const ROWS_AT_ONCE = 1_000;

/**
 * A table as CSV with a header, in parts. Texts that a spreadsheet would run are marked; numbers
 * stay numbers, so that negative ones are left alone.
 */
export async function* csvOf<Item>(
  items: readonly Item[],
  { columns, toRow }: {
    readonly columns: readonly string[];
    readonly toRow: (item: Item) => CsvRow;
  },
): AsyncGenerator<string> {
  yield csvLine(columns);
  for (let start = 0; start < items.length; start += ROWS_AT_ONCE) {
    yield items.slice(start, start + ROWS_AT_ONCE).map((item) => {
      const row = toRow(item);
      return csvLine(columns.map((column) => anyCell(textOf(row[column]))));
    }).join("");
  }
}

/** A value without exponents, which spreadsheets may take for text. */
function textOf(value: CsvRow[string] | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "number" ? new Decimal(value).toFixed() : String(value);
}
