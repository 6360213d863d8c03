import { utcMsOf } from "../../kernel/time.ts";
import type { AssetId } from "../../market/assets.ts";
import { type Interval, intervalMs, INTERVALS } from "../../market/candle.ts";
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
import { BinanceClient, KLINES_PER_CALL, TICKERS_PER_CALL } from "./client.ts";
import type { BinanceTicker } from "./parse.ts";

/**
 * Binance spot. Its markets are quoted in Tether, which is counted at par: one USDT is one dollar.
 * `volumeUsd` is the volume in the quote, counted likewise.
 */
export class BinanceProvider implements MarketProvider {
  readonly name = "binance";
  readonly capabilities: MarketProviderCapabilities = {
    candles: INTERVALS,
    spot: true,
    ticks: true,
  };
  readonly #client: BinanceClient;
  readonly #markets: Markets;
  readonly #clock: Clock;
  readonly #stream: TickSource;

  constructor({ http, markets, clock, stream }: ExchangeParts) {
    this.#client = new BinanceClient({ http });
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
    const market = this.#markets.marketOf(assetId);
    if (market === null) return NO_CANDLES;
    const now = this.#clock.now();
    const asked = pagedRange(range, { interval, now, rowsPerPage: KLINES_PER_CALL });
    const rows = await this.#fetchRows(market, { interval, range: asked, signal });
    return candlesOf(rows, { interval, range, now });
  }

  /**
   * Pages through the range. A page starts at the first candle there is, so that the years before
   * a market opened cost no calls.
   */
  async #fetchRows(
    market: string,
    { interval, range, signal }: {
      readonly interval: Interval;
      readonly range: TimeRange;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<readonly ReadRow[]> {
    const rows: ReadRow[] = [];
    for (let { from } = range; from < range.to;) {
      const page = await this.#client.fetchKlines(market, {
        interval,
        range: { from, to: range.to },
        signal,
      });
      if (page === null) return [];
      rows.push(...page);
      if (page.length < KLINES_PER_CALL) break;
      // A full page spans at least its rows, even where the last ones can't be read.
      const next = from + KLINES_PER_CALL * intervalMs(interval);
      from = utcMsOf(Math.max(next, lastOpenTime(page, range) + intervalMs(interval)));
    }
    return rows;
  }

  async spot(
    assetIds: readonly AssetId[],
    signal?: AbortSignal,
  ): Promise<readonly SpotPrice[]> {
    const markets = assetIds.flatMap((assetId) => this.#markets.marketOf(assetId) ?? []);
    const prices: SpotPrice[] = [];
    for (let at = 0; at < markets.length; at += TICKERS_PER_CALL) {
      const tickers = await this.#fetchTickers(markets.slice(at, at + TICKERS_PER_CALL), signal);
      for (const { market, price, asof } of tickers) {
        const assetId = this.#markets.assetOf(market);
        if (assetId === null || !(price > 0)) continue;
        prices.push({ assetId, priceUsd: price, asof, source: this.name });
      }
    }
    return prices;
  }

  /** Halves a refused list until the market that Binance does not know stands alone. */
  async #fetchTickers(
    markets: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<readonly BinanceTicker[]> {
    const tickers = await this.#client.fetchTickers(markets, signal);
    if (tickers !== null) return tickers;
    if (markets.length === 1) return [];
    const middle = markets.length >> 1;
    return [
      ...await this.#fetchTickers(markets.slice(0, middle), signal),
      ...await this.#fetchTickers(markets.slice(middle), signal),
    ];
  }

  ticks(assetIds: readonly AssetId[], signal: AbortSignal): AsyncIterable<FeedEvent> {
    return this.#stream.ticks(assetIds, signal);
  }
}

/** Times outside the range are mistakes, which must not end the paging. */
function lastOpenTime(rows: readonly ReadRow[], { to }: TimeRange): number {
  const times = rows.flatMap((row) => row.kind === "candle" ? row.candle.openTime : []);
  return times.findLast((openTime) => openTime < to) ?? 0;
}
