/** How a line of prices went from its first known price on. */
export interface RelativePerformance {
  /** price / first price - 1 at each row, as a fraction; NaN where the price is missing. */
  readonly change: Float64Array;
  /** Row of the first known price; `null` where there is none. */
  readonly base: number | null;
  /** Change at the last row that has a price; `null` without a price. */
  readonly total: number | null;
}

/** Prices as changes against the first one that is known: 0 there, nothing before it. */
export function relativePerformance(prices: Float64Array): RelativePerformance {
  const first = prices.findIndex((price) => price > 0);
  const base = prices[first];
  if (base === undefined) {
    return { change: new Float64Array(prices.length).fill(NaN), base: null, total: null };
  }
  const change = prices.map((price) => price / base - 1);
  const total = change.findLast((value) => !Number.isNaN(value)) ?? null;
  return { change, base: first, total };
}
