import { finiteOrNull } from "../../kernel/numbers.ts";
import { bounded, checkLengths, MIN_COMMON_POINTS, overCommonRows } from "./common_rows.ts";
import { type CorrelationMatrix, correlationMatrix } from "./correlation_matrix.ts";

/** Two-sided 95 % quantile of the normal distribution. */
const NORMAL_95 = 1.959963984540054;

/** Pearson's r of two columns over the rows that both have. */
export interface Correlation {
  /** -1 to 1; `null` below 30 common points, and where one of the columns never moves. */
  readonly r: number | null;
  /** Rows that both columns have. */
  readonly n: number;
  /** 95 % interval by Fisher's z, tanh(atanh r ± 1.96 / √(n - 3)); `null` with `r`. */
  readonly ci95: readonly [low: number, high: number] | null;
}

/** Correlations over a window that rolls, one for each row. */
export interface RollingCorrelation {
  /** NaN until the window is full, and where too few of its rows are common. */
  readonly r: Float64Array;
  /** Common rows in each window. */
  readonly n: Uint32Array;
}

/**
 * Correlation of two columns of one length; NaN is a missing point. Of log returns, never of
 * prices: two lines that merely rise seem related.
 */
export function correlate(a: Float64Array, b: Float64Array): Correlation {
  return cellOf(correlationMatrix([a, b]), { row: 0, column: 1 });
}

/** One cell of a matrix, with its interval. */
export function cellOf(
  { size, r, n }: CorrelationMatrix,
  { row, column }: { readonly row: number; readonly column: number },
): Correlation {
  const at = row * size + column;
  const ratio = finiteOrNull(r[at]);
  const points = n[at] ?? 0;
  return { r: ratio, n: points, ci95: ratio === null ? null : fisherInterval(ratio, points) };
}

/** Correlation of the last `window` rows at each row. */
export function rollingCorrelation(
  a: Float64Array,
  b: Float64Array,
  { window }: { readonly window: number },
): RollingCorrelation {
  checkLengths([b], a.length);
  const r = new Float64Array(a.length).fill(NaN);
  const n = new Uint32Array(a.length);
  for (let end = 1; end <= a.length; end++) {
    const pair = overCommonRows(a, b, { start: Math.max(0, end - window), end });
    n[end - 1] = pair.n;
    if (end >= window && pair.n >= MIN_COMMON_POINTS) r[end - 1] = bounded(pair.product);
  }
  return { r, n };
}

function fisherInterval(r: number, n: number): readonly [low: number, high: number] {
  const z = Math.atanh(r);
  const reach = NORMAL_95 / Math.sqrt(n - 3);
  return [Math.tanh(z - reach), Math.tanh(z + reach)];
}
