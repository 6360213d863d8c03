import {
  atPixel,
  END_LABELS_PX,
  gutterPx,
  hasNames,
  LINE_AXIS_PX,
  LINE_VIEW_PX,
  type LineFrame,
  lineFrame,
  lineTimeTicks,
  MARK_PX,
  REFERENCE_LABEL_PX,
} from "../../components/charts/line_frame.ts";
import { type LineSet, lineStyle, spacedMarks } from "../../components/charts/lines.ts";
import type { ChartPalette } from "./palette.ts";
import { groundCanvas, type Picture } from "./png.ts";

export interface LinePictureOptions {
  /** The width of the chart on the page; a picture is never narrower than its labels need. */
  readonly width: number;
  readonly height: number;
  readonly palette: ChartPalette;
}

interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly palette: ChartPalette;
  readonly frame: LineFrame;
  readonly set: LineSet;
  readonly plotWidth: number;
  readonly gutter: number;
}

const LEAST_WIDTH_PX = 640;
/** A time label takes about this much. */
const TIME_LABEL_PX = 90;
/** As the style sheet dashes lines. */
const DASHES: readonly (readonly number[])[] = [[], [6, 2], [2, 2], [8, 2, 2, 2]];

/** Draws lines as the page shows them, named at their ends whatever the width of the page. */
export function linePicture(set: LineSet, options: LinePictureOptions): Picture {
  const width = Math.max(LEAST_WIDTH_PX, options.width);
  const { height, palette } = options;
  const scale = globalThis.devicePixelRatio;
  const { canvas, context } = groundCanvas({ width, height }, { scale, palette });
  const gutter = gutterPx(set, { isWide: true });
  const frame = lineFrame(set, height);
  const brush = { context, palette, frame, set, plotWidth: width - gutter, gutter };
  paintBack(brush);
  paintLines(brush);
  paintTimes(brush);
  paintAxis(brush);
  return { canvas, width, height };
}

/** A path of the frame, stretched to the plot. */
function stretched(path: string, { plotWidth }: Brush): Path2D {
  const wide = new Path2D();
  wide.addPath(new Path2D(path), new DOMMatrix([plotWidth / LINE_VIEW_PX, 0, 0, 1, 0, 0]));
  return wide;
}

function colourOf({ palette }: Brush, index: number): string {
  return palette.series[lineStyle(index).hue - 1] ?? palette.ink;
}

function rule({ context }: Brush, y: number, { to, colour }: { to: number; colour: string }): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash([]);
  context.stroke(new Path2D(`M0 ${atPixel(y)}H${to}`));
}

/** Stretches of time, parts of a whole, and the grid over them. */
function paintBack(brush: Brush): void {
  const { context, palette, frame, plotWidth } = brush;
  const foot = frame.height - LINE_AXIS_PX;
  for (const { kind, from, to } of frame.spans) {
    context.fillStyle = kind === "stale" ? palette.staleTint : palette.downTint;
    context.fillRect(from * plotWidth, 0, Math.max(2, (to - from) * plotWidth), foot);
  }
  frame.areas.forEach((path, index) => {
    context.globalAlpha = 0.34;
    context.fillStyle = colourOf(brush, index);
    context.fill(stretched(path, brush));
    context.globalAlpha = 1;
  });
  const wide = plotWidth + (hasNames(brush.set) ? END_LABELS_PX : 0);
  for (const { y, isZero } of frame.ticks) {
    rule(brush, y, { to: wide, colour: palette.grid });
    if (isZero) rule(brush, y, { to: plotWidth, colour: palette.control });
  }
}

function paintLines(brush: Brush): void {
  const { context, palette, frame } = brush;
  context.lineJoin = "round";
  for (const { y } of frame.references) {
    context.strokeStyle = palette.inkSecond;
    context.lineWidth = 1.25;
    context.setLineDash([5, 3]);
    context.stroke(stretched(`M0 ${y}H${LINE_VIEW_PX}`, brush));
  }
  frame.paths.forEach((path, index) => {
    context.strokeStyle = colourOf(brush, index);
    context.lineWidth = 1.5;
    context.setLineDash([...DASHES[lineStyle(index).dash] ?? []]);
    context.stroke(stretched(path, brush));
  });
  context.setLineDash([]);
  frame.dots.forEach((path, index) => {
    context.strokeStyle = colourOf(brush, index);
    context.lineWidth = 5;
    context.lineCap = "round";
    context.stroke(stretched(path, brush));
    context.lineCap = "butt";
  });
}

interface Word {
  readonly x: number;
  readonly y: number;
  readonly colour: string;
  readonly align?: CanvasTextAlign;
  readonly weight?: number;
}

/** Text of 11 px with a halo of the ground, as labels have it. */
function write({ context, palette }: Brush, text: string, word: Word): void {
  context.font = `${word.weight ?? 400} 11px ${palette.font}`;
  context.textAlign = word.align ?? "start";
  context.strokeStyle = palette.ground;
  context.lineWidth = 3;
  context.strokeText(text, word.x, word.y);
  context.fillStyle = word.colour;
  context.fillText(text, word.x, word.y);
}

/** The time axis, and above it the events. */
function paintTimes(brush: Brush): void {
  const { context, palette, frame, set, plotWidth } = brush;
  const foot = frame.height - LINE_AXIS_PX;
  for (const { at, sign } of spacedMarks(set, (MARK_PX + 4) / plotWidth)) {
    const middle = Math.max(MARK_PX / 2, at / Math.max(1, set.length - 1) * plotWidth);
    const box = new Path2D();
    box.roundRect(middle - MARK_PX / 2, foot - MARK_PX - 2, MARK_PX, MARK_PX, 2);
    context.fillStyle = palette.ground;
    context.fill(box);
    context.strokeStyle = palette.control;
    context.lineWidth = 1;
    context.stroke(box);
    write(brush, sign, { x: middle, y: foot - 5, colour: palette.inkSecond, align: "center" });
  }
  for (const { value, label } of lineTimeTicks(set, Math.floor(plotWidth / TIME_LABEL_PX))) {
    const [x, y] = [value * plotWidth, frame.height - 4];
    write(brush, label, { x, y, colour: palette.inkMuted, align: "center" });
  }
}

/** The value axis at the right, with the names of the lines or the newest value. */
function paintAxis(brush: Brush): void {
  const { context, palette, frame, set, plotWidth, gutter } = brush;
  const names = hasNames(set) ? END_LABELS_PX : 0;
  for (const { label, labelY } of frame.references) {
    write(brush, label, { x: REFERENCE_LABEL_PX, y: labelY, colour: palette.inkSecond });
  }
  for (const { label, y } of frame.ticks) {
    write(brush, label, { x: plotWidth + names + 6, y: y + 4, colour: palette.inkMuted });
  }
  if (frame.tag !== null) {
    const { label, y } = frame.tag;
    context.fillStyle = palette.tag;
    context.fillRect(plotWidth + 2, y - 8, gutter - 2, 16);
    context.font = `500 11px ${palette.font}`;
    context.textAlign = "start";
    context.fillStyle = palette.tagInk;
    context.fillText(label, plotWidth + 6, y + 4);
    return;
  }
  for (const { index, label, y } of frame.ends) {
    write(brush, label, {
      x: plotWidth + 6,
      y: y + 4,
      colour: colourOf(brush, index),
      weight: 500,
    });
  }
}
