import { columnBlock } from "./column_products.ts";
import { bounded, checkLengths, MIN_COMMON_POINTS } from "./common_rows.ts";
import { correlateGapped } from "./gapped_pairs.ts";

/** Correlations of every two of `size` columns; cell (i, j) stands at `i * size + j`. */
export interface CorrelationMatrix {
  readonly size: number;
  /** NaN where there is none; 1 on the diagonal, by the same rules. */
  readonly r: Float64Array;
  readonly n: Uint32Array;
}

/**
 * Correlations of every two columns of one length, over the rows that both have. Columns without
 * gaps are centred once, which leaves a dot product for each pair.
 */
export function correlationMatrix(columns: readonly Float64Array[]): CorrelationMatrix {
  const size = columns.length;
  const rows = columns[0]?.length ?? 0;
  checkLengths(columns, rows);
  const matrix = {
    size,
    r: new Float64Array(size * size).fill(NaN),
    n: new Uint32Array(size * size).fill(rows),
  };
  const means = columns.map(wholeMean);
  if (rows >= MIN_COMMON_POINTS) correlateWhole(matrix, columns, means);
  if (means.includes(null)) {
    correlateGapped(matrix, { columns, isGapped: means.map((mean) => mean === null) });
  }
  for (let cell = 0; cell < matrix.r.length; cell += size + 1) {
    // Nothing moves more like a column than itself: rounding must not say otherwise.
    if ((matrix.r[cell] as number) > 0) matrix.r[cell] = 1;
  }
  return matrix;
}

/**
 * A mean as the first value and the mean distance from it: equal values then deviate by exactly 0,
 * and small moves keep their digits far from zero.
 */
interface Mean {
  readonly anchor: number;
  readonly distance: number;
}

/** `null` if there are gaps. */
function wholeMean(column: Float64Array): Mean | null {
  const anchor = column[0] ?? 0;
  // Two sums, as each addition waits for the one before it.
  let [even, odd] = [0, 0];
  for (let row = 1; row < column.length; row += 2) {
    even += column[row - 1] as number - anchor;
    odd += column[row] as number - anchor;
  }
  if (column.length % 2 === 1) even += column[column.length - 1] as number - anchor;
  const sum = even + odd;
  return Number.isNaN(sum) ? null : { anchor, distance: sum / column.length };
}

/** Writes every pair of columns that have a mean. */
function correlateWhole(
  { size, r }: CorrelationMatrix,
  columns: readonly Float64Array[],
  means: readonly (Mean | null)[],
): void {
  const block = columnBlock(size, columns[0]?.length ?? 0);
  for (let at = 0; at < size; at++) {
    const mean = means[at];
    if (mean) writeDeviations(columns[at] as Float64Array, { ...mean, into: block.column(at) });
  }
  const all = { first: 0, count: size };
  const products = block.multiply(all, all);
  const scales = means.map((mean, at) =>
    mean ? 1 / Math.sqrt(products[at * (size + 1)] as number) : NaN
  );
  for (let i = 0; i < size; i++) {
    const scale = scales[i] as number;
    for (let j = i; j < size; j++) {
      const ratio = (products[i * size + j] as number) * (scale * (scales[j] as number));
      r[i * size + j] = r[j * size + i] = bounded(ratio);
    }
  }
}

function writeDeviations(
  column: Float64Array,
  { anchor, distance, into }: Mean & { readonly into: Float64Array },
): void {
  for (let row = 0; row < column.length; row++) {
    into[row] = column[row] as number - anchor - distance;
  }
}
