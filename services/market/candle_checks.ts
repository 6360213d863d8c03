import type { Interval } from "./candle.ts";

/** The four prices of one candle; NaN is a price that the source does not give. */
export interface CandlePrices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Units, dollars and market value of one candle; NaN is one that the source does not give. */
export interface CandleAmounts {
  readonly volume: number;
  readonly volumeUsd: number;
  readonly marketCapUsd: number;
}

/**
 * Why the values cannot be those of one candle, or `null` if they can: prices are above zero, the
 * low is the least and the high the greatest of the four, exactly, and amounts are not negative.
 * Prices that are missing are not compared.
 */
export function candleFault(prices: CandlePrices, amounts: CandleAmounts): string | null {
  for (const name of ["open", "high", "low", "close"] as const) {
    const price = prices[name];
    if (price <= 0) return `${name} ${price} is not above zero`;
    if (price === Infinity) return `${name} is too large`;
  }
  const { open, high, low, close } = prices;
  if (high < low) return `high ${high} is below low ${low}`;
  if (high < open) return `high ${high} is below open ${open}`;
  if (high < close) return `high ${high} is below close ${close}`;
  if (low > open) return `low ${low} is above open ${open}`;
  if (low > close) return `low ${low} is above close ${close}`;
  const named = [
    ["volume", amounts.volume],
    ["volume in dollars", amounts.volumeUsd],
    ["market cap", amounts.marketCapUsd],
  ] as const;
  for (const [name, amount] of named) {
    if (amount < 0) return `${name} ${amount} is negative`;
    if (amount === Infinity) return `${name} is too large`;
  }
  return null;
}

/** How a time stands to the buckets of an interval, in words for a refusal. */
export function alignmentFault(at: string, interval: Interval): string {
  const start = interval === "1w" ? "Monday 00:00 UTC" : `a multiple of ${interval} in UTC`;
  return `${at} is not the start of a ${interval} candle: expected ${start}`;
}
