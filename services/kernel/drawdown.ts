/** The deepest fall of a line below its running peak. */
export interface Drawdown {
  /** At most 0: 0 where the line never falls. */
  readonly depth: number;
  /** Row of the peak that it fell from; of a line that never falls, its first row with a value. */
  readonly peak: number;
  /** Row of the lowest point. */
  readonly trough: number;
  /** First row from the trough on that is back at the peak; `null` while there is none. */
  readonly recovery: number | null;
}

/**
 * value_t / max(values up to t) - 1 at each row, at most 0; NaN where the value is missing, which
 * leaves the peak as it was. `peak` is one that was reached before the first row.
 */
export function drawdownCurve(
  values: Float64Array,
  { peak = -Infinity }: { readonly peak?: number } = {},
): Float64Array {
  let highest = peak;
  return values.map((value) => {
    if (value > highest) highest = value;
    return value / highest - 1;
  });
}

/** The deepest drawdown of prices with its dates; `null` where no price is known. */
export function deepestDrawdown(prices: Float64Array): Drawdown | null {
  const curve = drawdownCurve(prices);
  let trough = -1;
  for (let i = 0; i < curve.length; i++) {
    if ((curve[i] as number) < (curve[trough] ?? Infinity)) trough = i;
  }
  const depth = curve[trough];
  if (depth === undefined) return null;
  const peak = curve.subarray(0, trough + 1).lastIndexOf(0);
  const recovered = curve.findIndex((value, i) => i >= trough && value === 0);
  return { depth, peak, trough, recovery: recovered < 0 ? null : recovered };
}
