import type { Interval } from "../../market/candle.ts";
import type { TimeRange } from "../../market/ports.ts";
import type { ReadRow } from "../candle_rows.ts";
import type { ProviderHttp } from "../provider_http.ts";
import { type BinanceTicker, isUnknownMarket, parseKlines, parseTickers } from "./parse.ts";

/** Most candles that one call gives. */
export const KLINES_PER_CALL = 1000;
/** Up to so many markets a call weighs no more than for one. */
export const TICKERS_PER_CALL = 20;

/** Request weight of either call. */
const WEIGHT = 2;

/** The calls to Binance's public REST API that we make. */
export class BinanceClient {
  readonly #http: ProviderHttp;

  constructor({ http }: { readonly http: ProviderHttp }) {
    this.#http = http;
  }

  /** The first candles of the range, at most `KLINES_PER_CALL`; `null` for an unknown market. */
  async fetchKlines(
    market: string,
    { interval, range, signal }: {
      readonly interval: Interval;
      readonly range: TimeRange;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<readonly ReadRow[] | null> {
    const query = new URLSearchParams({
      symbol: market,
      interval,
      startTime: `${range.from}`,
      // Inclusive at Binance.
      endTime: `${range.to - 1}`,
      limit: `${KLINES_PER_CALL}`,
    });
    const { value } = await this.#http.fetchJson({
      path: `/api/v3/klines?${query}`,
      key: `klines/${market}/${interval}/${range.from}`,
      cost: WEIGHT,
      parse: parseKlines,
      isAbsence: isUnknownMarket,
      ...(signal && { signal }),
    });
    return value;
  }

  /**
   * Last prices of at most `TICKERS_PER_CALL` markets; `null` if Binance does not know one of
   * them, for then it answers for none.
   */
  async fetchTickers(
    markets: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly BinanceTicker[] | null> {
    const query = new URLSearchParams({ symbols: JSON.stringify(markets), type: "MINI" });
    const { value } = await this.#http.fetchJson({
      path: `/api/v3/ticker/24hr?${query}`,
      key: `ticker_24h/${markets.join(",")}`,
      cost: WEIGHT,
      parse: parseTickers,
      isAbsence: isUnknownMarket,
      ...(signal && { signal }),
    });
    return value;
  }
}
