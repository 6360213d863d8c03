import { DAY_MS, HOUR_MS, MINUTE_MS, type UtcMs, utcMsOf, WEEK_MS } from "../kernel/time.ts";
import type { AssetId } from "./assets.ts";

/** Candle buckets, finest first. `1w` starts on Monday, all others at their multiple of UTC. */
export const INTERVALS = ["1m", "5m", "15m", "1h", "4h", "1d", "1w"] as const;
export type Interval = typeof INTERVALS[number];

const INTERVAL_MS: Readonly<Record<Interval, number>> = {
  "1m": MINUTE_MS,
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "1h": HOUR_MS,
  "4h": 4 * HOUR_MS,
  "1d": DAY_MS,
  "1w": WEEK_MS,
};

/** 1970-01-01 was a Thursday; the first Monday is four days later. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Length of a bucket in milliseconds. */
export function intervalMs(interval: Interval): number {
  return INTERVAL_MS[interval];
}

/** The start of the bucket that holds `at`. */
export function bucketStart(at: number, interval: Interval): UtcMs {
  const size = INTERVAL_MS[interval];
  const origin = interval === "1w" ? FIRST_MONDAY_MS : 0;
  return utcMsOf(Math.floor((at - origin) / size) * size + origin);
}

/**
 * `provisional`: may still change. `final`: closed and immutable. `healed`: closed, filled in
 * after a gap. `derived` candles take the weakest state of their parts.
 */
export const CANDLE_STATES = ["provisional", "final", "healed"] as const;
export type CandleState = typeof CANDLE_STATES[number];

/**
 * Candles of one series as columns, ascending by `openTime`, no bucket twice. NaN is a missing
 * value. Volume is in units of the asset; `volumeUsd` and `marketCapUsd` are as the source gave
 * them, in dollars.
 */
export interface CandleColumns {
  readonly length: number;
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly volumeUsd: Float64Array;
  readonly marketCapUsd: Float64Array;
  /** Index into `CANDLE_STATES`. */
  readonly state: Uint8Array;
}

/** The numeric columns, in the order that stores and files use. */
export const CANDLE_VALUE_COLUMNS = [
  "open",
  "high",
  "low",
  "close",
  "volume",
  "volumeUsd",
  "marketCapUsd",
] as const;

/** Every column of a candle. */
export const CANDLE_COLUMNS = ["openTime", ...CANDLE_VALUE_COLUMNS, "state"] as const;

/** One bar, as a reader outside the hot paths sees it. */
export interface Candle {
  readonly openTime: UtcMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
  readonly volumeUsd: number | null;
  readonly marketCapUsd: number | null;
  readonly state: CandleState;
}

/** What tells one series from another: the same asset and bucket from two sources are two. */
export interface SeriesKey {
  readonly assetId: AssetId;
  readonly interval: Interval;
  /** Slug of the source: a provider's name, or the name given at import (`daily_cmc`). */
  readonly source: string;
}

/** A stored series and what is known of it without reading its candles. */
export interface CandleSeries extends SeriesKey {
  readonly seriesId: number;
  readonly rows: number;
  readonly firstOpenTime: UtcMs | null;
  readonly lastOpenTime: UtcMs | null;
  /** Grows with every change of the series, so that readers know when to read again. */
  readonly version: number;
  readonly updatedAt: UtcMs;
}

/** Empty columns with room for `capacity` candles, every value missing, every state `final`. */
export function emptyColumns(capacity: number): CandleColumns {
  const column = () => new Float64Array(capacity).fill(NaN);
  return {
    length: capacity,
    openTime: new Float64Array(capacity),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    volumeUsd: column(),
    marketCapUsd: column(),
    state: new Uint8Array(capacity).fill(CANDLE_STATES.indexOf("final")),
  };
}

/** The candles from `start` to before `end`, as views on the same memory. */
export function sliceColumns(
  columns: CandleColumns,
  { start, end }: { start: number; end: number },
): CandleColumns {
  const cut = (values: Float64Array) => values.subarray(start, end);
  return {
    length: Math.max(0, Math.min(end, columns.length) - start),
    openTime: cut(columns.openTime),
    open: cut(columns.open),
    high: cut(columns.high),
    low: cut(columns.low),
    close: cut(columns.close),
    volume: cut(columns.volume),
    volumeUsd: cut(columns.volumeUsd),
    marketCapUsd: cut(columns.marketCapUsd),
    state: columns.state.subarray(start, end),
  };
}

/** The candles of the wanted rows, as columns of their own. */
export function selectRows(
  columns: CandleColumns,
  isWanted: (row: number) => boolean,
): CandleColumns {
  const rows = Array.from(columns.openTime.keys()).filter(isWanted);
  const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row] ?? NaN);
  return {
    length: rows.length,
    openTime: pick(columns.openTime),
    open: pick(columns.open),
    high: pick(columns.high),
    low: pick(columns.low),
    close: pick(columns.close),
    volume: pick(columns.volume),
    volumeUsd: pick(columns.volumeUsd),
    marketCapUsd: pick(columns.marketCapUsd),
    state: Uint8Array.from(rows, (row) => columns.state[row] ?? 0),
  };
}

/** One candle of the columns. Throws `RangeError` outside them. */
export function candleAt(columns: CandleColumns, index: number): Candle {
  if (!(index >= 0 && index < columns.length)) {
    throw new RangeError(`Cannot read candle ${index}: there are ${columns.length}`);
  }
  const value = (values: Float64Array) => values[index] ?? NaN;
  const optional = (values: Float64Array) => Number.isNaN(value(values)) ? null : value(values);
  return {
    openTime: utcMsOf(value(columns.openTime)),
    open: value(columns.open),
    high: value(columns.high),
    low: value(columns.low),
    close: value(columns.close),
    volume: optional(columns.volume),
    volumeUsd: optional(columns.volumeUsd),
    marketCapUsd: optional(columns.marketCapUsd),
    state: CANDLE_STATES[columns.state[index] ?? 0] ?? "provisional",
  };
}
