import type { UtcMs } from "../kernel/time.ts";
import type { AssetId } from "./assets.ts";
import type { Interval } from "./candle.ts";

/** What the price of several venues is called. */
export const CONSOLIDATED_SOURCE = "consolidated";

/** The last trade of one venue, as it went into a consolidated price or was left out of it. */
export interface VenuePrice {
  readonly venue: string;
  readonly priceUsd: number;
  readonly at: UtcMs;
}

/** A venue that did not count, and why. */
export interface ExcludedVenue extends VenuePrice {
  /** `off_median`: more than 5 % from it. `old`: no trade within 10 s. */
  readonly reason: "off_median" | "old";
}

/**
 * The last price of an asset. Consolidated: the median over venues of their last trades no older
 * than 10 s. Of one source that gives prices and no trades (CoinGecko), it is that source's.
 */
export interface LivePrice {
  readonly assetId: AssetId;
  readonly priceUsd: number;
  /** Time of the newest trade that counts. */
  readonly asof: UtcMs;
  /** `consolidated`, or the one source (`coingecko`, `demo`). */
  readonly source: string;
  /** The venues that count, in the order of their names. */
  readonly venues: readonly VenuePrice[];
  readonly excluded: readonly ExcludedVenue[];
  /** What a source of whole-market figures said last of the asset; `null` where none did. */
  readonly market: MarketFigures | null;
}

/** Figures that trades do not give; of their own source and time, apart from the price's. */
export interface MarketFigures {
  readonly source: string;
  readonly asof: UtcMs;
  readonly volume24hUsd: number | null;
  readonly marketCapUsd: number | null;
}

/** A price that moved too far to be believed at once; it waits for a second witness. */
export interface HeldPrice {
  readonly id: string;
  readonly assetId: AssetId;
  readonly venue: string;
  readonly priceUsd: number;
  readonly at: UtcMs;
  /** The last price believed, and its time. */
  readonly lastPriceUsd: number;
  readonly lastAt: UtcMs;
  readonly state: "held" | "confirmed" | "accepted" | "dropped";
  /** Who settled it: a venue's name, `second observation`, an operator. */
  readonly settledBy: string | null;
  readonly settledAt: UtcMs | null;
}

/** Last prices that outlive the process. */
export interface LivePriceStore {
  /**
   * Keeps the prices and the market figures that come with them, each the newest by its own time:
   * an older one than is stored changes nothing, and a price without figures takes none away.
   */
  recordPrices(prices: readonly LivePrice[]): Promise<void>;
  listPrices(): Promise<readonly LivePrice[]>;
  recordHeld(held: HeldPrice): Promise<void>;
  /** Newest first. */
  listHeld(page: { readonly limit: number }): Promise<readonly HeldPrice[]>;
}

/** The newest prices in memory, whichever instance made them. */
export interface LivePrices {
  /** Grows with every change; equal numbers mean equal prices. */
  version(): number;
  find(assetId: AssetId): LivePrice | null;
  list(): readonly LivePrice[];
}

/** Topics of the bus, with what their messages hold as JSON. */
export const LIVE_TOPICS = {
  /** `readonly LivePrice[]`: prices that changed. */
  prices: "prices",
  /** `readonly LiveCandle[]`: bars that changed, provisional ones included. */
  candles: "candles",
  /** `readonly FeedStatus[]`: feeds whose state changed. */
  feeds: "feeds",
} as const;

/** A bar as it stands, for charts that draw along. */
export interface LiveCandle {
  readonly assetId: AssetId;
  readonly source: string;
  readonly interval: Interval;
  readonly openTime: UtcMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
  readonly state: "provisional" | "final" | "healed";
  readonly asof: UtcMs;
}
