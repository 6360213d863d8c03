import type { ProviderHttp } from "../provider_http.ts";
import { type CoinQuote, parsePrices } from "./parse.ts";

/** So many ids keep the address below 4 kB. */
export const COINS_PER_CALL = 100;

/** The calls to CoinGecko's public API that we make. */
export class CoingeckoClient {
  readonly #http: ProviderHttp;

  constructor({ http }: { readonly http: ProviderHttp }) {
    this.#http = http;
  }

  /** Quotes of at most `COINS_PER_CALL` coins; one that CoinGecko does not know is left out. */
  async fetchPrices(
    coins: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly CoinQuote[]> {
    const query = new URLSearchParams({
      ids: coins.join(","),
      vs_currencies: "usd",
      include_market_cap: "true",
      include_24hr_vol: "true",
      include_24hr_change: "true",
      include_last_updated_at: "true",
      precision: "full",
    });
    const { value } = await this.#http.fetchJson({
      path: `/simple/price?${query}`,
      key: `prices/${coins.join(",")}`,
      parse: parsePrices,
      ...(signal && { signal }),
    });
    return value ?? [];
  }
}
