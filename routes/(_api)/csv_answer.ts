import { batchesOf } from "../../services/kernel/batches.ts";
import { Decimal } from "../../services/kernel/decimal.ts";
import { anyCell, csvLine } from "../../services/portfolio/mod.ts";

/** One line of a table, under the names of its columns. */
export type CsvRow = Readonly<Record<string, string | number | boolean | null>>;

const ROWS_AT_ONCE = 1_000;

/**
 * A table as CSV with a header, in parts; its rows may come in parts, too. Texts that a spreadsheet
 * would run are marked; numbers stay numbers, so that negative ones are left alone.
 */
export async function* csvOf<Item>(
  items: readonly Item[] | AsyncIterable<readonly Item[]>,
  { columns, toRow }: {
    readonly columns: readonly string[];
    readonly toRow: (item: Item) => CsvRow;
  },
): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const part of Symbol.asyncIterator in items ? items : [items]) {
    for (const some of batchesOf(part, ROWS_AT_ONCE)) {
      yield some.map((item) => {
        const row = toRow(item);
        return csvLine(columns.map((column) => anyCell(textOf(row[column]))));
      }).join("");
    }
  }
}

/** A value without exponents, which spreadsheets may take for text. */
function textOf(value: CsvRow[string] | undefined): string {
  if (value === undefined || value === null) return "";
  const text = String(value);
  return typeof value === "number" && text.includes("e") ? new Decimal(value).toFixed() : text;
}
