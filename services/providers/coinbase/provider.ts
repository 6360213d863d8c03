import { utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/assets.ts";
import { type Interval, intervalMs } from "../../market/candle.ts";
import type {
  FeedEvent,
  MarketProvider,
  MarketProviderCapabilities,
  ProviderCandles,
  SpotPrice,
  TimeRange,
} from "../../market/ports.ts";
import type { Clock } from "../../ports/mod.ts";
import { candlesOf, NO_CANDLES, type ReadRow } from "../candle_rows.ts";
import type { ExchangeParts } from "../exchange_parts.ts";
import type { Markets } from "../markets.ts";
import { pagedRange } from "../paging.ts";
import type { TickSource } from "../tick_source.ts";
import { CANDLES_PER_CALL, CoinbaseClient } from "./client.ts";

/**
 * Coinbase Exchange, in dollars. It has no bars of four hours or a week, and none for a bucket
 * without trades: such a bucket is absent.
 */
export class CoinbaseProvider implements MarketProvider {
  readonly name = "coinbase";
  readonly capabilities: MarketProviderCapabilities = {
    candles: ["1m", "5m", "15m", "1h", "1d"],
    spot: true,
    ticks: true,
  };
  readonly #client: CoinbaseClient;
  readonly #markets: Markets;
  readonly #clock: Clock;
  readonly #stream: TickSource;

  constructor({ http, markets, clock, stream }: ExchangeParts) {
    this.#client = new CoinbaseClient({ http });
    this.#markets = markets;
    this.#clock = clock;
    this.#stream = stream;
  }

  /** Throws `RangeError` for a range of more than 200 calls. */
  async candles(
    assetId: AssetId,
    { interval, range, signal }: {
      readonly interval: Interval;
      readonly range: TimeRange;
      readonly signal?: AbortSignal;
    },
  ): Promise<ProviderCandles> {
    const product = this.#markets.marketOf(assetId);
    if (product === null || !this.capabilities.candles.includes(interval)) return NO_CANDLES;
    const now = this.#clock.now();
    const stepMs = intervalMs(interval);
    const asked = pagedRange(range, { interval, now, rowsPerPage: CANDLES_PER_CALL });
    const rows: ReadRow[] = [];
    for (let { from } = asked; from < asked.to;) {
      const buckets = Math.min(CANDLES_PER_CALL, Math.ceil((asked.to - from) / stepMs));
      const to = utcMsOf(from + buckets * stepMs);
      const page = await this.#client.fetchCandles(product, {
        stepMs,
        range: { from, to },
        signal,
      });
      if (page === null) return NO_CANDLES;
      rows.push(...page);
      from = to;
    }
    return candlesOf(rows, { interval, range, now });
  }

  async spot(
    assetIds: readonly AssetId[],
    signal?: AbortSignal,
  ): Promise<readonly SpotPrice[]> {
    const prices: SpotPrice[] = [];
    for (const assetId of assetIds) {
      const product = this.#markets.marketOf(assetId);
      const ticker = product === null ? null : await this.#client.fetchTicker(product, signal);
      if (ticker === null || !(ticker.price > 0)) continue;
      prices.push({ assetId, priceUsd: ticker.price, asof: ticker.asof, source: this.name });
    }
    return prices;
  }

  ticks(assetIds: readonly AssetId[], signal: AbortSignal): AsyncIterable<FeedEvent> {
    return this.#stream.ticks(assetIds, signal);
  }
}
