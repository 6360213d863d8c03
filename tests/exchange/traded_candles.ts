import type { ExchangeTrade } from "./trade_walk.ts";

const MINUTE_MS = 60_000;

export interface TradedCandle {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly volumeUsd: number;
  readonly trades: number;
}

/** Candles of all trades there were, whether the stream told them or not. */
export class TradedCandles {
  readonly #minutes = new Map<string, Map<number, TradedCandle>>();

  add({ market, price, quantity, at }: ExchangeTrade): void {
    const minutes = this.#minutes.get(market) ?? new Map<number, TradedCandle>();
    this.#minutes.set(market, minutes);
    const openTime = at - at % MINUTE_MS;
    const trade: TradedCandle = {
      openTime,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: quantity,
      volumeUsd: price * quantity,
      trades: 1,
    };
    const minute = minutes.get(openTime);
    minutes.set(openTime, minute === undefined ? trade : joined(minute, trade));
  }

  /** Ascending, those that opened in `from <= openTime <= to`; buckets without trades are left out. */
  list(
    market: string,
    { stepMs, from, to }: { readonly stepMs: number; readonly from: number; readonly to: number },
  ): readonly TradedCandle[] {
    const buckets = new Map<number, TradedCandle>();
    const minutes = [...this.#minutes.get(market)?.values() ?? []];
    for (const minute of minutes.sort((a, b) => a.openTime - b.openTime)) {
      const openTime = minute.openTime - minute.openTime % stepMs;
      if (openTime < from || openTime > to) continue;
      const bucket = buckets.get(openTime);
      buckets.set(openTime, {
        ...(bucket === undefined ? minute : joined(bucket, minute)),
        openTime,
      });
    }
    return [...buckets.values()];
  }
}

function joined(first: TradedCandle, then: TradedCandle): TradedCandle {
  return {
    openTime: first.openTime,
    open: first.open,
    high: Math.max(first.high, then.high),
    low: Math.min(first.low, then.low),
    close: then.close,
    volume: first.volume + then.volume,
    volumeUsd: first.volumeUsd + then.volumeUsd,
    trades: first.trades + then.trades,
  };
}
