/**
 * Mid-rank percentiles, 0 to 100, against a reference set: the share of it that lies below, with
 * equal values counted half. A member counts itself among its equals; anybody else is ranked as if
 * it alone had joined, so that it changes nobody's place. NaN stays NaN.
 */
export function midRankPercentiles(
  values: Float64Array,
  { isMember, sign }: { isMember: Uint8Array; sign: 1 | -1 },
): Float64Array {
  const reference = values.filter((value, at) => isMember[at] === 1 && value === value).sort();
  const n = reference.length;
  return values.map((value, at) => {
    if (value !== value) return NaN;
    const below = lowerBound(reference, value);
    const equal = upperBound(reference, value) - below;
    const lesser = sign === 1 ? below : n - below - equal;
    return isMember[at] === 1
      ? 100 * (lesser + equal / 2) / n
      : 100 * (lesser + equal / 2 + 0.5) / (n + 1);
  });
}

/** How many of the ascending values are less than `value`. */
function lowerBound(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? NaN) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the ascending values are at most `value`. */
function upperBound(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? NaN) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Place of each member by its value, 1 the highest, equals sharing the best; NaN for others. */
export function rankOf(values: Float64Array, isMember: Uint8Array): Float64Array {
  const reference = values.filter((value, at) => isMember[at] === 1 && value === value).sort();
  return values.map((value, at) =>
    isMember[at] === 1 && value === value
      ? reference.length - upperBound(reference, value) + 1
      : NaN
  );
}
