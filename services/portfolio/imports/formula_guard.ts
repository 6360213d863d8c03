/** How a cell starts that a spreadsheet would run, behind any number of our own marks. */
const RUN = /^'*[=+\-@\t\r]/;
const GUARDED = /^'+[=+\-@\t\r]/;

/**
 * A text as a cell that no spreadsheet runs: an apostrophe is put before one that would be. Texts
 * that start so themselves get one more, so that `unguardFormula` gives every text back.
 */
export function guardFormula(text: string): string {
  return RUN.test(text) ? `'${text}` : text;
}

/** The text of a guarded cell. */
export function unguardFormula(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}
