import { textFault } from "../../kernel/text_fault.ts";
import { RowFault, shown } from "./row_fault.ts";

/** Columns of a row as JSON in one cell, for a file that has no room for all of them. */
export function packColumns(columns: readonly (readonly [name: string, text: string])[]): string {
  return columns.length === 0 ? "" : JSON.stringify(Object.fromEntries(columns));
}

/** The columns of such a cell that say something; throws `RowFault` for any other text. */
export function unpackColumns(
  cell: string,
  column: string,
): readonly (readonly [name: string, text: string])[] {
  const columns = Object.entries(objectOf(cell) ?? {}).map(([name, text]) =>
    [name.trim(), text] as const
  );
  const isGood = columns.length > 0 &&
    columns.every(([name, text]) =>
      name !== "" && typeof text === "string" && textFault(`${name}${text}`) === null
    );
  if (isGood) return columns.flatMap(([name, text]) => text === "" ? [] : [[name, `${text}`]]);
  throw new RowFault(
    "bad_text",
    `${column} ${shown(cell)} names no columns: expected JSON like {"Tag":"gift"}`,
  );
}

function objectOf(cell: string): object | null {
  try {
    const value: unknown = JSON.parse(cell);
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
