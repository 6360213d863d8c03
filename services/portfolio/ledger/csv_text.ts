import { guardFormula } from "../imports/formula_guard.ts";

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/** A line of CSV with its end; cells as RFC 4180 quotes them. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(quoted).join()}\n`;
}

/** A cell of text; one that a spreadsheet would run is marked. */
export function textCell(text: string | null): string {
  return text === null ? "" : guardFormula(text);
}

/** A cell of any kind: numbers are left alone, so that negative ones stay numbers. */
export function anyCell(text: string): string {
  return NUMBER.test(text) ? text : guardFormula(text);
}

function quoted(cell: string): string {
  return NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
