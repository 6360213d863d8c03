import { barSlots, barTime, type CandleSeries, slotCount } from "./candles_data.ts";
import { type IndicatorStyle, styleIndicators } from "./candles_indicators.ts";
import { candleFrom, mergeCandles, type MergedCandles, mergeFactor } from "./candles_merge.ts";
import {
  type CandleView,
  type Pane,
  paneBoxes,
  paneOf,
  paneY,
  type ScaleMode,
} from "./candles_panes.ts";
import { formatBarTime } from "./candles_summary.ts";
import { type AxisTick, timeTicks } from "./candles_ticks.ts";

/** Width of the value axis on the right, and height of the time axis below. */
export const VALUE_AXIS_PX = 74;
export const TIME_AXIS_PX = 20;

const TIME_TICK_ROOM_PX = 76;

/** The part of the series in view, in slots; `to` is exclusive, and both may be fractions. */
export interface ChartWindow {
  readonly from: number;
  readonly to: number;
}

/** Everything that a painter needs to draw a chart; what it is drawn on is the painter's matter. */
export interface CandleFrame extends CandleView {
  readonly width: number;
  readonly height: number;
  readonly plotWidth: number;
  readonly window: ChartWindow;
  readonly mode: ScaleMode;
  readonly isProvisional: boolean;
  readonly styles: readonly IndicatorStyle[];
  readonly panes: readonly Pane[];
  /** Ticks of the time axis; `value` is a slot. */
  readonly timeTicks: readonly AxisTick[];
  readonly lastClose: number | null;
  readonly tail: ChartTail | null;
}

/** The part of the axis behind the last bar, for which there is none: it is drawn, not cut off. */
export interface ChartTail {
  /** Left and right edge in pixels. */
  readonly from: number;
  readonly to: number;
  /** What is missing, in words; empty where they would not fit. */
  readonly label: string;
}

/** A tail narrower than this has no room for its words. */
const TAIL_LABEL_PX = 150;

/** The window that shows the whole series. */
export function fullWindow(series: CandleSeries): ChartWindow {
  return { from: 0, to: Math.max(1, slotCount(series)) };
}

function slotTicks(series: CandleSeries, window: ChartWindow, plotWidth: number): AxisTick[] {
  const { origin, intervalMs } = series;
  const extent = {
    min: origin + window.from * intervalMs,
    max: origin + (window.to - 1) * intervalMs,
  };
  const perSlot = plotWidth / (window.to - window.from);
  return timeTicks(extent, Math.max(2, Math.floor(plotWidth / TIME_TICK_ROOM_PX)))
    .map(({ value, label }) => ({ value: (value - origin) / intervalMs + 0.5, label }))
    // A label that the left edge would cut is left out.
    .filter(({ value }) => (value - window.from) * perSlot > 14);
}

/** The pixel of a slot. */
export function slotX(frame: CandleFrame, slot: number): number {
  const { from, to } = frame.window;
  return ((slot - from) / (to - from)) * frame.plotWidth;
}

/** The slot under a pixel. */
export function slotAt(frame: CandleFrame, x: number): number {
  const { from, to } = frame.window;
  return from + (x / frame.plotWidth) * (to - from);
}

/** The middle of a candle, in pixels. */
export function candleX(frame: CandleFrame, at: number): number {
  return slotX(frame, (frame.candles.slot[at] ?? NaN) + frame.candles.factor / 2);
}

/** Width of a candle's body: an odd number of pixels, so that the wick stands in its middle. */
export function bodyWidth(frame: CandleFrame): number {
  const step = (frame.plotWidth * frame.candles.factor) / (frame.window.to - frame.window.from);
  return Math.max(1, Math.min(13, Math.round(step * 0.68) | 1));
}

/** Merges a series on demand and keeps the groupings, so that zooming back costs nothing. */
export function mergedBy(series: CandleSeries): (factor: number) => MergedCandles {
  const known = new Map<number, MergedCandles>();
  return (factor) => {
    const found = known.get(factor) ?? mergeCandles(series, factor);
    known.set(factor, found);
    return found;
  };
}

/** At the ends of the series a group may hold fewer buckets; its candle gets its full width. */
function wholeGroups(
  candles: MergedCandles,
  { window, slots }: { window: ChartWindow; slots: number },
): ChartWindow {
  const [first] = candles.slot;
  const end = candles.slot[candles.length - 1];
  if (first === undefined || end === undefined) return window;
  const last = end + candles.factor;
  return {
    from: window.from <= 0 ? Math.min(window.from, first) : window.from,
    to: window.to >= slots ? Math.max(window.to, last) : window.to,
  };
}

function tailOfFrame(
  series: CandleSeries,
  { window, plotWidth }: { window: ChartWindow; plotWidth: number },
): ChartTail | null {
  const start = Math.max(window.from, barSlots(series));
  if (series.tail === 0 || start >= window.to) return null;
  const from = ((start - window.from) / (window.to - window.from)) * plotWidth;
  const isRoomy = plotWidth - from >= TAIL_LABEL_PX;
  const end = formatBarTime(barTime(series, series.length - 1), series.intervalMs);
  return { from, to: plotWidth, label: isRoomy ? `No bars after ${end}` : "" };
}

/** Lays out a chart of a width for the slots in view. Linear in the bars in view. */
export function frameOf(
  series: CandleSeries,
  { width, window = fullWindow(series), mode, merge = mergedBy(series) }: {
    width: number;
    window?: ChartWindow;
    mode: ScaleMode;
    merge?: (factor: number) => MergedCandles;
  },
): CandleFrame {
  const plotWidth = Math.max(1, width - VALUE_AXIS_PX);
  const candles = merge(mergeFactor(window.to - window.from, plotWidth));
  const inView = wholeGroups(candles, { window, slots: slotCount(series) });
  const start = candleFrom(candles, inView.from - candles.factor + 1e-9);
  const end = candleFrom(candles, inView.to);
  const view = { candles, start, end };
  const styles = styleIndicators(series.indicators);
  let top = 0;
  const panes = paneBoxes(series, width).map((box) => {
    const placed = { ...box, top };
    top += box.height;
    return paneOf(view, placed, { mode, styles });
  });
  return {
    width,
    height: top + TIME_AXIS_PX,
    plotWidth,
    window: inView,
    mode,
    ...view,
    isProvisional: series.isProvisional,
    styles,
    panes,
    timeTicks: slotTicks(series, inView, plotWidth),
    lastClose: series.close.at(-1) ?? null,
    tail: tailOfFrame(series, { window: inView, plotWidth }),
  };
}

/** When the candle `at` begins and ends, UTC milliseconds. */
export function candleSpan(
  series: CandleSeries,
  { candles, at }: { candles: MergedCandles; at: number },
): { from: number; to: number } {
  return {
    from: barTime(series, candles.first[at] ?? NaN),
    to: barTime(series, candles.last[at] ?? NaN) + series.intervalMs,
  };
}

/** A tick this near to the tag of the last close would be written over by it. */
const TAG_CLEARANCE_PX = 17;

/** Where the tag of the last close stands on the price axis; `null` where it is out of view. */
export function lastCloseTag(frame: CandleFrame, pane: Pane): { value: number; y: number } | null {
  const value = frame.lastClose;
  if (pane.kind !== "price" || value === null) return null;
  return value >= pane.min && value <= pane.max ? { value, y: paneY(pane, value) } : null;
}

/** The ticks of a pane, without the label of one that the tag of the last close would cover. */
export function paneTicks(frame: CandleFrame, pane: Pane): AxisTick[] {
  const tag = lastCloseTag(frame, pane);
  return pane.ticks.map(({ value, label }) => {
    const isCovered = tag !== null && Math.abs(paneY(pane, value) - tag.y) < TAG_CLEARANCE_PX;
    return { value, label: isCovered ? "" : label };
  });
}
