import type { UtcMs } from "../../../services/kernel/time.ts";
import { changeRatio } from "../../../services/kernel/numbers.ts";
import type { CandlePage } from "../../../services/market/mod.ts";

/** The highest close of a series of daily bars, and how far a price is from it. */
export interface HighestClose {
  readonly priceUsd: number;
  /** Start of its day. */
  readonly day: UtcMs;
  /** Price / highest − 1; above 0 where the price is newer than the bars and higher. */
  readonly fromHighest: number;
  /** Days compared, the first of them and the last. */
  readonly days: number;
  readonly since: UtcMs;
  readonly until: UtcMs;
  readonly source: string;
}

/**
 * The highest of the daily closes, the first of equals; `null` without any, without a price, and
 * where all closes are 0, which nothing can be measured from.
 */
export function highestClose(
  { candles, provenance }: Pick<CandlePage, "candles" | "provenance">,
  { price }: { price: number | null },
): HighestClose | null {
  let best = -1;
  for (let at = 0; at < candles.length; at++) {
    if (best < 0 || (candles.close[at] ?? NaN) > (candles.close[best] ?? NaN)) best = at;
  }
  const priceUsd = candles.close[best];
  if (priceUsd === undefined || provenance === null) return null;
  const fromHighest = changeRatio(priceUsd, price);
  if (fromHighest === null) return null;
  return {
    priceUsd,
    day: candles.openTime[best] as UtcMs,
    fromHighest,
    days: candles.length,
    since: candles.openTime[0] as UtcMs,
    until: candles.openTime[candles.length - 1] as UtcMs,
    source: provenance.source,
  };
}
