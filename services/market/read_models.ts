import type { UtcMs } from "../kernel/time.ts";
import type { AssetId } from "./assets.ts";
import type { Candle, CandleColumns, CandleState, Interval } from "./candle.ts";
import type { LivePrice } from "./live_ports.ts";
import type { CandleImport, TimeRange } from "./ports.ts";

/**
 * How a value stands against the time of asking. `live`: its bucket is the current or the last
 * one. `delayed`: up to three buckets behind. `stale`: older. `missing`: there is none.
 */
export type Freshness = "live" | "delayed" | "stale" | "missing";

/** What a value stands on: candles of an interval, or the trades themselves. */
export type Resolution = Interval | "tick";

/** Where a value comes from; goes with every figure that a page or the API shows. */
export interface Provenance {
  /** Slug of the source (`daily_cmc`, `demo`). */
  readonly source: string;
  readonly resolution: Resolution;
  /** Time of the trade, or close of the bucket the value stands on, or its series' last write while it is open. */
  readonly asof: UtcMs;
  /** Interval that the candles were derived from, when they are not stored as asked. */
  readonly derivedFrom: Interval | null;
  readonly isDemo: boolean;
}

/** A number or the reason why there is none; never a guess. */
export type Figure =
  | { readonly value: number; readonly reason: null }
  | { readonly value: null; readonly reason: string };

/** The parts of an asset that lists show. */
export interface AssetLabel {
  readonly assetId: AssetId;
  readonly symbol: string;
  readonly name: string;
  readonly themes: readonly string[];
}

/** One line of the overview. Changes are fractions against the close that long before `asof`. */
export interface AssetQuote extends AssetLabel {
  readonly price: Figure;
  readonly change24h: Figure;
  readonly change7d: Figure;
  readonly change30d: Figure;
  readonly change1y: Figure;
  /** Dollars over the 24 hours before `asof`; estimated as volume × close where not given. */
  readonly volume24hUsd: Figure;
  readonly isVolumeEstimated: boolean;
  readonly marketCapUsd: Figure;
  /** Daily closes of the last 90 days, oldest first; `null` is a missing day. */
  readonly sparkline: readonly (number | null)[];
  readonly provenance: Provenance | null;
  readonly freshness: Freshness;
  /** State of the candle that the price is the close of; `null` where it is not one. */
  readonly state: CandleState | null;
  /** The live price, where it is the quote's price. */
  readonly live: LivePrice | null;
}

export const QUOTE_SORTS = [
  "name",
  "price",
  "change_24h",
  "change_7d",
  "change_30d",
  "change_1y",
  "volume_24h",
  "market_cap",
] as const;
export type QuoteSort = typeof QUOTE_SORTS[number];
export type SortOrder = "asc" | "desc";

export interface MarketBreadth {
  readonly advancing: number;
  readonly declining: number;
  readonly unchanged: number;
  /** Assets without a 24 h change. */
  readonly unknown: number;
  readonly medianChange24h: Figure;
}

export interface MarketOverview {
  /** The newest as-of of all quotes, `null` for an empty store. */
  readonly asof: UtcMs | null;
  readonly quotes: readonly AssetQuote[];
  readonly gainers: readonly AssetQuote[];
  readonly losers: readonly AssetQuote[];
  readonly breadth: MarketBreadth;
  /** Sum over the assets whose market value is known; says how many are not. */
  readonly totalMarketCapUsd: Figure;
  readonly totalVolume24hUsd: Figure;
  readonly unpriced: number;
  readonly sources: readonly string[];
  readonly isDemo: boolean;
  readonly themes: readonly string[];
  /** Version of the facts that it stands on; equal versions mean equal overviews. */
  readonly version: number;
}

/** Candles as a reader asked for them, with where they come from. */
export interface CandlePage {
  readonly assetId: AssetId;
  readonly interval: Interval;
  readonly candles: CandleColumns;
  readonly provenance: Provenance | null;
  /** Buckets inside the range, between the first and last candle, that have no candle. */
  readonly missing: number;
  /** Derived candles: parts that each bucket lacks, aligned with `candles`; `null` if stored. */
  readonly partsMissing: Uint16Array | null;
  /** The candles just before the page, for indicators to warm up on; none unless asked for. */
  readonly warmUp: CandleColumns;
  /** Start of the next page, `null` at the end. */
  readonly nextFrom: UtcMs | null;
  readonly version: number;
}

export const CHART_RANGES = ["1h", "24h", "7d", "1m", "1y", "all"] as const;
export type ChartRange = typeof CHART_RANGES[number];

/**
 * What a chart needs: bars at an interval that fits the range (at most 2,000), ending at the
 * asset's newest candle, and the indicators aligned with them. Gaps are absent buckets.
 */
export interface ChartView {
  readonly asset: AssetLabel;
  readonly range: ChartRange;
  readonly interval: Interval;
  readonly window: TimeRange | null;
  readonly candles: CandleColumns;
  readonly indicators: Readonly<Record<string, readonly (number | null)[]>>;
  readonly missing: number;
  readonly provenance: Provenance | null;
  readonly freshness: Freshness;
  /** Ranges and intervals that have data for this asset. */
  readonly availableRanges: readonly ChartRange[];
  readonly availableIntervals: readonly Interval[];
}

/** One stored series of an asset, for the provenance table. */
export interface SeriesProvenance {
  readonly source: string;
  readonly interval: Interval;
  readonly rows: number;
  readonly missing: number;
  readonly first: UtcMs | null;
  readonly last: UtcMs | null;
  readonly updatedAt: UtcMs;
  readonly lastState: CandleState | null;
  readonly imports: readonly CandleImport[];
}

/** A figure taken apart: how it was made, from which inputs, with the raw rows behind it. */
export interface Explanation {
  /** Slug of the figure: `price`, `change_24h`, `volume_24h`, `market_cap`, `sma:20`. */
  readonly figure: string;
  readonly asset: AssetLabel;
  readonly label: string;
  readonly value: number | null;
  /** `usd`, `fraction`, `units`, `points`. */
  readonly unit: string;
  readonly reason: string | null;
  /** What it means, in a sentence or two. */
  readonly words: string;
  readonly formula: string;
  readonly inputs: readonly ExplanationInput[];
  readonly rounding: string;
  readonly provenance: Provenance | null;
  /** The stored candles that it was computed from, newest last, at most 60. */
  readonly rows: readonly Candle[];
}

export interface ExplanationInput {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly asof: UtcMs | null;
  readonly source: string | null;
  readonly resolution: Resolution | null;
}
