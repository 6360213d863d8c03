/** Common points below which a correlation says nothing. */
export const MIN_COMMON_POINTS = 30;

/**
 * Pearson's product over the rows from `start` to before `end` that both columns have; NaN where
 * one of them never moves. Two passes: the digits of small returns survive a large mean, from
 * which the first common row, taken off at once, keeps equal values exactly equal.
 */
export function overCommonRows(
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
export function bounded(ratio: number): number {
  if (Math.abs(ratio) <= 1) return ratio;
  return Math.abs(ratio) < Infinity ? Math.sign(ratio) : NaN;
}

/** Refuses columns that are not all of `rows` rows. */
export function checkLengths(columns: readonly Float64Array[], rows: number): void {
  const uneven = columns.find(({ length }) => length !== rows);
  if (uneven) {
    throw new RangeError(`Cannot pair ${rows} points with ${uneven.length}: expected as many`);
  }
}
