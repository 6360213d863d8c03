/** Sum of the values, with the rounding error of each addition carried along (Neumaier). */
function sum(values: Float64Array): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? (total - next) + value : (value - next) + total;
    total = next;
  }
  return total + lost;
}

/** Arithmetic mean, or `null` of no values. */
export function mean(values: Float64Array): number | null {
  return values.length === 0 ? null : sum(values) / values.length;
}

/**
 * Deviations from the mean; none of no values. They are taken from the first value first, which
 * leaves the digits of values that lie close together: equal values deviate by exactly 0.
 */
function deviations(values: Float64Array): Float64Array {
  const [anchor = NaN] = values;
  const shifted = values.map((value) => value - anchor);
  const center = sum(shifted) / shifted.length;
  return shifted.map((value) => value - center);
}

/** Standard deviation of a sample, divided by n - 1; `null` of fewer than two values. */
export function sampleDeviation(values: Float64Array): number | null {
  if (values.length < 2) return null;
  return Math.sqrt(sum(deviations(values).map((gap) => gap * gap)) / (values.length - 1));
}

/** Standard deviation of all there is, divided by n; `null` of no values. */
export function populationDeviation(values: Float64Array): number | null {
  if (values.length === 0) return null;
  return Math.sqrt(sum(deviations(values).map((gap) => gap * gap)) / values.length);
}

/**
 * Slope of the regression of `values` on `factor`, cov(values, factor) / var(factor); `null` of
 * fewer than two pairs and where the factor never moves.
 */
export function regressionSlope(values: Float64Array, factor: Float64Array): number | null {
  if (values.length !== factor.length) {
    throw new RangeError(
      `Cannot pair ${values.length} values with ${factor.length}: expected equal lengths`,
    );
  }
  if (values.length < 2) return null;
  const gaps = deviations(factor);
  const variance = sum(gaps.map((gap) => gap * gap));
  if (variance === 0) return null;
  return sum(deviations(values).map((gap, i) => gap * (gaps[i] ?? NaN))) / variance;
}
