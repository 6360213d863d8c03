import type { AssetId } from "../../market/assets.ts";
import { emptyColumns } from "../../market/candle.ts";
import type { MarketFigures } from "../../market/live_ports.ts";
import type {
  FeedEvent,
  MarketProvider,
  MarketProviderCapabilities,
  ProviderCandles,
  SpotPrice,
} from "../../market/ports.ts";
import type { Markets } from "../markets.ts";
import type { ProviderHttp } from "../provider_http.ts";
import { CoingeckoClient, COINS_PER_CALL } from "./client.ts";

/** A price with the whole-market figures that came along. */
export interface AssetQuote extends SpotPrice {
  readonly market: MarketFigures;
  /** As a fraction: 0.05 is +5 %. */
  readonly change24h: number | null;
}

/**
 * CoinGecko: prices, market values and volumes over all markets that it watches. It gives no
 * candles here: its charts are points and no bars, and its bars are of four hours at best, without
 * volume, from which none of the kept intervals can be made.
 */
export class CoingeckoProvider implements MarketProvider {
  readonly name = "coingecko";
  readonly capabilities: MarketProviderCapabilities = { candles: [], spot: true, ticks: false };
  readonly #client: CoingeckoClient;
  readonly #markets: Markets;

  constructor(
    { http, markets }: { readonly http: ProviderHttp; readonly markets: Markets },
  ) {
    this.#client = new CoingeckoClient({ http });
    this.#markets = markets;
  }

  candles(): Promise<ProviderCandles> {
    return Promise.resolve({ candles: emptyColumns(0), quarantined: [] });
  }

  spot(assetIds: readonly AssetId[], signal?: AbortSignal): Promise<readonly SpotPrice[]> {
    return this.quotes(assetIds, signal);
  }

  /** Prices with market value, volume and change of the last 24 h, 100 assets a call. */
  async quotes(
    assetIds: readonly AssetId[],
    signal?: AbortSignal,
  ): Promise<readonly AssetQuote[]> {
    const coins = assetIds.flatMap((assetId) => this.#markets.marketOf(assetId) ?? []);
    const quotes: AssetQuote[] = [];
    for (let at = 0; at < coins.length; at += COINS_PER_CALL) {
      const found = await this.#client.fetchPrices(coins.slice(at, at + COINS_PER_CALL), signal);
      for (const { coin, priceUsd, asof, change24h, ...figures } of found) {
        const assetId = this.#markets.assetOf(coin);
        if (assetId === null) continue;
        const market = { source: this.name, asof, ...figures };
        quotes.push({ assetId, priceUsd, asof, source: this.name, change24h, market });
      }
    }
    return quotes;
  }

  /** Ends at once: CoinGecko has no trades. */
  async *ticks(): AsyncGenerator<FeedEvent> {}
}
