import type { AssetId } from "./assets.ts";
import type { MarketValue } from "./asset_values.ts";
import type { AssetFacts, MarketSnapshot } from "./market_snapshot.ts";
import type { CandleStore } from "./ports.ts";
import { lastCandle } from "./quotes.ts";
import { asofOfSeries, chooseQuoteSeries, type FilledSeries, lastClose } from "./series_choice.ts";

/**
 * Market values of assets whose price is of a source that gives none, read when they are asked for
 * and again once an asset's series change.
 */
export class MarketValues {
  readonly #store: CandleStore;
  readonly #known = new WeakMap<AssetFacts, MarketValue | null>();

  constructor(store: CandleStore) {
    this.#store = store;
  }

  /** The newest market value that another source than the quote's gives, by asset. */
  async borrowed({ assets }: MarketSnapshot): Promise<ReadonlyMap<AssetId, MarketValue>> {
    const values = await Promise.all(
      [...assets].map(async ([assetId, facts]) => [assetId, await this.#of(facts)] as const),
    );
    return new Map(values.flatMap(([assetId, value]) => value === null ? [] : [[assetId, value]]));
  }

  async #of(facts: AssetFacts): Promise<MarketValue | null> {
    const { quote, visible } = facts;
    if (quote === null || quote.newest.marketCapUsd !== null) return null;
    const known = this.#known.get(facts);
    if (known !== undefined) return known;
    const others = visible.filter(({ source }) => source !== quote.series.source);
    const bySource = Map.groupBy(others, ({ source }) => source).values();
    const newest = [...bySource].flatMap((ofSource) => chooseQuoteSeries(ofSource) ?? []);
    const values = (await Promise.all(newest.map((series) => this.#read(series)))).flat();
    const value = values.toSorted((a, b) => b.asof - a.asof)[0] ?? null;
    this.#known.set(facts, value);
    return value;
  }

  /** The market value that came with the newest candle of a series; none where none did. */
  async #read(series: FilledSeries): Promise<readonly MarketValue[]> {
    const range = { from: series.lastOpenTime, to: lastClose(series) };
    const last = lastCandle(
      await this.#store.listCandles(series.seriesId, { range, limit: 1 }),
    );
    const valueUsd = last?.marketCapUsd ?? null;
    const { source } = series;
    return valueUsd === null ? [] : [{ valueUsd, source, asof: asofOfSeries(series) }];
  }
}
