import { type Interval, INTERVALS } from "../../market/candle.ts";

/** What the name of a candle file tells: `BTCUSDT_1h_2022-01-01_2024-12-31.csv.gz`. */
export interface CandleFileName {
  /** The name without folders. */
  readonly base: string;
  /** The folder's name, empty for a bare file name. */
  readonly folder: string;
  /** Texts that may name the asset or its pair, the likeliest first. */
  readonly symbols: readonly string[];
  readonly interval: Interval | null;
}

/** Coins that stand for a dollar in a pair, longest first where one ends in another. */
const DOLLAR_QUOTES = ["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USDP", "USD", "DAI"];
/** Other quotes: prices in them are no dollar prices. */
const OTHER_QUOTES = ["EUR", "GBP", "JPY", "TRY", "BRL", "AUD", "BTC", "ETH", "BNB"];

/** The parts of a path that say which candles a file holds. */
export function parseFileName(path: string): CandleFileName {
  const parts = path.split(/[\\/]/);
  const base = parts.at(-1) ?? "";
  const stem = base.replace(/\.gz$/i, "").replace(/\.(csv|txt)$/i, "");
  const tokens = stem.split(/[_\s.]+|-(?=\d)/).filter((token) => token !== "");
  const words = tokens.flatMap((token) => token.split("-"));
  return {
    base,
    folder: parts.at(-2) ?? "",
    symbols: [...new Set([stem, ...tokens, ...words])].filter((text) => /[a-z]/i.test(text)),
    // `1M` is a month at exchanges, so letter case counts.
    interval: INTERVALS.find((name) => words.includes(name)) ?? null,
  };
}

/** The currency that the prices of a pair are in, `null` where the text names no pair. */
export type PairQuote = {
  readonly base: string;
  readonly quote: string;
  readonly isDollar: boolean;
};

/** Takes a pair (`BTCUSDT`, `ETH-BTC`) apart; `null` if the text does not end in a known quote. */
export function parsePair(text: string): PairQuote | null {
  const upper = text.toUpperCase();
  for (const quote of [...DOLLAR_QUOTES, ...OTHER_QUOTES]) {
    const base = upper.slice(0, -quote.length).replace(/[-/]$/, "");
    if (!upper.endsWith(quote) || base === "") continue;
    return { base, quote, isDollar: DOLLAR_QUOTES.includes(quote) };
  }
  return null;
}

/** A name as a source's slug: `Daily CMC` is `daily_cmc`. */
export function sourceSlug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
}
