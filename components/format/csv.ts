import { formatPlain } from "./number.ts";

/** What a cell of a CSV file may hold. `null` is written as nothing. */
export type CsvValue = string | number | null;

/** Characters that make a spreadsheet run a text as a formula. */
const FORMULA_START = /^[=+\-@\t\r]/;

function cell(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value === "number") return formatPlain(value);
  const text = FORMULA_START.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV by RFC 4180. Numbers have no separators or exponents; texts can't run as formulas. */
export function formatCsv(
  header: readonly string[],
  rows: readonly (readonly CsvValue[])[],
): string {
  return [header, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}
