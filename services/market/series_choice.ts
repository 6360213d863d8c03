import { MINUTE_MS, type UtcMs } from "../kernel/time.ts";
import { type CandleSeries, type Interval, intervalMs, INTERVALS } from "./candle.ts";
import type { TimeRange } from "./ports.ts";

/** The source name of the synthetic market; everything that stands on it is marked as demo. */
export const DEMO_SOURCE = "demo";

/** `on`: demo data is always there. `auto`, `off`: it hides once anything real is stored. */
export type DemoMode = "auto" | "on" | "off";

/** A stored series that holds at least one candle. */
export interface FilledSeries extends CandleSeries {
  readonly firstOpenTime: UtcMs;
  readonly lastOpenTime: UtcMs;
}

/** The one series that answers a question, and how its candles become those asked for. */
export interface SeriesChoice {
  readonly series: FilledSeries;
  /** The interval of the answer. */
  readonly interval: Interval;
  /** The stored interval that the answer is rolled up from; `null` if it is stored as asked. */
  readonly derivedFrom: Interval | null;
}

/** Preference between sources that both could answer; lower is better. */
export type SourcePriority = (source: string) => number;

/** Whether the source is the synthetic market. */
export function isDemoSource(source: string): boolean {
  return source === DEMO_SOURCE;
}

/** The series with candles that may answer: demo is hidden once any real series exists. */
export function visibleSeries<T extends CandleSeries>(
  all: readonly T[],
  demoMode: DemoMode,
): readonly (T & FilledSeries)[] {
  const filled = all.filter((series) => isFilled(series));
  if (demoMode === "on" || filled.every(({ source }) => isDemoSource(source))) return filled;
  return filled.filter(({ source }) => !isDemoSource(source));
}

/** Whether the demo market is what shows: asked for by name, or while nothing real is stored. */
export function isDemoMarketShown(
  all: readonly Pick<CandleSeries, "source" | "rows">[],
  demoMode: DemoMode,
): boolean {
  if (demoMode !== "auto") return demoMode === "on";
  return all.every(({ source, rows }) => isDemoSource(source) || rows === 0);
}

function isFilled<T extends CandleSeries>(series: T): series is T & FilledSeries {
  return series.rows > 0 && series.firstOpenTime !== null && series.lastOpenTime !== null;
}

/**
 * Ranks sources by name, for registries that name no order: spot markets and aggregates before
 * futures and perpetuals, whose prices carry a basis.
 */
export function spotBeforeFutures(source: string): number {
  return /futures|linear|inverse|perp|swap/.test(source) ? 1 : 0;
}

/** Whether candles of `stored` can be rolled up into candles of `asked`. */
export function isDerivable(stored: Interval, asked: Interval): boolean {
  // Each interval divides every coarser one, and weeks start with a day, so finer is enough.
  return intervalMs(stored) < intervalMs(asked);
}

/** Venues write their open candles by turns: what is known to moments this near is equally new. */
const SAME_MOMENT_MS = 10 * MINUTE_MS;

/**
 * Picks the one series that answers for an interval; `null` if none can. An answer never mixes
 * sources. Candidates are stored at the interval, or finer so that it can be derived. The order:
 * real before demo; the larger overlap with the asked range; stored before derived, and derived
 * from the coarsest; the better priority; the newest last candle; the longest history; most rows;
 * the source's name.
 */
export function chooseSeries(
  series: readonly FilledSeries[],
  { interval, range, priority = spotBeforeFutures }: {
    interval: Interval;
    range?: Partial<TimeRange>;
    priority?: SourcePriority;
  },
): SeriesChoice | null {
  const able = series.filter((one) =>
    one.interval === interval || isDerivable(one.interval, interval)
  );
  const candidates = largest(realOf(able), overlapWith(able, range));
  const byKind = (a: FilledSeries, b: FilledSeries) =>
    intervalMs(b.interval) - intervalMs(a.interval) || priority(a.source) - priority(b.source);
  const kind = first(candidates, byKind);
  const alike = candidates.filter((one) => kind !== null && byKind(one, kind) === 0);
  const best = first(largest(alike, lastClose), byHistory);
  if (!best) return null;
  const derivedFrom = best.interval === interval ? null : best.interval;
  return { series: best, interval, derivedFrom };
}

/**
 * Picks the series that an asset's price stands on; `null` without any. The order: real before
 * demo; among the newest, the finest interval; the better priority; the longest history, so that
 * the choice stays while venues take turns; most rows; the source's name.
 */
export function chooseQuoteSeries(
  series: readonly FilledSeries[],
  { priority = spotBeforeFutures }: { priority?: SourcePriority } = {},
): FilledSeries | null {
  return first(
    largest(realOf(series), asofOfSeries),
    (a, b) =>
      intervalMs(a.interval) - intervalMs(b.interval) ||
      priority(a.source) - priority(b.source) ||
      byHistory(a, b),
  );
}

/** Real series where there are any. */
function realOf(series: readonly FilledSeries[]): readonly FilledSeries[] {
  const real = series.filter(({ source }) => !isDemoSource(source));
  return real.length > 0 ? real : series;
}

/** Those whose measure, in milliseconds, is the largest, or differs by a moment at most. */
function largest(
  series: readonly FilledSeries[],
  measure: (series: FilledSeries) => number,
): readonly FilledSeries[] {
  const most = Math.max(...series.map(measure));
  return series.filter((one) => most - measure(one) <= SAME_MOMENT_MS);
}

/** The longest history first, so that the choice stays while venues take turns. */
function byHistory(a: FilledSeries, b: FilledSeries): number {
  return a.firstOpenTime - b.firstOpenTime || b.rows - a.rows || compareText(a.source, b.source);
}

/**
 * The moment that the newest candle of a series speaks for: its bucket's close, or the series'
 * last write while that bucket was still open.
 */
export function asofOfSeries(series: FilledSeries): UtcMs {
  const written = Math.max(series.updatedAt, series.lastOpenTime);
  return Math.min(lastClose(series), written) as UtcMs;
}

/** The end of a series' newest bucket. */
export function lastClose(series: FilledSeries): UtcMs {
  return series.lastOpenTime + intervalMs(series.interval) as UtcMs;
}

/** The intervals that can be answered from the series, finest first. */
export function availableIntervals(series: readonly FilledSeries[]): readonly Interval[] {
  const finest = Math.min(...series.map(({ interval }) => intervalMs(interval)));
  return INTERVALS.filter((interval) => intervalMs(interval) >= finest);
}

function overlapWith(
  candidates: readonly FilledSeries[],
  range: Partial<TimeRange> | undefined,
): (series: FilledSeries) => number {
  if (range?.from === undefined && range?.to === undefined) return () => 0;
  // An open end reaches as far as any candidate does, so that lengths stay finite.
  const from = range.from ?? Math.min(...candidates.map((one) => one.firstOpenTime));
  const to = range.to ?? Math.max(...candidates.map(lastClose));
  return (series) =>
    Math.max(0, Math.min(to, lastClose(series)) - Math.max(from, series.firstOpenTime));
}

function first<T>(values: readonly T[], compare: (a: T, b: T) => number): T | null {
  let best: T | null = null;
  for (const value of values) {
    if (best === null || compare(value, best) < 0) best = value;
  }
  return best;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
