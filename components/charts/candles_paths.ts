import { bodyWidth, type CandleFrame, candleX } from "./candles_frame.ts";
import { type Pane, paneY } from "./candles_panes.ts";
import { tenth } from "./scale.ts";

/** Shapes of the candles as path data: four paths draw any number of them. */
export interface CandlePaths {
  readonly upWicks: string;
  readonly upBodies: string;
  readonly downWicks: string;
  readonly downBodies: string;
  /** The bar that may still change; `null` if the last one is final or out of view. */
  readonly provisional: ProvisionalBar | null;
}

export interface ProvisionalBar {
  readonly isUp: boolean;
  readonly wick: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Shape {
  readonly x: number;
  readonly high: number;
  readonly top: number;
  readonly bottom: number;
  readonly low: number;
  readonly isUp: boolean;
}

function shapeOf(frame: CandleFrame, pane: Pane, at: number): Shape {
  const { open, high, low, close } = frame.candles;
  const opened = open[at] ?? NaN;
  const closed = close[at] ?? NaN;
  const top = paneY(pane, Math.max(opened, closed));
  return {
    x: Math.round(candleX(frame, at)) + 0.5,
    high: tenth(paneY(pane, high[at] ?? NaN)),
    top: tenth(top),
    // A candle that closed where it opened is a line, not nothing.
    bottom: tenth(Math.max(top + 1, paneY(pane, Math.min(opened, closed)))),
    low: tenth(paneY(pane, low[at] ?? NaN)),
    isUp: closed >= opened,
  };
}

/** Wicks stop at the body, since the body of an up candle is hollow. */
function wickPath({ x, high, top, bottom, low }: Shape): string {
  const above = high < top ? `M${x} ${high}V${top}` : "";
  const below = low > bottom ? `M${x} ${bottom}V${low}` : "";
  return above + below;
}

/** The candles in view as path data. */
export function candlePaths(frame: CandleFrame, pane: Pane): CandlePaths {
  const width = bodyWidth(frame);
  const paths = { upWicks: "", upBodies: "", downWicks: "", downBodies: "" };
  let provisional: ProvisionalBar | null = null;
  for (let at = frame.start; at < frame.end; at++) {
    const shape = shapeOf(frame, pane, at);
    const left = shape.x - width / 2;
    const height = tenth(shape.bottom - shape.top);
    if (frame.isProvisional && at === frame.candles.length - 1) {
      const box = { x: left + 0.5, y: shape.top, width: Math.max(1, width - 1), height };
      provisional = { isUp: shape.isUp, wick: wickPath(shape), ...box };
    } else if (shape.isUp) {
      paths.upWicks += wickPath(shape);
      // Inset by half a stroke, so that hollow and filled bodies are equally wide.
      const inner = Math.max(0, width - 1);
      paths.upBodies += `M${left + 0.5} ${shape.top}h${inner}v${height}h${-inner}z`;
    } else {
      paths.downWicks += wickPath(shape);
      paths.downBodies += `M${left} ${shape.top}h${width}v${height}h${-width}z`;
    }
  }
  return { ...paths, provisional };
}

/** Whether the candle before `at` is its neighbour in time: lines do not cross gaps. */
function followsGap(frame: CandleFrame, at: number): boolean {
  const { slot, factor } = frame.candles;
  return (slot[at] ?? 0) - (slot[at - 1] ?? 0) > factor;
}

/** A line over the candles in view; a missing value or a missing candle lifts the pen. */
export function linePathOf(
  frame: CandleFrame,
  pane: Pane,
  { values }: { values: Float64Array },
): string {
  let path = "";
  let isDrawing = false;
  for (let at = frame.start; at < frame.end; at++) {
    const value = values[at] ?? NaN;
    if (Number.isNaN(value) || followsGap(frame, at)) isDrawing = false;
    if (Number.isNaN(value)) continue;
    path += `${isDrawing ? "L" : "M"}${tenth(candleX(frame, at))} ${tenth(paneY(pane, value))}`;
    isDrawing = true;
  }
  return path;
}

const HATCH_PX = 4;

/** Diagonals over a box, to be clipped to it: what is provisional, and what is missing. */
export function hatchPath(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): string {
  let path = "";
  for (let at = x - height; at < x + width; at += HATCH_PX) {
    path += `M${at} ${y + height}l${height} ${-height}`;
  }
  return path;
}

/** The runs of candles in view over which both edges of a band are known. */
export function bandRuns(
  frame: CandleFrame,
  { upper, lower }: { upper: Float64Array; lower: Float64Array },
): (readonly [start: number, end: number])[] {
  const runs: [number, number][] = [];
  let open: [number, number] | null = null;
  for (let at = frame.start; at < frame.end; at++) {
    const isKnown = !Number.isNaN(upper[at] ?? NaN) && !Number.isNaN(lower[at] ?? NaN);
    if (!isKnown) open = null;
    else if (open === null || followsGap(frame, at)) runs.push(open = [at, at + 1]);
    else open[1] = at + 1;
  }
  return runs;
}

/** The area between two lines as path data. */
export function bandPath(
  frame: CandleFrame,
  pane: Pane,
  { upper, lower }: { upper: Float64Array; lower: Float64Array },
): string {
  const point = (values: Float64Array, at: number) =>
    `${tenth(candleX(frame, at))} ${tenth(paneY(pane, values[at] ?? NaN))}`;
  return bandRuns(frame, { upper, lower }).map(([start, end]) => {
    const points: string[] = [];
    for (let at = start; at < end; at++) points.push(point(upper, at));
    for (let at = end - 1; at >= start; at--) points.push(point(lower, at));
    return `M${points.join("L")}Z`;
  }).join("");
}

/** Bars from zero: those of candles that closed higher (or of values above zero), and the rest. */
export function barPaths(
  frame: CandleFrame,
  pane: Pane,
  { values, isUp }: { values: Float64Array; isUp: (at: number) => boolean },
): { up: string; down: string } {
  const width = bodyWidth(frame);
  const zero = tenth(paneY(pane, 0));
  const paths = { up: "", down: "" };
  for (let at = frame.start; at < frame.end; at++) {
    const value = values[at] ?? NaN;
    if (Number.isNaN(value)) continue;
    const left = tenth(candleX(frame, at) - width / 2);
    const bar = `M${left} ${zero}V${tenth(paneY(pane, value))}h${width}V${zero}z`;
    if (isUp(at)) paths.up += bar;
    else paths.down += bar;
  }
  return paths;
}
