import { type AssetId, emptyColumns, type Interval, intervalMs } from "@/services/market/mod.ts";
import type { SqlCandleStore } from "@/services/storage/mod.ts";

/** Numbers from 0 to below 1 that are the same in every run. */
export function seededRandom(): () => number {
  let seed = 7;
  return () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Writes closes up to `now` that go in waves: days of so many years, hours and five minutes. */
export async function writeWaves(
  store: SqlCandleStore,
  { assetIds, years, now, random }: {
    readonly assetIds: readonly AssetId[];
    readonly years: number;
    readonly now: number;
    readonly random: () => number;
  },
): Promise<void> {
  const windows: readonly (readonly [Interval, number])[] = [
    ["1d", years * 365 + 2],
    ["1h", 90 * 24 + 600],
    ["5m", 900],
  ];
  for (const [index, assetId] of assetIds.entries()) {
    for (const [interval, count] of windows) {
      const width = intervalMs(interval);
      const start = Math.floor(now / width) * width - count * width;
      const candles = { ...emptyColumns(count), length: count };
      for (let k = 0; k < count; k++) {
        const close = 100 * Math.exp(0.3 * Math.sin(k / 50 + index)) + random();
        candles.openTime[k] = start + k * width;
        for (const name of ["open", "high", "low", "close"] as const) candles[name][k] = close;
        candles.state[k] = 1;
      }
      await store.upsertCandles({ assetId, interval, source: "bench" }, candles);
    }
  }
}
