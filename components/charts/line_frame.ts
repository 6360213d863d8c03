import { type AxisTick, logTicks, timeTicks } from "./candles_ticks.ts";
import { type LineUnit, tagText, tickText } from "./line_units.ts";
import type { Line, LineSet } from "./lines.ts";
import {
  extentOf,
  type LinearScale,
  linePath,
  niceTicks,
  type PathScales,
  position,
} from "./scale.ts";
import { areaPath, type Band, bands, edgePath } from "./stack_paths.ts";

/** Width of the part at the right where lines are named. */
export const END_LABELS_PX = 74;
/** Width of the part behind it where the axis has its labels. */
const VALUE_LABELS_PX = 48;
/** Width of that part where the newest value stands on it as a tag. */
const TAG_LABELS_PX = 68;
export const LINE_AXIS_PX = 20;
/** Width that paths are drawn for; they stretch to what they get. */
export const LINE_VIEW_PX = 1000;
/** Side of the square that stands for an event. */
export const MARK_PX = 13;
/** Where the name of a reference begins. */
export const REFERENCE_LABEL_PX = 4;

export interface EndLabel {
  readonly key: string;
  readonly index: number;
  readonly label: string;
  readonly y: number;
}

export interface ValueTick {
  readonly y: number;
  readonly label: string;
  readonly isZero: boolean;
}

/** The newest value on the axis. */
export interface ValueTag {
  readonly y: number;
  readonly label: string;
}

export interface ReferenceShape {
  readonly key: string;
  readonly label: string;
  readonly y: number;
  /** The foot of its name: above the line, or below it at the top, where there is no room. */
  readonly labelY: number;
}

/** A stretch as a share of the width, 0 to 1. */
export interface SpanShape {
  readonly kind: "stale" | "stress";
  readonly from: number;
  readonly to: number;
}

/** All that there is to draw of a set, in pixels but for the width, which stretches. */
export interface LineFrame {
  readonly height: number;
  readonly paths: readonly string[];
  /** What lies between a part of a stack and the one below; empty without a stack. */
  readonly areas: readonly string[];
  /** Points between two gaps, which no line leads to or from. */
  readonly dots: readonly string[];
  readonly ticks: readonly ValueTick[];
  readonly ends: readonly EndLabel[];
  /** Of a line that stands alone, which needs no name; `null` for others. */
  readonly tag: ValueTag | null;
  readonly references: readonly ReferenceShape[];
  readonly spans: readonly SpanShape[];
  readonly isLog: boolean;
  readonly y: LinearScale;
}

/** A total loss, and what rounds to it, has no logarithm. */
const LOWEST_LOG = -0.999999;

const TOP_PX = 10;
const TICK_PX = 56;
/** Labels of an axis nearer to each other than this touch. */
const LABEL_PX = 13;
/** A part of a stack thinner than this has no room for a name. */
const NAMED_BAND_PX = 4;

/** Lays out a set at a height. */
export function lineFrame(set: LineSet, height: number): LineFrame {
  const { isLog } = set;
  const stacked = set.stack === undefined ? null : bands(set.lines);
  const [low, high] = domainOf(set, stacked);
  const y = {
    from: levelOf(low, isLog),
    to: levelOf(high, isLog),
    start: height - LINE_AXIS_PX,
    end: TOP_PX,
  };
  const x = { from: 0, to: Math.max(1, set.length - 1), start: 0, end: LINE_VIEW_PX };
  const count = Math.max(2, Math.floor(height / TICK_PX));
  const values = isLog
    ? logTicks({ min: 1 + low, max: 1 + high }, count).map((factor) => factor - 1)
    : niceTicks([low, high], count);
  const yOf = (value: number) => position(y, levelOf(value, isLog));
  const tag = tagOf(set, yOf);
  return {
    ...{ height, isLog, y },
    ...marksOf(set, { stacked, scales: { x, y } }),
    ticks: values.map((value) => ({
      y: yOf(value),
      // The tag covers a label that it would touch; its grid line stays.
      label: tag !== null && Math.abs(yOf(value) - tag.y) < LABEL_PX
        ? ""
        : tickText(set.unit, value),
      isZero: value === 0,
    })),
    tag,
    ends: apart(stacked === null ? lineEnds(set, yOf) : bandEnds(set.lines, stacked, yOf), height),
    references: (set.references ?? []).map(({ key, label, value }) => {
      const y = yOf(value);
      return { key, label, y, labelY: y < 16 ? y + 12 : y - 4 };
    }),
    spans: spanShapes(set),
  };
}

function marksOf(
  { lines, isLog, stack }: LineSet,
  { stacked, scales }: { readonly stacked: readonly Band[] | null; readonly scales: PathScales },
): Pick<LineFrame, "paths" | "areas" | "dots"> {
  if (stacked !== null && stack !== undefined) {
    return {
      paths: stacked.map((band) => edgePath(band, { stack, scales })),
      areas: stacked.map((band) => areaPath(band, { stack, scales })),
      dots: [],
    };
  }
  const levels = lines.map(({ values }) =>
    values.map((value) => value === null ? null : levelOf(value, isLog))
  );
  return {
    paths: levels.map((values) => linePath(values, scales)),
    areas: [],
    dots: levels.map((values) => dotPath(values, scales)),
  };
}

/** A stroke without length at each value that stands alone: round ends make it a dot. */
function dotPath(values: readonly (number | null)[], scales: PathScales): string {
  const isLone = (at: number) =>
    (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null;
  const lone = values.map((value, at) => isLone(at) ? value : null);
  return linePath(lone, scales).replaceAll(/M[^M]+/g, "$&h0");
}

/** What a value is on the axis: itself, or the logarithm of what one unit became. */
function levelOf(value: number, isLog: boolean): number {
  return isLog ? Math.log1p(Math.max(value, LOWEST_LOG)) : value;
}

/** Room that an axis without 0 leaves above and below its values, as a share of their extent. */
const FIT_MARGIN = 0.06;
/** What the axis of a set that is 0 all along reaches to: a hundredth of a fraction, else one. */
const FRACTIONS: readonly LineUnit[] = ["change", "drawdown", "rate"];
/** Units whose values may lie on either side of 0. */
const SIGNED: readonly LineUnit[] = ["change", "drawdown", "money", "usd"];

function domainOf(set: LineSet, stacked: readonly Band[] | null): [number, number] {
  const { unit, isFitted = false, atLeast = [], references = [] } = set;
  if (unit === "correlation") return [-1, 1];
  const drawn = stacked === null
    ? set.lines.flatMap(({ values }) => values)
    : stacked.flatMap(({ top }) => top);
  const held = [...drawn, ...atLeast, ...references.map(({ value }) => value)];
  const [low, high] = extentOf(isFitted ? held : [...held, 0]) ?? [0, 0];
  const extent = high - low || Math.abs(low);
  if (extent === 0) {
    const reach = FRACTIONS.includes(unit) ? 0.01 : 1;
    return SIGNED.includes(unit) ? [-reach, reach] : [0, reach];
  }
  const margin = isFitted ? extent * FIT_MARGIN : 0;
  return [low - margin, high + margin];
}

/** The value that the axis begins at, where that is not 0; `null` where it holds 0. */
export function axisStart(set: LineSet): number | null {
  if (set.isFitted !== true) return null;
  const [low, high] = domainOf(set, set.stack === undefined ? null : bands(set.lines));
  return low <= 0 && high >= 0 ? null : low;
}

/** The middle of the pixel that a height lies in: a line of one pixel there is sharp. */
export function atPixel(y: number): number {
  return Math.round(y) + 0.5;
}

/** The height of a value of a laid out set. */
export function lineY({ y, isLog }: LineFrame, value: number): number {
  return position(y, levelOf(value, isLog));
}

/** Where the crosshair meets each line at a bar: in a stack, the top of each part that is there. */
export function crossings(
  set: LineSet,
  { frame, at }: { readonly frame: LineFrame; readonly at: number },
): readonly { readonly key: string; readonly index: number; readonly y: number }[] {
  const stacked = set.stack === undefined ? null : bands(set.lines);
  return set.lines.flatMap(({ key, values }, index) => {
    const value = values[at] ?? null;
    const level = stacked === null ? value : stacked[index]?.top[at] ?? null;
    const isThere = level !== null && (stacked === null || value !== 0);
    return isThere ? [{ key, index, y: lineY(frame, level) }] : [];
  });
}

/** Whether lines are named at their ends: one alone is what the panel is called after. */
export function hasNames({ lines, stack }: LineSet): boolean {
  return lines.length > 1 || stack !== undefined;
}

/**
 * Width that the plot leaves free at its right, in pixels: for the axis, and for the names of lines
 * where there is room for both. The style sheet knows the same widths.
 */
export function gutterPx(set: LineSet, { isWide }: { readonly isWide: boolean }): number {
  if (!hasNames(set)) return TAG_LABELS_PX;
  return isWide ? END_LABELS_PX + VALUE_LABELS_PX : VALUE_LABELS_PX;
}

function tagOf(set: LineSet, yOf: (value: number) => number): ValueTag | null {
  const newest = set.lines[0]?.values.findLast((value) => value !== null) ?? null;
  if (hasNames(set) || newest === null) return null;
  return { y: yOf(newest), label: tagText(set.unit, newest, set) };
}

function lineEnds({ lines }: LineSet, yOf: (value: number) => number): EndLabel[] {
  return lines.flatMap(({ key, label, values }, index) => {
    const end = values.findLast((value) => value !== null) ?? null;
    return end === null ? [] : [{ key, index, label, y: yOf(end) }];
  });
}

/** Names in the middle of the parts that are there at the end. */
function bandEnds(
  lines: readonly Line[],
  stacked: readonly Band[],
  yOf: (value: number) => number,
): EndLabel[] {
  return stacked.flatMap(({ bottom, top }, index) => {
    const line = lines[index];
    const at = top.findLastIndex((value) => value !== null);
    const [low, high] = [bottom[at] ?? NaN, top[at] ?? NaN];
    if (line === undefined || !(yOf(low) - yOf(high) >= NAMED_BAND_PX)) return [];
    return [{ key: line.key, index, label: line.label, y: yOf((low + high) / 2) }];
  });
}

/** The names at the right, moved apart where lines end near each other. */
function apart(ends: readonly EndLabel[], height: number): EndLabel[] {
  // Down from the top, then up from the bottom: what was pushed out comes back in.
  let free = TOP_PX;
  const down = ends.toSorted((a, b) => a.y - b.y).map((label) => {
    const y = Math.max(label.y, free);
    free = y + LABEL_PX;
    return { ...label, y };
  });
  let limit = height - LINE_AXIS_PX;
  return down.toReversed().map((label) => {
    const y = Math.min(label.y, limit);
    limit = y - LABEL_PX;
    return { ...label, y };
  }).toReversed();
}

/** Spans as far as the bars reach, the whole of the last one too; others are not drawn. */
function spanShapes({ spans = [], from, stepMs, barMs, length }: LineSet): SpanShape[] {
  const width = Math.max(1, length - 1) * stepMs;
  const share = (at: number) => Math.min(1, Math.max(0, (at - from) / width));
  return spans.filter((span) => span.from < from + width + barMs && span.to >= from)
    .map((span) => ({ kind: span.kind, from: share(span.from), to: share(span.to) }));
}

/** Ticks of the time axis; `value` is a share of the width, 0 to 1. */
export function lineTimeTicks(set: LineSet, count: number): readonly AxisTick[] {
  const span = Math.max(1, set.length - 1) * set.stepMs;
  return timeTicks({ min: set.from, max: set.from + span }, count)
    .map(({ value, label }) => ({ value: (value - set.from) / span, label }))
    // A label that an edge would cut is left out.
    .filter(({ value }) => value > 0.03);
}
