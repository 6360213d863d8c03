import { finiteOrNull, nanIfNull } from "../kernel/numbers.ts";
import type { IndicatorColumns } from "./indicator.ts";

/** Values with `null` for absence as a column, where NaN is. */
export function toColumn(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, nanIfNull);
}

/** A column as values with `null` for absence. */
export function fromColumn(column: Float64Array): (number | null)[] {
  return Array.from(column, finiteOrNull);
}

/** One line or several, with `null` for absence: as clients read them. */
export function fromColumns(
  columns: IndicatorColumns,
): (number | null)[] | Record<string, (number | null)[]> {
  if (columns instanceof Float64Array) return fromColumn(columns);
  const lines = Object.entries(columns).map(([name, line]) => [name, fromColumn(line)] as const);
  return Object.fromEntries(lines);
}
