/** One line of an indicator, aligned with the bars; `null` while its window is not whole. */
export type LineValues = readonly (number | null)[];

/** An indicator as a chart draws it: `macd:12-26-9` with its lines `macd`, `signal`, `histogram`. */
export interface ChartIndicator {
  /** Name and parameters as in the URL: `sma:20`, `bb:20-2`. */
  readonly key: string;
  readonly lines: Readonly<Record<string, LineValues>>;
}

/** `count` buckets without a candle, just before the bar at `index`. */
export type BarGap = readonly [index: number, count: number];

/**
 * Bars and indicators of one chart, compact enough to travel inside a page. The start of a bar is
 * not sent: it follows from `origin`, its index and the gaps before it.
 */
export interface CandleChartData {
  /** Name of the bucket (`1d`) and its length. */
  readonly interval: string;
  readonly intervalMs: number;
  /** Start of the first bar, UTC milliseconds; says nothing without bars. */
  readonly origin: number;
  readonly gaps: readonly BarGap[];
  /** Buckets after the last bar that were asked for as well and have no candle. */
  readonly tail: number;
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  /** US dollars traded in the bar; `null` where the source gives none. */
  readonly volume: LineValues;
  /** Whether some of the volumes were made as units × close. */
  readonly isVolumeEstimated: boolean;
  /** Whether the last bar may still change. */
  readonly isProvisional: boolean;
  readonly indicators: readonly ChartIndicator[];
}

/** The same chart as columns that are fast to scan; NaN is a missing value. */
export interface CandleSeries {
  readonly length: number;
  readonly interval: string;
  readonly intervalMs: number;
  readonly origin: number;
  /** Buckets from `origin` to the bar: the x coordinate, in which gaps keep their width. */
  readonly slot: Int32Array;
  readonly tail: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly isVolumeEstimated: boolean;
  readonly isProvisional: boolean;
  readonly indicators: readonly SeriesIndicator[];
}

export interface SeriesIndicator {
  readonly key: string;
  readonly lines: Readonly<Record<string, Float64Array>>;
}

/** The gaps of bars that start at `openTime`, for `CandleChartData`. */
export function gapsOf(openTime: ArrayLike<number>, intervalMs: number): BarGap[] {
  const gaps: BarGap[] = [];
  for (let at = 1; at < openTime.length; at++) {
    const skipped = Math.round(((openTime[at] ?? NaN) - (openTime[at - 1] ?? NaN)) / intervalMs) -
      1;
    if (skipped > 0) gaps.push([at, skipped]);
  }
  return gaps;
}

/** Buckets that lack a candle between the first bar and the last. */
export function missingBars(gaps: readonly BarGap[]): number {
  return gaps.reduce((sum, [, count]) => sum + count, 0);
}

/**
 * The buckets between the last of the bars and the end of the range that was asked for. At most
 * as many as the bars span: an empty half tells it, more would only press the bars together.
 */
export function tailOf(
  openTime: ArrayLike<number>,
  { intervalMs, rangeEnd }: { intervalMs: number; rangeEnd: number | null },
): number {
  const first = openTime[0];
  const last = openTime[openTime.length - 1];
  if (first === undefined || last === undefined || rangeEnd === null) return 0;
  const span = (last - first) / intervalMs + 1;
  return Math.max(0, Math.min(Math.floor((rangeEnd - last) / intervalMs) - 1, Math.round(span)));
}

function column(values: LineValues): Float64Array {
  const out = new Float64Array(values.length);
  for (let at = 0; at < values.length; at++) out[at] = values[at] ?? NaN;
  return out;
}

function slotsOf(length: number, gaps: readonly BarGap[]): Int32Array {
  const slots = new Int32Array(length);
  const missing = new Map(gaps);
  let shift = 0;
  for (let at = 0; at < length; at++) {
    const count = missing.get(at);
    if (count !== undefined) shift += count;
    slots[at] = at + shift;
  }
  return slots;
}

/** Unpacks a chart into columns. */
export function readSeries(data: CandleChartData): CandleSeries {
  return {
    length: data.close.length,
    interval: data.interval,
    intervalMs: data.intervalMs,
    origin: data.origin,
    slot: slotsOf(data.close.length, data.gaps),
    tail: data.tail,
    open: column(data.open),
    high: column(data.high),
    low: column(data.low),
    close: column(data.close),
    volume: column(data.volume),
    isVolumeEstimated: data.isVolumeEstimated,
    isProvisional: data.isProvisional,
    indicators: data.indicators.map(({ key, lines }) => ({
      key,
      lines: Object.fromEntries(
        Object.entries(lines).map(([name, values]) => [name, column(values)]),
      ),
    })),
  };
}

/** Slots from the first bar to the last, gaps included. */
export function barSlots(series: CandleSeries): number {
  return series.length === 0 ? 0 : (series.slot[series.length - 1] ?? NaN) + 1;
}

/** Slots of the whole chart: those of the bars, and the tail that lacks them. */
export function slotCount(series: CandleSeries): number {
  return barSlots(series) + series.tail;
}

/** Start of the bar at `index`, UTC milliseconds. */
export function barTime(series: CandleSeries, index: number): number {
  return series.origin + (series.slot[index] ?? NaN) * series.intervalMs;
}
