/** The start of a file of separated values: its header and its first rows. */
export interface CsvSample {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const SEPARATORS = [",", ";", "\t"] as const;

/**
 * Reads the start of a file as a table; the separator is the one that the header has most of. The
 * last line may be cut, so it is left out unless the text `isWhole`.
 */
export function readCsvSample(
  text: string,
  { isWhole = false }: { readonly isWhole?: boolean } = {},
): CsvSample {
  const source = text.replace(/^\uFEFF/, "");
  const [first = ""] = source.split(/\r?\n/, 1);
  const count = (separator: string) => first.split(separator).length;
  const separator = SEPARATORS.toSorted((a, b) => count(b) - count(a))[0] ?? ",";
  const lines = cellsOf(source, separator);
  if (!isWhole) lines.pop();
  const [header = [], ...rows] = lines;
  const columns = header.map((name) => name.trim());
  return { columns, rows: rows.filter((row) => row.some((cell) => cell !== "")) };
}

/** Lines of cells; a quoted cell may hold separators, line ends and doubled quotes. */
function cellsOf(text: string, separator: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text.charAt(at + 1) === '"') cell += text.charAt(at++);
      else isQuoted = false;
    } else if (letter === '"' && cell === "") isQuoted = true;
    else if (letter === separator || letter === "\n") {
      line.push(cell.replace(/\r$/, ""));
      cell = "";
      if (letter === "\n") {
        lines.push(line);
        line = [];
      }
    } else cell += letter;
  }
  if (cell !== "" || line.length > 0) lines.push([...line, cell]);
  return lines;
}

/** Different values of a column, in the order in which they first come. */
export function distinctValues({ columns, rows }: CsvSample, column: string): readonly string[] {
  const at = columns.indexOf(column);
  return at < 0 ? [] : [...new Set(rows.map((row) => row[at]?.trim() ?? ""))].filter(Boolean);
}
