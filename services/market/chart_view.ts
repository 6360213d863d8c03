import { DAY_MS, HOUR_MS, type UtcMs, YEAR_MS } from "../kernel/time.ts";
import { bucketStart, type Interval, intervalMs, INTERVALS } from "./candle.ts";
import type { TimeRange } from "./ports.ts";
import { CHART_RANGES, type ChartRange } from "./read_models.ts";
import { chooseQuoteSeries, type FilledSeries, lastClose } from "./series_choice.ts";

/** Bars that one view may hold: more than a screen has pixels for adds nothing to see. */
export const MAX_CHART_BARS = 2_000;

/** Bars that make a readable chart; the coarsest interval that gives them is taken. */
const READABLE_BARS = 120;

const RANGE_MS: Readonly<Record<Exclude<ChartRange, "all">, number>> = {
  "1h": HOUR_MS,
  "24h": DAY_MS,
  "7d": 7 * DAY_MS,
  "1m": 30 * DAY_MS,
  "1y": YEAR_MS,
};

/** What a chart of a range shows. */
export interface ChartPlan {
  readonly interval: Interval;
  readonly window: TimeRange;
}

/**
 * The window and interval of a chart; `null` without any series. The window ends with the bucket
 * of the newest candle and holds at most `MAX_CHART_BARS` bars, the latest where the asked
 * interval is too fine for the range.
 */
export function planChart(
  series: readonly FilledSeries[],
  { range, interval }: { range: ChartRange; interval?: Interval | undefined },
): ChartPlan | null {
  const window = windowOf(series, range);
  if (window === null) return null;
  const chosen = interval ?? readableInterval(series, window);
  const size = intervalMs(chosen);
  const to = bucketStart(window.to - 1, chosen) + size as UtcMs;
  const from = Math.max(bucketStart(window.from, chosen), to - MAX_CHART_BARS * size) as UtcMs;
  return { interval: chosen, window: { from, to } };
}

/** The ranges whose window has room for at least two bars of what is stored there. */
export function availableRanges(series: readonly FilledSeries[]): readonly ChartRange[] {
  return CHART_RANGES.filter((range) => {
    const window = windowOf(series, range);
    if (window === null) return false;
    return barsIn(window, finestIn(series, window)) >= 2;
  });
}

function windowOf(series: readonly FilledSeries[], range: ChartRange): TimeRange | null {
  const newest = chooseQuoteSeries(series);
  if (newest === null) return null;
  const to = lastClose(newest);
  if (range !== "all") return { from: to - RANGE_MS[range] as UtcMs, to };
  return { from: Math.min(...series.map((one) => one.firstOpenTime)) as UtcMs, to };
}

function readableInterval(series: readonly FilledSeries[], window: TimeRange): Interval {
  const finest = finestIn(series, window);
  const drawable = INTERVALS.filter((interval) =>
    intervalMs(interval) >= intervalMs(finest) && barsIn(window, interval) <= MAX_CHART_BARS
  );
  return drawable.findLast((interval) => barsIn(window, interval) >= READABLE_BARS) ??
    drawable[0] ?? "1w";
}

function finestIn(series: readonly FilledSeries[], window: TimeRange): Interval {
  const inside = series.filter((one) =>
    lastClose(one) > window.from && one.firstOpenTime < window.to
  );
  const finest = Math.min(...inside.map(({ interval }) => intervalMs(interval)));
  return INTERVALS.find((interval) => intervalMs(interval) === finest) ?? "1w";
}

function barsIn({ from, to }: TimeRange, interval: Interval): number {
  return (to - from) / intervalMs(interval);
}
