import type { CandleFrame } from "../../components/charts/candles_frame.ts";
import { type Pane, paneY } from "../../components/charts/candles_panes.ts";
import {
  bandPath,
  barPaths,
  candlePaths,
  hatchPath,
  linePathOf,
  type ProvisionalBar,
} from "../../components/charts/candles_paths.ts";
import type { ChartPalette } from "./palette.ts";

/** Dashes by series number: series differ by dash as well as by hue. */
const DASHES: readonly (readonly number[])[] = [[], [6, 2], [2, 2], [8, 2, 2, 2], [4, 1], []];

/** What a pane is painted with. */
export interface Paint {
  readonly context: CanvasRenderingContext2D;
  readonly frame: CandleFrame;
  readonly pane: Pane;
  readonly palette: ChartPalette;
}

interface Stroke {
  readonly colour: string;
  readonly width?: number;
  readonly dash?: readonly number[];
}

function stroke({ context }: Paint, path: string, { colour, width = 1, dash = [] }: Stroke): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash([...dash]);
  context.stroke(new Path2D(path));
  context.setLineDash([]);
}

function fill({ context }: Paint, path: string, colour: string): void {
  context.fillStyle = colour;
  context.fill(new Path2D(path));
}

function linesOf({ frame }: Paint, key: string): Readonly<Record<string, Float64Array>> {
  return frame.candles.indicators.find((indicator) => indicator.key === key)?.lines ?? {};
}

function line(paint: Paint, values: Float64Array | undefined, series: number): void {
  if (values === undefined) return;
  stroke(paint, linePathOf(paint.frame, paint.pane, { values }), {
    colour: paint.palette.series[series - 1] ?? paint.palette.ink,
    width: 1.25,
    dash: DASHES[series - 1] ?? [],
  });
}

function band(paint: Paint, key: string): void {
  const { upper, middle, lower } = linesOf(paint, key);
  if (upper === undefined || lower === undefined) return;
  const { frame, pane, palette } = paint;
  fill(paint, bandPath(frame, pane, { upper, lower }), palette.band);
  for (const values of [upper, lower]) {
    stroke(paint, linePathOf(frame, pane, { values }), { colour: palette.bandEdge });
  }
  if (middle === undefined) return;
  const path = linePathOf(frame, pane, { values: middle });
  stroke(paint, path, { colour: palette.bandEdge, dash: [1, 3] });
}

/** A bar that may still change: dashed outline, hatched body. */
function provisional(paint: Paint, bar: ProvisionalBar): void {
  const { context, palette } = paint;
  const colour = bar.isUp ? palette.up : palette.down;
  const { x, y, width, height } = bar;
  const box = `M${x} ${y}h${width}v${height}h${-width}z`;
  context.save();
  context.clip(new Path2D(box));
  stroke(paint, hatchPath(bar), { colour: palette.inkMuted });
  context.restore();
  stroke(paint, bar.wick + box, { colour, dash: [2, 2] });
}

function price(paint: Paint): void {
  const { frame, pane, palette } = paint;
  const overlays = frame.styles.filter(({ isOverlay }) => isOverlay);
  for (const { key, kind } of overlays) if (kind === "bb") band(paint, key);
  for (const { key, kind, series } of overlays) {
    if (kind !== "bb") line(paint, Object.values(linesOf(paint, key))[0], series);
  }
  const paths = candlePaths(frame, pane);
  stroke(paint, paths.upWicks, { colour: palette.up });
  fill(paint, paths.upBodies, palette.ground);
  stroke(paint, paths.upBodies, { colour: palette.up });
  stroke(paint, paths.downWicks, { colour: palette.down });
  fill(paint, paths.downBodies, palette.down);
  if (paths.provisional !== null) provisional(paint, paths.provisional);
}

function bars(paint: Paint, values: Float64Array, isUp: (at: number) => boolean): void {
  const paths = barPaths(paint.frame, paint.pane, { values, isUp });
  fill(paint, paths.up, paint.palette.upSoft);
  fill(paint, paths.down, paint.palette.downSoft);
}

function volume(paint: Paint): void {
  const { open, close, volume: values } = paint.frame.candles;
  bars(paint, values, (at) => (close[at] ?? NaN) >= (open[at] ?? NaN));
}

function rsi(paint: Paint): void {
  const { frame, pane, palette } = paint;
  const top = paneY(pane, 70);
  const height = paneY(pane, 30) - top;
  fill(paint, `M0 ${top}h${frame.plotWidth}v${height}H0z`, palette.band);
  line(paint, Object.values(linesOf(paint, pane.id))[0], 1);
}

function macd(paint: Paint): void {
  const { macd: values, signal, histogram } = linesOf(paint, paint.pane.id);
  if (histogram !== undefined) bars(paint, histogram, (at) => (histogram[at] ?? NaN) >= 0);
  line(paint, values, 1);
  line(paint, signal, 2);
}

const PAINTERS = { price, volume, rsi, macd } as const;

/** Paints the marks of a pane; axes and crosshair are not marks. */
export function paintPane(paint: Paint): void {
  paint.context.lineJoin = "round";
  PAINTERS[paint.pane.kind](paint);
}
