import { columnBlock } from "./column_products.ts";
import { bounded, MIN_COMMON_POINTS, overCommonRows } from "./common_rows.ts";

/**
 * What must be left of a column's squares on the common rows once their mean is taken off. Below
 * it too few digits would remain, and the pair is measured by itself in two passes.
 */
const LEAST_SHARE = 1 / 64;

/** Cells (i, j) at `i * size + j`. */
interface Cells {
  readonly size: number;
  readonly r: Float64Array;
  readonly n: Uint32Array;
}

interface Columns {
  readonly columns: readonly Float64Array[];
  readonly isGapped: readonly boolean[];
}

/** Writes every pair in which a column has gaps, over the rows that both have. */
export function correlateGapped({ size, r, n }: Cells, { columns, isGapped }: Columns): void {
  const { products, sums, squares, counts, masks, maskOf } = momentsOf(columns);
  for (let i = 0; i < size; i++) {
    const maskI = maskOf[i] as number;
    for (let j = i; j < size; j++) {
      if (!isGapped[i] && !isGapped[j]) continue;
      const maskJ = maskOf[j] as number;
      // Of a span with itself only the upper triangle is multiplied.
      const common = counts[Math.min(maskI, maskJ) * masks + Math.max(maskI, maskJ)] as number;
      const sumI = sums[i * masks + maskJ] as number;
      const sumJ = sums[j * masks + maskI] as number;
      const squaresI = squares[i * masks + maskJ] as number;
      const squaresJ = squares[j * masks + maskI] as number;
      const spreadI = squaresI - sumI * sumI / common;
      const spreadJ = squaresJ - sumJ * sumJ / common;
      const hasDigits = spreadI > LEAST_SHARE * squaresI && spreadJ > LEAST_SHARE * squaresJ;
      const ratio = common < MIN_COMMON_POINTS
        ? NaN
        : hasDigits
        ? ((products[i * size + j] as number) - sumI * sumJ / common) /
          (Math.sqrt(spreadI) * Math.sqrt(spreadJ))
        : overCommonRows(columns[i] as Float64Array, columns[j] as Float64Array).product;
      r[i * size + j] = r[j * size + i] = bounded(ratio);
      n[i * size + j] = n[j * size + i] = common;
    }
  }
}

/**
 * What the correlation of any pair needs. A mask is 1 where a column has a value and 0 elsewhere,
 * and a column's deviations are 0 where it has none. Deviations times the other's mask are then
 * their sum over the common rows, their squares times it the sum of squares there, and masks times
 * masks count these rows.
 */
interface Moments {
  readonly products: Float64Array;
  /** Column i over the rows of mask m stands at `i * masks + m`, here and in `squares`. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly counts: Float64Array;
  /** Masks in all; columns with the same gaps share one. */
  readonly masks: number;
  readonly maskOf: readonly number[];
}

function momentsOf(columns: readonly Float64Array[]): Moments {
  const size = columns.length;
  const groups = groupByGaps(columns);
  const masks = groups.firstWith.length;
  const block = columnBlock(2 * size + masks, columns[0]?.length ?? 0);
  columns.forEach((column, at) => {
    const deviations = block.column(at);
    writeDeviations(column, deviations);
    const squares = block.column(size + at);
    for (let row = 0; row < squares.length; row++) squares[row] = (deviations[row] as number) ** 2;
  });
  groups.firstWith.forEach((column, at) => {
    const mask = block.column(2 * size + at);
    for (let row = 0; row < mask.length; row++) mask[row] = isMissing(column[row]) ? 0 : 1;
  });
  const spans = {
    deviations: { first: 0, count: size },
    squares: { first: size, count: size },
    masks: { first: 2 * size, count: masks },
  } as const;
  return {
    products: block.multiply(spans.deviations, spans.deviations),
    sums: block.multiply(spans.deviations, spans.masks),
    squares: block.multiply(spans.squares, spans.masks),
    counts: block.multiply(spans.masks, spans.masks),
    masks,
    maskOf: groups.maskOf,
  };
}

/** The group of each column, and a column of each group. */
function groupByGaps(columns: readonly Float64Array[]) {
  const groups = new Map<string, number>();
  const firstWith: Float64Array[] = [];
  const maskOf = columns.map((column) => {
    const gaps: number[] = [];
    for (let row = 0; row < column.length; row++) if (isMissing(column[row])) gaps.push(row);
    const key = gaps.join();
    const known = groups.get(key);
    if (known !== undefined) return known;
    groups.set(key, firstWith.length);
    return firstWith.push(column) - 1;
  });
  return { maskOf, firstWith };
}

/** From the mean of what is known; what it is off on common rows is taken off with their sum. */
function writeDeviations(column: Float64Array, into: Float64Array): void {
  let [sum, count] = [0, 0];
  const anchor = column.find((value) => !isMissing(value)) ?? 0;
  for (let row = 0; row < column.length; row++) {
    const distance = column[row] as number - anchor;
    if (isMissing(distance)) continue;
    sum += distance;
    count++;
  }
  const mean = anchor + sum / Math.max(1, count);
  for (let row = 0; row < column.length; row++) {
    const value = column[row] as number;
    into[row] = isMissing(value) ? 0 : value - mean;
  }
}

/** NaN alone differs from itself. */
function isMissing(value: number | undefined): boolean {
  return value !== value;
}
