import { changeRatio, finiteOrNull } from "../kernel/numbers.ts";
import { DAY_MS, formatUtcMs, type UtcMs, YEAR_MS } from "../kernel/time.ts";
import {
  bucketStart,
  type Candle,
  candleAt,
  type CandleColumns,
  type Interval,
  intervalMs,
} from "./candle.ts";
import type { TimeRange } from "./ports.ts";
import type { AssetLabel, AssetQuote, Figure, Freshness, Provenance } from "./read_models.ts";
import { asofOfSeries, type FilledSeries, isDemoSource } from "./series_choice.ts";

/** Days of the sparkline, the newest included. */
export const SPARKLINE_DAYS = 90;

/** The spans over which a quote states its change. */
export const CHANGE_SPANS = {
  change_24h: { ms: DAY_MS, words: "24 hours" },
  change_7d: { ms: 7 * DAY_MS, words: "7 days" },
  change_30d: { ms: 30 * DAY_MS, words: "30 days" },
  change_1y: { ms: YEAR_MS, words: "365 days" },
} as const;
export type ChangeFigure = keyof typeof CHANGE_SPANS;
export const CHANGE_FIGURES = Object.keys(CHANGE_SPANS) as readonly ChangeFigure[];

/** A coarser candle's close may lie off the span's start by this share of the span. */
const MAX_BASE_OFFSET = 1 / 7;

/** The candle a change compares with, of the quote's series or a coarser one of its source. */
export interface ChangeBase {
  readonly candle: Candle;
  readonly interval: Interval;
}

/** Everything that an asset's quote is computed from, all of one series' source. */
export interface QuoteFacts {
  readonly asset: AssetLabel;
  readonly series: FilledSeries;
  readonly newest: Candle;
  /** The candle that each change compares with; `null` where there is none. */
  readonly bases: Readonly<Record<ChangeFigure, ChangeBase | null>>;
  /** The candles of the last 24 hours, the newest included. */
  readonly lastDay: CandleColumns;
  /** Daily candles, stored or derived, of at most the last `SPARKLINE_DAYS` days. */
  readonly daily: CandleColumns;
}

/** The buckets that make up the 24 hours ending with the newest candle. */
export function lastDayRange(series: FilledSeries): TimeRange {
  const size = intervalMs(series.interval);
  const to = series.lastOpenTime + size;
  return { from: to - Math.max(size, DAY_MS) as UtcMs, to: to as UtcMs };
}

/**
 * The bucket whose close stands `span` before the as-of of the quote's series: the one that closes
 * at that instant, or that holds it while the newest bucket is open. In a coarser series, which a
 * fine one of short history falls back on, it is the last bucket closed by then, which may be up to
 * one bucket earlier. `null` if that is too much of the span: a daily close makes no change over 24
 * hours, but one over a week.
 */
export function changeBaseRange(
  quoted: FilledSeries,
  { figure, interval }: { figure: ChangeFigure; interval: Interval },
): TimeRange | null {
  const size = intervalMs(interval);
  const { ms: spanMs } = CHANGE_SPANS[figure];
  const isCoarser = interval !== quoted.interval;
  if (size > (isCoarser ? spanMs * MAX_BASE_OFFSET : spanMs)) return null;
  const instant = asofOfSeries(quoted) - spanMs;
  const from = !isCoarser
    ? bucketStart(instant - 1, interval)
    : bucketStart(instant, interval) - size;
  return { from: from as UtcMs, to: from + size as UtcMs };
}

/** Close of the newest candle, in dollars. */
export function priceFigure({ newest, series }: QuoteFacts): Figure {
  return figureOf(newest.close, `The newest candle of ${series.source} has no close`);
}

/** `price / close that long before - 1`, as a fraction. */
export function changeFigure(facts: QuoteFacts, figure: ChangeFigure): Figure {
  const { series, newest, bases } = facts;
  const { words } = CHANGE_SPANS[figure];
  const range = changeBaseRange(series, { figure, interval: series.interval });
  if (range === null) return missing(`A ${series.interval} candle is longer than ${words}`);
  const base = bases[figure];
  if (base === null) {
    return missing(`${series.source} has no candle that closes at ${formatUtcMs(range.to)}`);
  }
  return figureOf(
    changeRatio(finiteOrNull(base.candle.close), finiteOrNull(newest.close)),
    `The close ${words} before is not a positive price`,
  );
}

/**
 * Dollars traded over the 24 hours that end with the newest bucket: the dollars that the source
 * gave, else units × close for each candle. Missing as soon as one candle or its volume is.
 */
export function volumeFigure({ series, lastDay }: QuoteFacts): Figure {
  const size = intervalMs(series.interval);
  if (size > DAY_MS) return missing(`A ${series.interval} candle is longer than 24 hours`);
  const expected = DAY_MS / size;
  if (lastDay.length < expected) {
    const absent = expected - lastDay.length;
    return missing(`${absent} of ${expected} ${series.interval} candles are missing`);
  }
  let sum = 0;
  let unknown = 0;
  for (let at = 0; at < lastDay.length; at++) {
    const dollars = candleVolumeUsd(lastDay, at);
    if (Number.isNaN(dollars)) unknown++;
    else sum += dollars;
  }
  if (unknown === 0) return figureOf(sum, "The sum of the volumes is not a number");
  return missing(`${unknown} of ${expected} ${series.interval} candles have no volume`);
}

/** Whether any candle of the last 24 hours gives its volume in units only. */
export function isVolumeEstimated({ lastDay }: QuoteFacts): boolean {
  return lastDay.volumeUsd.some(Number.isNaN);
}

/** Dollars of one candle: as given, else units × close; NaN if neither is known. */
export function candleVolumeUsd(candles: CandleColumns, at: number): number {
  const given = candles.volumeUsd[at] ?? NaN;
  if (!Number.isNaN(given)) return given;
  return (candles.volume[at] ?? NaN) * (candles.close[at] ?? NaN);
}

/** Market value in dollars as the source gave it with the newest candle. */
export function marketCapFigure({ newest, series }: QuoteFacts): Figure {
  return figureOf(newest.marketCapUsd, `${series.source} gives no market value`);
}

/** Daily closes of the last 90 days, oldest first; `null` for a day without a candle. */
function sparklineOf({ series, daily }: QuoteFacts): readonly (number | null)[] {
  const lastDay = bucketStart(series.lastOpenTime, "1d");
  const closes = new Array<number | null>(SPARKLINE_DAYS).fill(null);
  for (let at = 0; at < daily.length; at++) {
    const daysAgo = (lastDay - (daily.openTime[at] ?? NaN)) / DAY_MS;
    const slot = SPARKLINE_DAYS - 1 - daysAgo;
    if (slot >= 0 && slot < SPARKLINE_DAYS) closes[slot] = finiteOrNull(daily.close[at]);
  }
  return closes;
}

/** Where the quote comes from. */
export function provenanceOfQuote({ series }: QuoteFacts): Provenance {
  return {
    source: series.source,
    resolution: series.interval,
    asof: asofOfSeries(series),
    derivedFrom: null,
    isDemo: isDemoSource(series.source),
  };
}

/** How many buckets the newest candle is behind the clock, in the words of `Freshness`. */
export function freshnessOf(
  { lastOpenTime, interval }: { lastOpenTime: UtcMs; interval: Interval },
  now: UtcMs,
): Freshness {
  const behind = (bucketStart(now, interval) - lastOpenTime) / intervalMs(interval);
  if (behind <= 1) return "live";
  return behind <= 3 ? "delayed" : "stale";
}

/** The quote that the facts give, as fresh as it is at `now`. */
export function quoteOf(facts: QuoteFacts, now: UtcMs): AssetQuote {
  return {
    ...facts.asset,
    price: priceFigure(facts),
    change24h: changeFigure(facts, "change_24h"),
    change7d: changeFigure(facts, "change_7d"),
    change30d: changeFigure(facts, "change_30d"),
    change1y: changeFigure(facts, "change_1y"),
    volume24hUsd: volumeFigure(facts),
    isVolumeEstimated: isVolumeEstimated(facts),
    marketCapUsd: marketCapFigure(facts),
    sparkline: sparklineOf(facts),
    provenance: provenanceOfQuote(facts),
    freshness: freshnessOf(facts.series, now),
    state: facts.newest.state,
    live: null,
  };
}

/** Why an asset without candles has no figures. */
export const NOTHING_STORED = "No candles of this asset are stored";

/** The quote of an asset of which nothing is stored: every figure is missing and says so. */
export function missingQuote(asset: AssetLabel): AssetQuote {
  const none = missing(NOTHING_STORED);
  return {
    ...asset,
    price: none,
    change24h: none,
    change7d: none,
    change30d: none,
    change1y: none,
    volume24hUsd: none,
    isVolumeEstimated: false,
    marketCapUsd: none,
    sparkline: new Array<null>(SPARKLINE_DAYS).fill(null),
    provenance: null,
    freshness: "missing",
    state: null,
    live: null,
  };
}

/** The newest candle of columns that hold at least one. */
export function lastCandle(candles: CandleColumns): Candle | null {
  return candles.length > 0 ? candleAt(candles, candles.length - 1) : null;
}

/** A figure that is missing, with the reason. */
export function missing(reason: string): Figure {
  return { value: null, reason };
}

/** A figure of a number, or missing for the reason where the number is none. */
export function figureOf(value: number | null, reason: string): Figure {
  const finite = finiteOrNull(value);
  return finite === null ? missing(reason) : { value: finite, reason: null };
}
