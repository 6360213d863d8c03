import { DAY_MS, type UtcMs } from "../kernel/time.ts";
import type { AssetId } from "./assets.ts";
import { bucketStart, type CandleSeries, type Interval, sliceColumns } from "./candle.ts";
import type { CandleStore, MarketProvider } from "./ports.ts";
import { DEMO_SOURCE, type DemoMode, isDemoMarketShown, isDemoSource } from "./series_choice.ts";

/** How far back the demo market reaches when it is first written. */
const HISTORY: readonly { readonly interval: Interval; readonly days: number }[] = [
  { interval: "1d", days: 730 },
  { interval: "1h", days: 60 },
  { interval: "5m", days: 7 },
];

/** Candles of one write, so that readers get their turn in between. */
const CHUNK_CANDLES = 2_000;

/** What a refresh did. */
export interface DemoRefresh {
  /** Whether the store shows the demo market at all. */
  readonly isActive: boolean;
  /** Candles written, as new or changed. */
  readonly written: number;
  /** Series removed, as real ones took their place. */
  readonly removed: number;
}

/** Keeps the demo market in the store up to the present, as long as it may be there. */
export class DemoMarket {
  readonly #provider: MarketProvider;
  readonly #store: CandleStore;
  readonly #assetIds: readonly AssetId[];
  readonly #mode: DemoMode;

  /** `assetIds` are those to write: the provider's, as far as the registry knows them. */
  constructor({ provider, store, assetIds, mode }: {
    provider: MarketProvider;
    store: CandleStore;
    assetIds: readonly AssetId[];
    mode: DemoMode;
  }) {
    this.#provider = provider;
    this.#store = store;
    this.#assetIds = assetIds;
    this.#mode = mode;
  }

  /**
   * Writes what is missing up to `now`: on an empty store the whole history, later the open
   * buckets and those since. It goes on where an earlier run was cut off; running it twice writes
   * nothing twice. In mode `auto` it gives way to real candles and removes its own.
   */
  async refresh(now: UtcMs, signal?: AbortSignal): Promise<DemoRefresh> {
    let written = 0;
    for (const { interval, days } of HISTORY) {
      // Asked anew for each interval: an import may come in meanwhile.
      const series = await this.#store.listSeries();
      if (!isDemoMarketShown(series, this.#mode)) break;
      const start = bucketStart(now - days * DAY_MS, interval);
      for (const assetId of this.#assetIds) {
        signal?.throwIfAborted();
        written += await this.#extend(series, { assetId, interval, start, now });
      }
    }
    const removed = await this.#giveWay();
    return { isActive: this.#mode !== "off" && removed === 0, written, removed };
  }

  /** Removes the demo series where real ones stand beside them, or where none is wanted. */
  async #giveWay(): Promise<number> {
    const series = await this.#store.listSeries();
    const hasDemo = series.some(({ source }) => isDemoSource(source));
    if (!hasDemo || isDemoMarketShown(series, this.#mode)) return 0;
    return await this.#store.deleteSource(DEMO_SOURCE);
  }

  async #extend(
    stored: readonly CandleSeries[],
    { assetId, interval, start, now }: {
      assetId: AssetId;
      interval: Interval;
      start: UtcMs;
      now: UtcMs;
    },
  ): Promise<number> {
    const series = stored.find((one) =>
      one.assetId === assetId && one.interval === interval && isDemoSource(one.source)
    );
    // The last stored bucket was open when it was written.
    const from = Math.max(start, series?.lastOpenTime ?? start) as UtcMs;
    const { candles } = await this.#provider.candles(assetId, {
      interval,
      range: { from, to: now },
    });
    let written = 0;
    for (let at = 0; at < candles.length; at += CHUNK_CANDLES) {
      const end = Math.min(candles.length, at + CHUNK_CANDLES);
      const { inserted, updated } = await this.#store.upsertCandles(
        { assetId, interval, source: DEMO_SOURCE },
        sliceColumns(candles, { start: at, end }),
      );
      written += inserted + updated;
    }
    return written;
  }
}
