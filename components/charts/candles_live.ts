import type { CandleChartData, LineValues } from "./candles_data.ts";
import type { ChartSnapshot } from "./candles_view.ts";

/** A bar as the stream tells it. */
export interface LiveBar {
  /** Start, UTC milliseconds. */
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Units of the asset. */
  readonly volume: number | null;
  readonly isProvisional: boolean;
}

/**
 * What a bar did to a chart. `changed`: the last bar moved. `appended`: a new one began. `known`:
 * the chart has it just so. `unplaced`: it mends an older bar, or some between are missing, so the
 * chart has to be read again.
 */
export type LiveOutcome =
  | { readonly kind: "changed" | "appended"; readonly data: CandleChartData }
  | { readonly kind: "known" | "unplaced" };

const KNOWN: LiveOutcome = { kind: "known" };
const UNPLACED: LiveOutcome = { kind: "unplaced" };

/** Start of the last bar of a chart, UTC milliseconds; `null` without bars. */
export function lastBarTime(data: CandleChartData): number | null {
  if (data.close.length === 0) return null;
  const missing = data.gaps.reduce((sum, [, count]) => sum + count, 0);
  return data.origin + (data.close.length - 1 + missing) * data.intervalMs;
}

/** Interval of the stream that a chart draws along with: its own, or the one it is made from. */
export function streamInterval({ data, origin }: ChartSnapshot): string {
  return origin?.derivedFrom ?? data.interval;
}

/**
 * A chart with a bar of its own interval in its place: the last bar as it is now, or a new one. The
 * indicators of a new bar are not known until the chart is read again.
 */
export function withLiveBar(data: CandleChartData, bar: LiveBar): LiveOutcome {
  const last = lastBarTime(data);
  if (last === null) return UNPLACED;
  if (bar.openTime === last) return { kind: "changed", data: replaceLast(data, bar) };
  if (bar.openTime === last + data.intervalMs) {
    return { kind: "appended", data: replaceLast(withEmptyBar(data), bar) };
  }
  return isKnown(data, bar) ? KNOWN : UNPLACED;
}

/** Whether the chart has the bar as it is, or begins after it. */
function isKnown(data: CandleChartData, bar: LiveBar): boolean {
  if (bar.openTime < data.origin) return true;
  const at = indexOf(data, bar.openTime);
  const same = (values: readonly number[], value: number) =>
    Math.abs((values[at] ?? NaN) - value) <= Math.abs(value) * SAME_WITHIN;
  return at >= 0 && same(data.open, bar.open) && same(data.high, bar.high) &&
    same(data.low, bar.low) && same(data.close, bar.close);
}

/** The page's bars are rounded to the digits that a chart can show. */
const SAME_WITHIN = 1e-8;

/** Index of the bar that starts then; -1 if there is none. */
function indexOf({ origin, intervalMs, gaps, close }: CandleChartData, openTime: number): number {
  const slot = (openTime - origin) / intervalMs;
  let before = 0;
  for (const [index, count] of gaps) {
    if (slot < index + before) break;
    before += count;
    if (slot < index + before) return -1;
  }
  const at = slot - before;
  return Number.isInteger(at) && at >= 0 && at < close.length ? at : -1;
}

/**
 * A chart of a coarser interval with the newest part of its last bar counted in. Volume is known
 * once the part is over and the chart read again.
 */
export function withLivePart(data: CandleChartData, part: LiveBar): LiveOutcome {
  const last = lastBarTime(data);
  const at = data.close.length - 1;
  if (last === null || part.openTime >= last + data.intervalMs) return UNPLACED;
  // What an earlier part adds to its bar is known to the server alone, and read with the next bar.
  if (part.openTime < last) return KNOWN;
  return {
    kind: "changed",
    data: {
      ...data,
      high: data.high.with(at, Math.max(data.high[at] ?? part.high, part.high)),
      low: data.low.with(at, Math.min(data.low[at] ?? part.low, part.low)),
      close: data.close.with(at, part.close),
      isProvisional: true,
    },
  };
}

function replaceLast(data: CandleChartData, bar: LiveBar): CandleChartData {
  const at = data.close.length - 1;
  // The stream counts units; what the source says of dollars comes when the chart is read again.
  const volume = bar.volume === null ? null : bar.volume * bar.close;
  return {
    ...data,
    open: data.open.with(at, bar.open),
    high: data.high.with(at, bar.high),
    low: data.low.with(at, bar.low),
    close: data.close.with(at, bar.close),
    volume: data.volume.with(at, volume),
    isVolumeEstimated: data.isVolumeEstimated || volume !== null,
    isProvisional: bar.isProvisional,
  };
}

function withEmptyBar(data: CandleChartData): CandleChartData {
  const missing = (values: LineValues) => [...values, null];
  return {
    ...data,
    tail: Math.max(0, data.tail - 1),
    open: [...data.open, NaN],
    high: [...data.high, NaN],
    low: [...data.low, NaN],
    close: [...data.close, NaN],
    volume: missing(data.volume),
    indicators: data.indicators.map(({ key, lines }) => ({
      key,
      lines: Object.fromEntries(
        Object.entries(lines).map(([name, values]) => [name, missing(values)]),
      ),
    })),
  };
}
