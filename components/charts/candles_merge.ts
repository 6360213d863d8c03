import type { CandleSeries, SeriesIndicator } from "./candles_data.ts";

/** A candle narrower than this can't show its body and wick apart. */
const MIN_CANDLE_PX = 3;

/** Bars as they are drawn: each holds `factor` buckets, or what there is of them. */
export interface MergedCandles {
  readonly length: number;
  readonly factor: number;
  /** First slot of the group; groups stand at multiples of `factor`, so panning moves none. */
  readonly slot: Int32Array;
  /** First and last bar of the group in the series. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Sum of what is known; NaN where no bar of the group has a volume. */
  readonly volume: Float64Array;
  readonly indicators: readonly SeriesIndicator[];
}

/**
 * How many buckets a candle has to hold so that it keeps `MIN_CANDLE_PX`: a number of the row
 * 1, 2, 5, 10, 20, 50 …, so that zooming regroups seldom.
 */
export function mergeFactor(slots: number, plotWidth: number): number {
  const needed = (slots * MIN_CANDLE_PX) / Math.max(1, plotWidth);
  for (let power = 1;; power *= 10) {
    for (const step of [1, 2, 5]) if (step * power >= needed) return step * power;
  }
}

interface Group {
  readonly slot: number;
  readonly first: number;
  readonly last: number;
}

function groupsOf(series: CandleSeries, factor: number): Group[] {
  // Counted from the epoch, so that the same bucket falls into the same group in every range.
  const base = Math.round(series.origin / series.intervalMs);
  const groups: Group[] = [];
  let first = 0;
  const keyOf = (at: number) => Math.floor((base + (series.slot[at] ?? 0)) / factor);
  for (let at = 1; at <= series.length; at++) {
    if (at < series.length && keyOf(at) === keyOf(first)) continue;
    groups.push({ slot: keyOf(first) * factor - base, first, last: at - 1 });
    first = at;
  }
  return series.length === 0 ? [] : groups;
}

function lastOf(values: Float64Array, groups: readonly Group[]): Float64Array {
  const out = new Float64Array(groups.length);
  for (const [at, { last }] of groups.entries()) out[at] = values[last] ?? NaN;
  return out;
}

function fold(
  values: Float64Array,
  groups: readonly Group[],
  { combine }: { combine: (a: number, b: number) => number },
): Float64Array {
  const out = new Float64Array(groups.length);
  for (const [at, { first, last }] of groups.entries()) {
    let value = NaN;
    for (let bar = first; bar <= last; bar++) {
      const next = values[bar] ?? NaN;
      if (!Number.isNaN(next)) value = Number.isNaN(value) ? next : combine(value, next);
    }
    out[at] = value;
  }
  return out;
}

/**
 * The bars grouped by `factor` buckets: open of the first, highest high, lowest low, close and
 * indicators of the last, volumes added. Buckets without a bar add nothing and hide nothing.
 */
export function mergeCandles(series: CandleSeries, factor: number): MergedCandles {
  const groups = groupsOf(series, factor);
  const open = new Float64Array(groups.length);
  for (const [at, { first }] of groups.entries()) open[at] = series.open[first] ?? NaN;
  return {
    length: groups.length,
    factor,
    slot: Int32Array.from(groups, ({ slot }) => slot),
    first: Int32Array.from(groups, ({ first }) => first),
    last: Int32Array.from(groups, ({ last }) => last),
    open,
    high: fold(series.high, groups, { combine: Math.max }),
    low: fold(series.low, groups, { combine: Math.min }),
    close: lastOf(series.close, groups),
    volume: fold(series.volume, groups, { combine: (a, b) => a + b }),
    indicators: series.indicators.map(({ key, lines }) => ({
      key,
      lines: Object.fromEntries(
        Object.entries(lines).map(([name, values]) => [name, lastOf(values, groups)]),
      ),
    })),
  };
}

/** First candle at or after `slot`; `length` if there is none. */
export function candleFrom(candles: MergedCandles, slot: number): number {
  let low = 0;
  let high = candles.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((candles.slot[middle] ?? 0) < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The candle whose middle is nearest to `slot`, of those from `start` to before `end`. */
export function nearestCandle(
  candles: MergedCandles,
  slot: number,
  { start, end }: { start: number; end: number },
): number | null {
  if (end <= start) return null;
  const target = slot - candles.factor / 2;
  const after = Math.min(end - 1, Math.max(start, candleFrom(candles, target)));
  const before = Math.max(start, after - 1);
  const gap = (at: number) => Math.abs((candles.slot[at] ?? 0) - target);
  return gap(before) < gap(after) ? before : after;
}
