import { type CandleSeries, type Interval, intervalMs, isDemoSource } from "../market/mod.ts";
import type { CoverageRow } from "./ports.ts";

/** The intervals that are stored; all others are made of them. */
const STORED: readonly Interval[] = ["5m", "1h", "1d"];

/**
 * Share of the candles between the first and the last that are stored, by asset and interval, in
 * the order of `assets`. Of several sources the one with the most candles speaks for an interval;
 * the demo market speaks only where nothing real is stored.
 */
export function seriesCoverage(
  assets: readonly { readonly id: string; readonly symbol: string }[],
  series: readonly CandleSeries[],
): readonly CoverageRow[] {
  const real = series.filter(({ source, rows }) => rows > 0 && !isDemoSource(source));
  const largest = new Map<string, CandleSeries>();
  for (const one of real.length > 0 ? real : series) {
    const key = keyOf(one.assetId, one.interval);
    if (one.rows > (largest.get(key)?.rows ?? 0)) largest.set(key, one);
  }
  return assets.flatMap(({ id, symbol }) => {
    const shares = Object.fromEntries(
      STORED.map((interval) => [interval, shareOf(largest.get(keyOf(id, interval)))]),
    );
    const hasAny = Object.values(shares).some((share) => share !== null);
    return hasAny ? [{ assetId: id, symbol, shares }] : [];
  });
}

function keyOf(assetId: string, interval: Interval): string {
  return `${assetId} ${interval}`;
}

/** Stored candles over buckets from the first candle to the last. */
function shareOf(series: CandleSeries | undefined): number | null {
  const { rows = 0, firstOpenTime = null, lastOpenTime = null } = series ?? {};
  if (!series || firstOpenTime === null || lastOpenTime === null || rows === 0) return null;
  return rows / ((lastOpenTime - firstOpenTime) / intervalMs(series.interval) + 1);
}
