import {
  candleSpan,
  candleX,
  lastCloseTag,
  TIME_AXIS_PX,
} from "../../components/charts/candles_frame.ts";
import type { CandleSeries } from "../../components/charts/candles_data.ts";
import { hatchPath } from "../../components/charts/candles_paths.ts";
import { type Pane, paneValue, paneY } from "../../components/charts/candles_panes.ts";
import { formatBarTime } from "../../components/charts/candles_summary.ts";
import { formatCompact, formatDecimal, formatPrice } from "../../components/format/number.ts";
import type { FrameSource } from "./pane_controller.ts";

/** What the reader points at: a candle in view and, with a pointer, a height. */
export interface Crosshair {
  /** Index into the candles of the frame. */
  readonly at: number;
  readonly y: number | null;
}

const FONT_PX = 11;
const TAG_HEIGHT_PX = 18;
const TAG_INSET_PX = 5;
const SEPARATOR_PX = 4.5;

interface Tag {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly text: string;
}

function tag(context: CanvasRenderingContext2D, { palette }: FrameSource, box: Tag): void {
  context.fillStyle = palette.tag;
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, TAG_HEIGHT_PX, 2);
  context.fill();
  context.fillStyle = palette.tagInk;
  context.fillText(box.text, box.x + TAG_INSET_PX, box.y + TAG_HEIGHT_PX / 2 + 0.5);
}

function dashed(context: CanvasRenderingContext2D, source: FrameSource, path: string): void {
  context.strokeStyle = source.palette.inkMuted;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.stroke(new Path2D(path));
  context.setLineDash([]);
}

function setText(context: CanvasRenderingContext2D, { palette }: FrameSource, weight = 400): void {
  context.font = `${weight} ${FONT_PX}px ${palette.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
}

const TAIL_OPACITY = 0.25;

/** The part of the axis that has no bars: hatched, with the reason in its middle. */
export function drawTail(context: CanvasRenderingContext2D, source: FrameSource): void {
  const { frame: { tail, panes, height }, palette } = source;
  if (tail === null) return;
  const width = tail.to - tail.from;
  const box = { x: tail.from, y: 0, width, height: height - TIME_AXIS_PX };
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.globalAlpha = TAIL_OPACITY;
  context.strokeStyle = palette.inkMuted;
  context.lineWidth = 1;
  context.stroke(new Path2D(hatchPath(box)));
  context.globalAlpha = 1;
  setText(context, source);
  context.textAlign = "center";
  context.strokeStyle = palette.ground;
  context.lineWidth = 3;
  context.fillStyle = palette.inkSecond;
  const [x, y] = [tail.from + width / 2, (panes[0]?.height ?? 0) / 2 - 4];
  context.strokeText(tail.label, x, y);
  context.fillText(tail.label, x, y);
  context.restore();
}

/** The line between two panes, the name of a pane, and the last close on its axis. */
export function drawPaneFrames(context: CanvasRenderingContext2D, source: FrameSource): void {
  const { frame, palette } = source;
  context.save();
  for (const pane of frame.panes) {
    if (pane.kind !== "price") {
      context.strokeStyle = palette.axis;
      context.lineWidth = 1;
      context.stroke(new Path2D(`M0 ${pane.top - SEPARATOR_PX}H${frame.width}`));
      setText(context, source);
      context.strokeStyle = palette.ground;
      context.lineWidth = 3;
      context.strokeText(pane.label, 2, pane.top + 12);
      context.fillStyle = palette.inkSecond;
      context.fillText(pane.label, 2, pane.top + 12);
    }
    const close = lastCloseTag(frame, pane);
    if (close === null) continue;
    context.globalAlpha = 0.7;
    dashed(context, source, `M0 ${Math.round(close.y) + 0.5}H${frame.plotWidth}`);
    context.globalAlpha = 1;
    setText(context, source, 500);
    const x = frame.plotWidth + 2;
    const text = formatPrice(close.value).text;
    tag(context, source, { x, y: close.y - TAG_HEIGHT_PX / 2, width: frame.width - x, text });
  }
  context.restore();
}

/** A value of a pane as its axis writes it. */
function paneText({ kind }: Pane, value: number): string {
  if (kind === "price") return formatPrice(value).text;
  if (kind === "rsi") return formatDecimal(value, 1);
  const { text, unit } = formatCompact(value);
  return text + unit;
}

/** One line down all panes, one across the pane under the pointer, each with its tag. */
export function drawCrosshair(
  context: CanvasRenderingContext2D,
  source: FrameSource,
  { crosshair, series }: { crosshair: Crosshair; series: CandleSeries },
): void {
  const { frame } = source;
  const { at, y } = crosshair;
  if (at < frame.start || at >= frame.end) return;
  const x = Math.round(candleX(frame, at)) + 0.5;
  const bottom = frame.height - TIME_AXIS_PX;
  context.save();
  dashed(context, source, `M${x} 0V${bottom}`);
  setText(context, source, 500);
  const time = formatBarTime(
    candleSpan(series, { candles: frame.candles, at }).from,
    series.intervalMs,
  );
  const width = context.measureText(time).width + 2 * TAG_INSET_PX;
  const left = Math.min(Math.max(0, x - width / 2), frame.plotWidth - width);
  tag(context, source, { x: left, y: bottom + 1, width, text: time });
  const pane = frame.panes.find(({ top, height }) => y !== null && y >= top && y < top + height);
  if (pane !== undefined && y !== null) {
    dashed(context, source, `M0 ${Math.round(y) + 0.5}H${frame.plotWidth}`);
    const edge = frame.plotWidth + 2;
    const text = paneText(pane, paneValue(pane, y));
    tag(context, source, { x: edge, y: y - TAG_HEIGHT_PX / 2, width: frame.width - edge, text });
  } else {
    markClose(context, source, at);
  }
  context.restore();
}

/** Without a pointer the close is what the crosshair is at. */
function markClose(context: CanvasRenderingContext2D, { frame, palette }: FrameSource, at: number) {
  const price = frame.panes[0];
  if (price === undefined) return;
  context.beginPath();
  context.arc(candleX(frame, at), paneY(price, frame.candles.close[at] ?? NaN), 4, 0, 2 * Math.PI);
  context.fillStyle = palette.ink;
  context.strokeStyle = palette.ground;
  context.lineWidth = 2;
  context.stroke();
  context.fill();
}
