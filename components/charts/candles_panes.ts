import { formatCompact } from "../format/number.ts";
import type { CandleSeries } from "./candles_data.ts";
import { type IndicatorStyle, styleIndicators } from "./candles_indicators.ts";
import type { MergedCandles } from "./candles_merge.ts";
import {
  type AxisTick,
  type Extent,
  logTicks,
  percentLabel,
  priceLabels,
} from "./candles_ticks.ts";
import { niceTicks } from "./scale.ts";

export const SCALE_MODES = ["linear", "log", "percent"] as const;
export type ScaleMode = typeof SCALE_MODES[number];

/** From this width on the price pane has its full height. */
const WIDE_PX = 560;

const PANE_GAP_PX = 10;
const PANE_TOP_PX = 6;
const PANE_HEIGHT_PX = { volume: 64, rsi: 76, macd: 84 } as const;
const PRICE_HEIGHT_PX = { wide: 424, narrow: 254 } as const;
const PRICE_TICK_ROOM_PX = 58;

export type PaneKind = "price" | "volume" | "rsi" | "macd";

/** A strip of the chart with a value axis of its own, from `top` to `top + height`. */
export interface Pane {
  /** `price`, `volume`, or the key of its indicator. */
  readonly id: string;
  readonly kind: PaneKind;
  readonly label: string;
  readonly top: number;
  readonly height: number;
  /** Values at the bottom and the top edge. */
  readonly min: number;
  readonly max: number;
  readonly isLog: boolean;
  readonly ticks: readonly AxisTick[];
}

export interface PaneBox {
  readonly id: string;
  readonly kind: PaneKind;
  readonly label: string;
  readonly height: number;
}

export interface PlacedBox extends PaneBox {
  readonly top: number;
}

/** The panes that a chart of this series has, from the top. */
export function paneBoxes(series: CandleSeries, width: number): PaneBox[] {
  const priceHeight = width < WIDE_PX ? PRICE_HEIGHT_PX.narrow : PRICE_HEIGHT_PX.wide;
  const boxes: PaneBox[] = [{ id: "price", kind: "price", label: "Price", height: priceHeight }];
  if (series.volume.some((value) => !Number.isNaN(value))) {
    boxes.push({
      id: "volume",
      kind: "volume",
      label: series.isVolumeEstimated ? "Volume, USD ≈" : "Volume, USD",
      height: PANE_HEIGHT_PX.volume,
    });
  }
  for (const { key, kind, label } of styleIndicators(series.indicators)) {
    if (kind !== "rsi" && kind !== "macd") continue;
    boxes.push({ id: key, kind, label, height: PANE_HEIGHT_PX[kind] });
  }
  return boxes.map((box) => ({ ...box, height: box.height + PANE_GAP_PX }));
}

/** Candles and which of them are in view: from `start` to before `end`. */
export interface CandleView {
  readonly candles: MergedCandles;
  readonly start: number;
  readonly end: number;
}

function widen(extent: Extent, values: Float64Array, { start, end }: CandleView): Extent {
  let { min, max } = extent;
  for (let at = start; at < end; at++) {
    const value = values[at] ?? NaN;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

const NOTHING: Extent = { min: Infinity, max: -Infinity };

function linesOf(view: CandleView, key: string): Readonly<Record<string, Float64Array>> {
  return view.candles.indicators.find((indicator) => indicator.key === key)?.lines ?? {};
}

function indicatorExtent(view: CandleView, key: string): Extent {
  return Object.values(linesOf(view, key))
    .reduce((extent, values) => widen(extent, values, view), NOTHING);
}

function priceExtent(view: CandleView, styles: readonly IndicatorStyle[], isLog: boolean): Extent {
  const bars = widen(widen(NOTHING, view.candles.low, view), view.candles.high, view);
  const all = styles.filter(({ isOverlay }) => isOverlay).reduce((extent, { key }) => {
    const { min, max } = indicatorExtent(view, key);
    // A band may reach below zero, where a logarithm and a price have nothing to show.
    const floor = isLog && !(min > 0) ? extent.min : min;
    return { min: Math.min(extent.min, floor), max: Math.max(extent.max, max) };
  }, bars);
  return all.min <= all.max ? all : { min: 0, max: 1 };
}

/** Widens an extent by room at the edges of its pane, so that no mark touches the next pane. */
function padded(
  { min, max }: Extent,
  { height, isLog, margin }: { height: number; isLog: boolean; margin: number },
): Extent {
  const inner = height - PANE_TOP_PX - PANE_GAP_PX;
  const to = isLog ? Math.log : (value: number) => value;
  const back = isLog ? Math.exp : (value: number) => value;
  const span = to(max) - to(min);
  const room = span > 0 ? span : Math.abs(to(max)) * 0.02 || 1;
  const centre = (to(max) + to(min)) / 2;
  const half = room * (0.5 + margin);
  const perPixel = (2 * half) / inner;
  return {
    min: back(centre - half - perPixel * PANE_GAP_PX),
    max: back(centre + half + perPixel * PANE_TOP_PX),
  };
}

function priceTicks(extent: Extent, frame: { mode: ScaleMode; height: number; base: number }) {
  const count = frame.height / PRICE_TICK_ROOM_PX;
  if (frame.mode === "percent" && frame.base > 0) {
    const { base } = frame;
    const changes = niceTicks([extent.min / base - 1, extent.max / base - 1], count);
    return changes.map((change) => ({ value: base * (1 + change), label: percentLabel(change) }));
  }
  return priceLabels(
    frame.mode === "log" ? logTicks(extent, count) : niceTicks([extent.min, extent.max], count),
  );
}

function pricePane(view: CandleView, box: PlacedBox, options: {
  mode: ScaleMode;
  styles: readonly IndicatorStyle[];
}): Pane {
  const lowest = widen(NOTHING, view.candles.low, view).min;
  const isLog = options.mode === "log" && lowest > 0;
  const extent = priceExtent(view, options.styles, isLog);
  const mode = options.mode === "log" && !isLog ? "linear" : options.mode;
  const ticks = priceTicks(extent, {
    mode,
    height: box.height,
    base: view.candles.close[view.start] ?? NaN,
  });
  return { ...box, isLog, ticks, ...padded(extent, { height: box.height, isLog, margin: 0.04 }) };
}

/** Bars grow from zero, so the pane begins there: a bar never has a truncated axis. */
function volumePane(view: CandleView, box: PlacedBox): Pane {
  const { max } = widen({ min: 0, max: 0 }, view.candles.volume, view);
  const ticks = niceTicks([0, max], 2).slice(1).map((value) => {
    const { text, unit } = formatCompact(value);
    return { value, label: text.replace(/\.0+$/, "") + unit };
  });
  const extent = { min: 0, max: max || 1 };
  return {
    ...box,
    isLog: false,
    ticks,
    ...padded(extent, { height: box.height, isLog: false, margin: 0 }),
  };
}

function oscillatorPane(view: CandleView, box: PlacedBox): Pane {
  const { min, max } = indicatorExtent(view, box.id);
  const isRsi = box.kind === "rsi";
  const reach = Math.max(Math.abs(min), Math.abs(max));
  const size = Number.isFinite(reach) && reach > 0 ? reach : 1;
  const extent = isRsi
    ? { min: Math.min(20, min), max: Math.max(80, max) }
    : { min: -size, max: size };
  const values = isRsi ? [30, 50, 70] : niceTicks([-size, size], 3);
  return {
    ...box,
    isLog: false,
    ticks: priceLabels(values),
    ...padded(extent, { height: box.height, isLog: false, margin: 0 }),
  };
}

/** Lays out one pane for the candles in view. */
export function paneOf(
  view: CandleView,
  box: PlacedBox,
  { mode, styles }: { mode: ScaleMode; styles: readonly IndicatorStyle[] },
): Pane {
  if (box.kind === "price") return pricePane(view, box, { mode, styles });
  return box.kind === "volume" ? volumePane(view, box) : oscillatorPane(view, box);
}

/** The pixel of a value in its pane. */
export function paneY(pane: Pane, value: number): number {
  const to = pane.isLog ? Math.log : (number: number) => number;
  const share = (to(value) - to(pane.min)) / (to(pane.max) - to(pane.min));
  return pane.top + (1 - share) * pane.height;
}

/** The value under a pixel of a pane. */
export function paneValue(pane: Pane, y: number): number {
  const share = 1 - (y - pane.top) / pane.height;
  if (!pane.isLog) return pane.min + share * (pane.max - pane.min);
  return pane.min * (pane.max / pane.min) ** share;
}
