import { formatUtcMs, utcMsOf } from "../../kernel/time.ts";
import type { TimeRange } from "../../market/ports.ts";
import type { ReadRow } from "../candle_rows.ts";
import type { ProviderHttp } from "../provider_http.ts";
import { type CoinbaseTicker, isUnknownProduct, parseCandles, parseTicker } from "./parse.ts";

/** Most candles that one call gives; a longer range is refused. */
export const CANDLES_PER_CALL = 300;

/** The calls to the public REST API of Coinbase Exchange that we make. */
export class CoinbaseClient {
  readonly #http: ProviderHttp;

  constructor({ http }: { readonly http: ProviderHttp }) {
    this.#http = http;
  }

  /** Candles of a range of at most `CANDLES_PER_CALL` buckets; `null` for an unknown product. */
  async fetchCandles(
    product: string,
    { stepMs, range, signal }: {
      readonly stepMs: number;
      readonly range: TimeRange;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<readonly ReadRow[] | null> {
    const query = new URLSearchParams({
      granularity: `${stepMs / 1000}`,
      start: formatUtcMs(range.from),
      // Inclusive at Coinbase: the start of the last bucket.
      end: formatUtcMs(utcMsOf(range.to - stepMs)),
    });
    const { value } = await this.#http.fetchJson({
      path: `/products/${encodeURIComponent(product)}/candles?${query}`,
      key: `candles/${product}/${stepMs / 1000}/${range.from}`,
      parse: parseCandles,
      isAbsence: isUnknownProduct,
      ...(signal && { signal }),
    });
    return value;
  }

  /** The last trade; `null` for an unknown product. */
  async fetchTicker(product: string, signal?: AbortSignal): Promise<CoinbaseTicker | null> {
    const { value } = await this.#http.fetchJson({
      path: `/products/${encodeURIComponent(product)}/ticker`,
      key: `ticker/${product}`,
      parse: parseTicker,
      isAbsence: isUnknownProduct,
      ...(signal && { signal }),
    });
    return value;
  }
}
