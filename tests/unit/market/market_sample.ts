import { indicatorEngine } from "@/services/analytics/mod.ts";
import { DAY_MS, type UtcMs } from "@/services/kernel/time.ts";
import {
  type AssetId,
  AssetRegistry,
  bucketStart,
  type DemoMode,
  type FilledSeries,
  type Interval,
  intervalMs,
  MarketService,
} from "@/services/market/mod.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeLivePrices } from "@/tests/fakes/live_prices.ts";
import {
  type CandleSketch,
  columnsOf,
  MemoryCandleStore,
} from "@/tests/fakes/memory_candle_store.ts";
import { assetRow, sampleRegistry } from "@/tests/unit/market/assets_sample.ts";

/** 2026-01-01, a Thursday, where the clock of a sample market stands at first. */
export const NOW = Date.UTC(2026, 0, 1) as UtcMs;

/** The service over a store in memory, with two active assets and one out of use. */
export function sampleMarket({ demoMode = "auto" }: { demoMode?: DemoMode } = {}) {
  const clock = new FakeClock(NOW);
  const store = new MemoryCandleStore(clock);
  const registry = new AssetRegistry(sampleRegistry({
    assets: [
      assetRow("bitcoin", { symbol: "BTC", name: "Bitcoin" }),
      assetRow("ethereum", { symbol: "ETH", name: "Ethereum", themes: ["layer-1"] }),
      assetRow("oldcoin", { symbol: "OLD", name: "Oldcoin", deprecation_status: "deprecated" }),
    ],
  }));
  const changes = store;
  const indicators = indicatorEngine;
  const live = new FakeLivePrices();
  const market = new MarketService({ registry, store, clock, changes, demoMode, indicators, live });
  async function write(
    { assetId = "bitcoin", source = "spot", interval = "1d", candles }: {
      assetId?: string;
      source?: string;
      interval?: Interval;
      candles: readonly CandleSketch[];
    },
  ): Promise<void> {
    const key = { assetId: assetId as AssetId, source, interval };
    await store.upsertCandles(key, columnsOf(candles));
  }
  return { clock, store, market, live, write };
}

/** Candles with these closes; the last one closes at `end`. */
export function closesUntil(
  closes: readonly number[],
  { interval = "1d", end = NOW, volume = 10 }: {
    interval?: Interval;
    end?: number;
    volume?: number;
  } = {},
): CandleSketch[] {
  const size = intervalMs(interval);
  return closes.map((close, at) => ({
    openTime: end - (closes.length - at) * size,
    close,
    volume,
  }));
}

/** A stored series from one day to another, both included, as days after 2021-01-01. */
export function seriesOver(
  firstDay: number,
  lastDay: number,
  fields: Partial<FilledSeries> = {},
): FilledSeries {
  const origin = Date.UTC(2021, 0, 1);
  const interval = fields.interval ?? "1d";
  const end = origin + (lastDay + 1) * DAY_MS;
  return {
    seriesId: 1,
    assetId: "bitcoin" as AssetId,
    source: "spot",
    interval,
    rows: 10,
    version: 1,
    firstOpenTime: origin + firstDay * DAY_MS as UtcMs,
    lastOpenTime: bucketStart(end - 1, interval),
    updatedAt: NOW,
    ...fields,
  };
}
