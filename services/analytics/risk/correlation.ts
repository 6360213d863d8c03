import { finiteOrNull } from "../../kernel/numbers.ts";
import { columnProducts } from "./column_products.ts";

/** Common points below which a correlation says nothing. */
export const MIN_COMMON_POINTS = 30;

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

/** Correlations of every two of `size` columns; cell (i, j) stands at `i * size + j`. */
export interface CorrelationMatrix {
  readonly size: number;
  /** NaN where there is none; 1 on the diagonal, by the same rules. */
  readonly r: Float64Array;
  readonly n: Uint32Array;
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

/**
 * Correlations of every two columns of one length. Columns without gaps are centred and scaled
 * once, which leaves a dot product for each pair; a pair with gaps is measured for itself, on the
 * rows that both have.
 */
export function correlationMatrix(columns: readonly Float64Array[]): CorrelationMatrix {
  const size = columns.length;
  const rows = columns[0]?.length ?? 0;
  checkLengths(columns, rows);
  const scaled = columns.map(toUnitLength);
  const whole = scaled.filter((column) => column !== null);
  const products = columnProducts(whole);
  const r = new Float64Array(size * size);
  const n = new Uint32Array(size * size);
  for (let i = 0, u = 0; i < size; i++) {
    for (let j = i, v = u; j < size; j++) {
      const isWhole = scaled[i] !== null && scaled[j] !== null;
      const pair = isWhole
        ? { product: products[u * whole.length + v] as number, n: rows }
        : overCommonRows(columns[i] as Float64Array, columns[j] as Float64Array);
      // Nothing moves more like a column than itself: rounding must not say otherwise.
      const product = i === j && pair.product > 0 ? 1 : pair.product;
      const [cell, mirrored] = [i * size + j, j * size + i];
      r[cell] = r[mirrored] = pair.n < MIN_COMMON_POINTS ? NaN : clamp(product);
      n[cell] = n[mirrored] = pair.n;
      if (scaled[j] !== null) v++;
    }
    if (scaled[i] !== null) u++;
  }
  return { size, r, n };
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
    if (end >= window && pair.n >= MIN_COMMON_POINTS) r[end - 1] = clamp(pair.product);
  }
  return { r, n };
}

function checkLengths(columns: readonly Float64Array[], rows: number): void {
  const uneven = columns.find(({ length }) => length !== rows);
  if (uneven) {
    throw new RangeError(`Cannot pair ${rows} points with ${uneven.length}: expected as many`);
  }
}

/**
 * The column less its mean, divided by its length; `null` where it has gaps or never moves.
 * Values are taken from the first one: equal values then deviate by exactly 0.
 */
function toUnitLength(column: Float64Array): Float64Array | null {
  const anchor = column[0] ?? NaN;
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += column[i] as number - anchor;
  if (Number.isNaN(sum)) return null;
  const mean = sum / column.length;
  const unit = new Float64Array(column.length);
  let squares = 0;
  for (let i = 0; i < column.length; i++) {
    const gap = column[i] as number - anchor - mean;
    unit[i] = gap;
    squares += gap * gap;
  }
  if (squares === 0) return null;
  const share = 1 / Math.sqrt(squares);
  for (let i = 0; i < unit.length; i++) unit[i] = unit[i] as number * share;
  return unit;
}

/**
 * Pearson's product over the rows from `start` to before `end` that both columns have; NaN where
 * one of them never moves. Two passes: the digits of small returns survive a large mean, from
 * which the first common row, taken off at once, keeps equal values exactly equal.
 */
function overCommonRows(
  a: Float64Array,
  b: Float64Array,
  { start = 0, end = a.length }: { readonly start?: number; readonly end?: number } = {},
): { readonly product: number; readonly n: number } {
  let first = start;
  while (first < end && Number.isNaN((a[first] as number) + (b[first] as number))) first++;
  const anchorA = a[first] as number;
  const anchorB = b[first] as number;
  let n = 0;
  let sumA = 0;
  let sumB = 0;
  for (let i = first; i < end; i++) {
    const x = a[i] as number - anchorA;
    const y = b[i] as number - anchorB;
    // NaN alone differs from itself.
    if (x === x && y === y) {
      n++;
      sumA += x;
      sumB += y;
    }
  }
  const centerA = sumA / n;
  const centerB = sumB / n;
  let squaresA = 0;
  let squaresB = 0;
  let products = 0;
  for (let i = first; i < end; i++) {
    const x = a[i] as number - anchorA - centerA;
    const y = b[i] as number - anchorB - centerB;
    if (x === x && y === y) {
      squaresA += x * x;
      squaresB += y * y;
      products += x * y;
    }
  }
  return { product: products / (Math.sqrt(squaresA) * Math.sqrt(squaresB)), n };
}

/** A ratio that rounding carried past its bounds; NaN stays, infinity is none. */
function clamp(ratio: number): number {
  return Number.isFinite(ratio) ? Math.min(1, Math.max(-1, ratio)) : NaN;
}

function fisherInterval(r: number, n: number): readonly [low: number, high: number] {
  const z = Math.atanh(r);
  const reach = NORMAL_95 / Math.sqrt(n - 3);
  return [Math.tanh(z - reach), Math.tanh(z + reach)];
}
