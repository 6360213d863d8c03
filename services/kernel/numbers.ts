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

/** Decimals of a percentage as a rule, and the most that help anybody to tell two apart. */
const PERCENT_DECIMALS = { usual: 2, most: 6 };

/**
 * The decimals with which both ends of a range of fractions are written in per cent: two, or as
 * many more as it takes to tell them apart; two again where six don't.
 */
export function percentDecimals([low, high]: readonly [low: number, high: number]): number {
  const { usual, most } = PERCENT_DECIMALS;
  const shown = (end: number, decimals: number) => Number((end * 100).toFixed(decimals));
  // Numbers, as zero is written alike from either side.
  const isApart = (decimals: number) => shown(low, decimals) !== shown(high, decimals);
  for (let decimals = usual; decimals <= most; decimals++) if (isApart(decimals)) return decimals;
  return usual;
}
