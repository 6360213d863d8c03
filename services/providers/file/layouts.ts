import type { CANDLE_VALUE_COLUMNS } from "../../market/candle.ts";
import { parseNumber, parseTime } from "./fields.ts";

/** Formats that `--format` can name; `auto` finds the one whose columns the file has. */
export const CANDLE_FORMATS = ["ohlcv", "binance", "cmc", "coinmetrics", "trades"] as const;
export type CandleFormat = typeof CANDLE_FORMATS[number];

/** What a column holds. Trades give their price as `close` and their quantity as `volume`. */
export type ColumnRole = "time" | "state" | "skip" | typeof CANDLE_VALUE_COLUMNS[number];

/** How the rows of a file are read. */
export interface CandleLayout {
  readonly format: CandleFormat;
  /** The role of each column, in the file's order. */
  readonly columns: readonly ColumnRole[];
  /** Whether the first row is a header; Binance's public klines have none. */
  readonly hasHeader: boolean;
  /** CoinMarketCap writes 0 for a volume or market value that it did not record. */
  readonly isZeroMissing: boolean;
  /** Our own export leaves open, high and low blank where the source gave a close alone. */
  readonly mayLackOpen: boolean;
}

/** What the first row says: a layout, or why the file is none of ours. */
export type LayoutVerdict =
  | { readonly kind: "layout"; readonly layout: CandleLayout }
  /** Market data, but no candles: a folder import passes over it. */
  | { readonly kind: "other"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

const TIME_NAMES = ["open_time", "timestamp", "time_ms", "time", "datetime", "date", "unix"];

const VALUE_NAMES: Readonly<Record<string, ColumnRole>> = {
  open: "open",
  high: "high",
  low: "low",
  close: "close",
  volume: "volume",
  volume_usd: "volumeUsd",
  market_cap_usd: "marketCapUsd",
};

const BINANCE_QUOTE_VOLUME = ["quote_volume", "quote_asset_volume"];
const BINANCE_COLUMNS = 12;

const COIN_METRICS_NAMES: Readonly<Record<string, ColumnRole>> = {
  priceusd: "close",
  capmrktcurusd: "marketCapUsd",
  volume_reported_spot_usd_1d: "volumeUsd",
};

const TRADE_NAMES: Readonly<Record<string, ColumnRole>> = { price: "close", quantity: "volume" };

const EXPECTED =
  "expected a header like timestamp,open,high,low,close,volume, Binance klines, CoinMarketCap " +
  "(date,open,high,low,close,volume_usd,market_cap_usd) or Coin Metrics (time,…,PriceUSD)";

/**
 * The layout that the first row of a file tells. `hasDollarQuote` says whether the pair is quoted
 * in a dollar coin, so that its quote volume is one in dollars; otherwise it is left out.
 */
export function detectLayout(
  firstRow: readonly string[],
  { hasDollarQuote }: { hasDollarQuote: boolean },
): LayoutVerdict {
  const names = firstRow.map(normalName);
  // A header that ends with a comma names one column too many.
  if (names.at(-1) === "" && names.length > 1) names.pop();
  if (isHeaderlessKline(firstRow)) {
    return layout("binance", headerlessRoles(hasDollarQuote), { hasHeader: false });
  }
  if (firstRow.every((field) => field.trim() === "" || isData(field))) {
    return unknown("has no header line");
  }
  if (names.length === 1 && /[;\t|]/.test(firstRow[0] ?? "")) {
    return unknown("is not separated by commas");
  }
  const twice = names.find((name, at) => name !== "" && names.indexOf(name) !== at);
  if (twice !== undefined) return unknown(`has the column ${twice} twice`);
  if (names.includes("bid") && names.includes("ask")) {
    return { kind: "other", reason: "holds best bids and asks, which are no candles" };
  }
  const time = TIME_NAMES.find((name) => names.includes(name));
  if (time === undefined) return unknown("has no column for the time");
  return detectByNames(names, { time, hasDollarQuote });
}

function detectByNames(
  names: readonly string[],
  { time, hasDollarQuote }: { time: string; hasDollarQuote: boolean },
): LayoutVerdict {
  const has = (name: string) => names.includes(name);
  const roles = (byName: Readonly<Record<string, ColumnRole>>) =>
    names.map((name): ColumnRole => name === time ? "time" : byName[name] ?? "skip");
  const missing = ["open", "high", "low", "close"].filter((name) => !has(name));
  if (missing.length === 0) {
    const quoteVolume = BINANCE_QUOTE_VOLUME.find(has);
    if (quoteVolume !== undefined) {
      const role: ColumnRole = hasDollarQuote && !has("volume_usd") ? "volumeUsd" : "skip";
      return layout("binance", roles({ ...VALUE_NAMES, [quoteVolume]: role }));
    }
    const isCmc = has("volume_usd") && has("market_cap_usd") && !has("volume");
    const isOwnExport = has("state") && has("source");
    return layout(isCmc ? "cmc" : "ohlcv", roles({ ...VALUE_NAMES, state: "state" }), {
      mayLackOpen: isOwnExport,
    });
  }
  if (has("priceusd")) return layout("coinmetrics", roles(COIN_METRICS_NAMES));
  if (has("price") && has("quantity")) return layout("trades", roles(TRADE_NAMES));
  return unknown(`has no column ${missing.join(", ")}`);
}

function layout(
  format: CandleFormat,
  columns: readonly ColumnRole[],
  { hasHeader = true, mayLackOpen = false } = {},
): LayoutVerdict {
  const isZeroMissing = format === "cmc";
  return {
    kind: "layout",
    layout: { format, columns, hasHeader, isZeroMissing, mayLackOpen },
  };
}

function unknown(what: string): LayoutVerdict {
  return { kind: "unknown", reason: `${what}: ${EXPECTED}` };
}

function normalName(field: string): string {
  return field.trim().toLowerCase().replaceAll(/[\s-]+/g, "_");
}

function isData(field: string): boolean {
  return !Number.isNaN(parseNumber(field)) || !Number.isNaN(parseTime(field));
}

/** open time, open, high, low, close, volume, close time, quote volume, four more. */
function isHeaderlessKline(firstRow: readonly string[]): boolean {
  return firstRow.length === BINANCE_COLUMNS && firstRow.every(isData);
}

function headerlessRoles(hasDollarQuote: boolean): readonly ColumnRole[] {
  const roles: ColumnRole[] = ["time", "open", "high", "low", "close", "volume", "skip"];
  roles.push(hasDollarQuote ? "volumeUsd" : "skip");
  while (roles.length < BINANCE_COLUMNS) roles.push("skip");
  return roles;
}
