import { DAY_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { CandleColumns } from "./candle.ts";
import type { AssetLabel } from "./read_models.ts";

/** An asset of a sum, with its daily candles and where they come from. */
export interface ValuedDays {
  readonly asset: AssetLabel;
  readonly daily: CandleColumns;
  readonly source: string;
  readonly asof: UtcMs;
}

/** What assets are worth together, day by day. */
export interface TotalValue {
  /** Start of the first day. */
  readonly from: UtcMs;
  /** As-of of the oldest of the parts. */
  readonly asof: UtcMs;
  readonly sources: readonly string[];
  /** US dollars at the end of each day; NaN where an asset of the sum has no market value. */
  readonly valuesUsd: Float64Array;
  readonly assets: readonly AssetLabel[];
  /** The assets that leave days without a sum, with how many each lacks, the most first. */
  readonly lacking: readonly { readonly asset: AssetLabel; readonly days: number }[];
}

/**
 * The summed market value of assets at the end of each of so many days, up to the newest candle of
 * any of them; `null` without any. A day has a sum only if every asset has a value on it: a sum
 * over fewer would move by who is in it.
 */
export function totalValue(
  parts: readonly ValuedDays[],
  { days }: { readonly days: number },
): TotalValue | null {
  const newest = Math.max(...parts.map(({ daily }) => daily.openTime.at(-1) ?? -Infinity));
  if (newest === -Infinity) return null;
  const from = utcMsOf(newest - (days - 1) * DAY_MS);
  const columns = parts.map(({ asset, daily }) => ({
    asset,
    values: valuesOf(daily, { from, days }),
  }));
  const valuesUsd = Float64Array.from(
    { length: days },
    (_, day) => columns.reduce((sum, { values }) => sum + (values[day] ?? NaN), 0),
  );
  const lacking = columns
    .map(({ asset, values }) => ({ asset, days: values.filter(Number.isNaN).length }))
    .filter((one) => one.days > 0)
    .toSorted((a, b) => b.days - a.days);
  const asof = utcMsOf(Math.min(...parts.map((part) => part.asof)));
  const sources = [...new Set(parts.map(({ source }) => source))].sort();
  return { from, asof, sources, valuesUsd, assets: parts.map(({ asset }) => asset), lacking };
}

function valuesOf(
  { openTime, marketCapUsd }: CandleColumns,
  { from, days }: { readonly from: UtcMs; readonly days: number },
): Float64Array {
  const values = new Float64Array(days).fill(NaN);
  openTime.forEach((at, index) => {
    const day = (at - from) / DAY_MS;
    if (day >= 0) values[day] = marketCapUsd[index] ?? NaN;
  });
  return values;
}
