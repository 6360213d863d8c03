import type { UtcMs } from "../../../services/kernel/time.ts";
import { changeRatio } from "../../../services/kernel/numbers.ts";
import type { CandlePage } from "../../../services/market/mod.ts";

/** The highest daily close that is stored, and how far the newest close is from it. */
export interface HighestClose {
  readonly priceUsd: number;
  /** Start of its day. */
  readonly day: UtcMs;
  /** Newest close / highest − 1, at most 0. */
  readonly fromHighest: number;
  /** Days compared, and the first of them. */
  readonly days: number;
  readonly since: UtcMs;
  readonly source: string;
}

/** The highest of the daily closes, the first of equals; `null` without any. */
export function highestClose({ candles, provenance }: CandlePage): HighestClose | null {
  let best = -1;
  for (let at = 0; at < candles.length; at++) {
    if (best < 0 || (candles.close[at] ?? NaN) > (candles.close[best] ?? NaN)) best = at;
  }
  const priceUsd = candles.close[best];
  const last = candles.close[candles.length - 1];
  if (priceUsd === undefined || last === undefined || provenance === null) return null;
  return {
    priceUsd,
    day: candles.openTime[best] as UtcMs,
    fromHighest: changeRatio(priceUsd, last) ?? 0,
    days: candles.length,
    since: candles.openTime[0] as UtcMs,
    source: provenance.source,
  };
}
