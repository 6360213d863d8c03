/** The value, held between 0 and 1. */
export function clampFraction(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Where a value lies between two others on a logarithmic scale, 0 to 1; not above 0 is 0. */
export function logShare(
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
): number {
  return value > 0 ? clampFraction(Math.log(value / low) / Math.log(high / low)) : 0;
}
