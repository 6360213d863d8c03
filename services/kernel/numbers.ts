/** A finite number, or `null` for NaN, infinity and absence: what a missing value is outside. */
export function finiteOrNull(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}

/** NaN for absence: how typed arrays hold a missing value inside. */
export function nanIfNull(value: number | null | undefined): number {
  return value ?? NaN;
}

/** `to / from - 1` as a fraction, or `null` where either is missing or the base is not positive. */
export function changeRatio(from: number | null, to: number | null): number | null {
  if (from === null || to === null || !(from > 0)) return null;
  return finiteOrNull(to / from - 1);
}
