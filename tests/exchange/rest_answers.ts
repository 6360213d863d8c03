import type { TradedCandle, TradedCandles } from "./traded_candles.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const STEPS: Readonly<Record<string, number>> = {
  "1m": MINUTE_MS,
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "4h": 240 * MINUTE_MS,
  "1d": DAY_MS,
};
const MAX_COINBASE_ROWS = 300;

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What the venues' REST endpoints answer, computed from the very trades. */
export function restAnswer(
  { pathname, searchParams }: URL,
  { candles, now }: { readonly candles: TradedCandles; readonly now: number },
): RestAnswer {
  if (pathname === "/api/v3/time") return ok({ serverTime: now });
  if (pathname === "/api/v3/klines") return klines(searchParams, { candles, now });
  if (pathname === "/api/v3/ticker/24hr") return tickers(searchParams, { candles, now });
  const product = /^\/products\/([A-Z0-9-]+)\/candles$/.exec(pathname)?.[1];
  if (product !== undefined) return ok(productCandles(product, searchParams, { candles, now }));
  return { status: 404, body: { message: "NotFound" } };
}

interface Facts {
  readonly candles: TradedCandles;
  readonly now: number;
}

function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}

function klines(query: URLSearchParams, { candles, now }: Facts): RestAnswer {
  const stepMs = STEPS[query.get("interval") ?? ""];
  if (stepMs === undefined) return { status: 400, body: { code: -1120, msg: "Invalid interval." } };
  const rows = candles.list(query.get("symbol") ?? "", {
    stepMs,
    from: Number(query.get("startTime") ?? 0),
    to: Number(query.get("endTime") ?? now),
  });
  const limit = Number(query.get("limit") ?? 500);
  const taken = query.has("startTime") ? rows.slice(0, limit) : rows.slice(-limit);
  return ok(taken.map((row) => kline(row, stepMs)));
}

function kline(row: TradedCandle, stepMs: number): readonly unknown[] {
  return [
    row.openTime,
    String(row.open),
    String(row.high),
    String(row.low),
    String(row.close),
    row.volume.toFixed(8),
    row.openTime + stepMs - 1,
    row.volumeUsd.toFixed(8),
    row.trades,
    (row.volume / 2).toFixed(8),
    (row.volumeUsd / 2).toFixed(8),
    "0",
  ];
}

function tickers(query: URLSearchParams, facts: Facts): RestAnswer {
  const one = query.get("symbol");
  if (one !== null) {
    const found = ticker(one, facts);
    return found === null
      ? { status: 400, body: { code: -1121, msg: "Invalid symbol." } }
      : ok(found);
  }
  const all: unknown[] = [];
  for (const symbol of JSON.parse(query.get("symbols") ?? "[]")) {
    const found = ticker(symbol, facts);
    if (found === null) return { status: 400, body: { code: -1121, msg: "Invalid symbol." } };
    all.push(found);
  }
  return ok(all);
}

function ticker(symbol: string, { candles, now }: Facts): unknown {
  const minutes = candles.list(symbol, { stepMs: MINUTE_MS, from: now - DAY_MS, to: now });
  const [first, last] = [minutes[0], minutes.at(-1)];
  if (first === undefined || last === undefined) return null;
  const sum = (of: (row: TradedCandle) => number) =>
    minutes.reduce((total, row) => total + of(row), 0);
  return {
    symbol,
    priceChange: String(last.close - first.open),
    priceChangePercent: String((last.close / first.open - 1) * 100),
    openPrice: String(first.open),
    highPrice: String(Math.max(...minutes.map(({ high }) => high))),
    lowPrice: String(Math.min(...minutes.map(({ low }) => low))),
    lastPrice: String(last.close),
    volume: sum(({ volume }) => volume).toFixed(8),
    quoteVolume: sum(({ volumeUsd }) => volumeUsd).toFixed(8),
    openTime: now - DAY_MS,
    closeTime: now,
    count: sum(({ trades }) => trades),
  };
}

/** `[time in seconds, low, high, open, close, volume]`, newest first. */
function productCandles(
  product: string,
  query: URLSearchParams,
  { candles, now }: Facts,
): readonly unknown[] {
  const stepMs = Number(query.get("granularity") ?? 60) * 1000;
  const rows = candles.list(product, {
    stepMs,
    from: instant(query.get("start")) ?? now - MAX_COINBASE_ROWS * stepMs,
    to: instant(query.get("end")) ?? now,
  });
  return rows.toReversed().slice(0, MAX_COINBASE_ROWS)
    .map(({ openTime, low, high, open, close, volume }) => [
      openTime / 1000,
      low,
      high,
      open,
      close,
      volume,
    ]);
}

function instant(text: string | null): number | null {
  if (text === null) return null;
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}
