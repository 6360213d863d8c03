import type { Uuid } from "../kernel/ids.ts";
import type { UtcMs } from "../kernel/time.ts";
import type { AssetId } from "./assets.ts";
import type { CandleColumns, CandleSeries, Interval, SeriesKey } from "./candle.ts";

/** Half-open range of bucket starts: `from <= openTime < to`. */
export interface TimeRange {
  readonly from: UtcMs;
  readonly to: UtcMs;
}

/** What a write of candles did, row by row: the four add up to the candles given. */
export interface CandleWriteResult {
  readonly inserted: number;
  /** Same bucket with other values: the old row went to the revisions. */
  readonly updated: number;
  readonly unchanged: number;
  /** Refused, because a final candle stands there and this write may only fill. */
  readonly rejected: number;
}

/** A file or fetch that candles came from: kept so that every value can name its origin. */
export interface CandleImport {
  readonly importId: Uuid;
  readonly source: string;
  /** File name or URL without secrets. */
  readonly origin: string;
  readonly format: string;
  /** sha-256 of the bytes as received, hexadecimal. */
  readonly checksum: string;
  readonly startedAt: UtcMs;
  readonly finishedAt: UtcMs | null;
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly quarantined: number;
}

/** A row that was not taken, with the line as it stood and why. */
export interface QuarantinedRow {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

/** A value that a later import or fetch replaced. */
export interface CandleRevision {
  readonly openTime: UtcMs;
  readonly revision: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
  readonly replacedAt: UtcMs;
}

/** Writes inside one import: all of it becomes visible at `commit`, or nothing does. */
export interface CandleImportSession {
  readonly importId: Uuid;
  write(key: SeriesKey, candles: CandleColumns): Promise<CandleWriteResult>;
  quarantine(rows: readonly QuarantinedRow[]): Promise<void>;
}

export interface CandleImportStart {
  readonly source: string;
  readonly origin: string;
  readonly format: string;
}

export interface CandleImportOutcome {
  readonly checksum: string;
  readonly read: number;
}

export interface CandleStore {
  /** Every series, or those of one asset; ordered by asset, interval and source. */
  listSeries(filter?: { readonly assetId?: AssetId }): Promise<readonly CandleSeries[]>;
  findSeries(key: SeriesKey): Promise<CandleSeries | null>;
  /**
   * Candles of a series inside the range, ascending; the first `limit` of them, or the last with
   * `order: "last"`. With `only: "close"` no values are promised but time, close and state, which
   * is faster.
   */
  listCandles(
    seriesId: number,
    query: {
      readonly range: TimeRange;
      readonly limit: number;
      readonly order?: "first" | "last";
      readonly only?: "close";
    },
  ): Promise<CandleColumns>;
  /** Upserts candles of one series in one transaction. Writing the same twice changes nothing. */
  upsertCandles(key: SeriesKey, candles: CandleColumns): Promise<CandleWriteResult>;
  /** Upserts candles of several series in one transaction: all of them or none. */
  upsertAll(
    writes: readonly { readonly key: SeriesKey; readonly candles: CandleColumns }[],
  ): Promise<void>;
  /**
   * Runs `work` inside one transaction and records the import with its sums and quarantined rows.
   * If `work` throws, nothing of it is kept.
   */
  recordImport(
    start: CandleImportStart,
    work: (session: CandleImportSession) => Promise<CandleImportOutcome>,
  ): Promise<CandleImport>;
  /** Imports that wrote to the asset's series, or all of them; newest first. */
  listImports(
    filter: { readonly assetId?: AssetId; readonly limit: number },
  ): Promise<readonly CandleImport[]>;
  listQuarantined(
    importId: Uuid,
    limit: number,
  ): Promise<readonly QuarantinedRow[]>;
  listRevisions(seriesId: number, range: TimeRange): Promise<readonly CandleRevision[]>;
  /** Removes every series of a source with its candles; the number of series removed. */
  deleteSource(source: string): Promise<number>;
}

/** What a provider can do; a caller asks before it calls. */
export interface MarketProviderCapabilities {
  readonly candles: readonly Interval[];
  readonly spot: boolean;
  readonly ticks: boolean;
}

/** Last price of an asset at one venue or source. */
export interface SpotPrice {
  readonly assetId: AssetId;
  readonly priceUsd: number;
  readonly asof: UtcMs;
  readonly source: string;
}

/** One trade. */
export interface Tick {
  readonly assetId: AssetId;
  /** As traded; a venue that quotes in a dollar stablecoin counts it at par and says so. */
  readonly priceUsd: number;
  /** Units of the asset. */
  readonly quantity: number;
  /** The venue's own time of the trade. */
  readonly at: UtcMs;
  /** Name of the venue. */
  readonly source: string;
  /** The venue's number of the trade in its market; 0 where it gives none. */
  readonly tradeId: number;
}

/**
 * How a live feed stands. `unavailable`: the venue says that it does not serve this place (HTTP
 * 451) at any of its addresses; it is tried again only rarely.
 */
export type FeedState = "connecting" | "live" | "silent" | "reconnecting" | "unavailable";

export interface FeedStatus {
  readonly venue: string;
  readonly state: FeedState;
  /** The address in use, without its query. */
  readonly url: string;
  readonly since: UtcMs;
  readonly lastFrameAt: UtcMs | null;
  /** Failed attempts since it was last live. */
  readonly attempts: number;
  /** Why it is not live. */
  readonly reason: string | null;
  /** Frames that could not be read, since the start. */
  readonly badFrames: number;
}

/** Trades of these assets may be missing in `from <= at <= to`. */
export interface FeedGap {
  readonly venue: string;
  readonly assetIds: readonly AssetId[];
  readonly from: UtcMs;
  readonly to: UtcMs;
  /** `disconnected`, `trade ids 5 to 9 are missing`. */
  readonly reason: string;
}

/** What a live feed says; ticks that arrived together come together, in the venue's order. */
export type FeedEvent =
  | { readonly kind: "ticks"; readonly ticks: readonly Tick[] }
  | { readonly kind: "gap"; readonly gap: FeedGap }
  | { readonly kind: "status"; readonly status: FeedStatus };

/** Candles as a provider gave them, before they are stored. */
export interface ProviderCandles {
  readonly candles: CandleColumns;
  readonly quarantined: readonly QuarantinedRow[];
}

/**
 * The one contract of every market source. A failure throws `ProviderError`; an asset that the
 * source does not know gives no candles and no price.
 */
export interface MarketProvider {
  readonly name: string;
  readonly capabilities: MarketProviderCapabilities;
  candles(
    assetId: AssetId,
    query: {
      readonly interval: Interval;
      readonly range: TimeRange;
      readonly signal?: AbortSignal;
    },
  ): Promise<ProviderCandles>;
  spot(assetIds: readonly AssetId[], signal?: AbortSignal): Promise<readonly SpotPrice[]>;
  /**
   * The market as it happens, until `signal` aborts: it connects, reconnects and says so by
   * events; it never throws for what an exchange does. No trade comes twice. Of more than 50
   * assets, or of those that the source does not know, it throws `RangeError` or leaves them out.
   */
  ticks(assetIds: readonly AssetId[], signal: AbortSignal): AsyncIterable<FeedEvent>;
}

/** Prices as columns of one length, oldest first; a row of NaN is a gap. */
export interface PriceColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** What the explain drawer says about one line of an indicator. */
export interface IndicatorWords {
  /** Canonical name of the indicator, as `compute` takes it. */
  readonly name: string;
  /** Canonical name of the line, as `compute` answers it. */
  readonly line: string;
  readonly label: string;
  readonly words: string;
  readonly formula: string;
  /** `usd`, `points` or `fraction`. */
  readonly unit: string;
  readonly parameters: Readonly<Record<string, number | string>>;
}

/**
 * Indicators as charts need them. Analytics builds on market, so its engine is handed in. Names
 * are those of SPEC section 16; an unknown one throws `VALIDATION_FAILED`.
 */
export interface IndicatorEngine {
  /** Whether the text names an indicator, or one line of it (`macd:12-26-9.signal`). */
  isKnown(line: string): boolean;
  /** Bars to read before the first one shown, so that its values no longer depend on the start. */
  warmUpBars(names: readonly string[]): number;
  /** One column per line: `sma:20`, `macd:12-26-9.signal`; NaN where there is no value. */
  compute(
    names: readonly string[],
    prices: PriceColumns,
  ): Readonly<Record<string, Float64Array>>;
  describe(line: string): IndicatorWords;
}
