import {
  extentOf,
  type LinearScale,
  linePath,
  niceTicks,
  type PathScales,
  position,
} from "./scale.ts";
import { type AxisTick, logTicks, percentLabel, timeTicks } from "./candles_ticks.ts";
import { formatChange, formatDecimal, formatShare, UNKNOWN } from "../format/number.ts";

/** What the values of a chart of lines are: changes, falls below a peak, correlations. */
export type LineUnit = "change" | "drawdown" | "correlation";

export interface Line {
  readonly key: string;
  /** A name as short as a symbol; it stands at the line's end. */
  readonly label: string;
  /** One value for each bar; `null` is a gap and stays one. */
  readonly values: readonly (number | null)[];
}

/** Lines over the same bars, as small as a page carries them. */
export interface LineSet {
  /** Start of the first bar, UTC milliseconds. */
  readonly from: number;
  /** From one value to the next. */
  readonly stepMs: number;
  /** Length of a bar: shorter than the step where only every so many are drawn. */
  readonly barMs: number;
  readonly length: number;
  readonly unit: LineUnit;
  /** Equal factors are equal heights: only changes, which are above -1, can be drawn so. */
  readonly isLog: boolean;
  readonly lines: readonly Line[];
}

/** Width of the part at the right where lines are named. */
export const END_LABELS_PX = 74;
export const LINE_AXIS_PX = 20;
/** Width that paths are drawn for; they stretch to what they get. */
export const LINE_VIEW_PX = 1000;

/** Bars that a chart draws at most: beyond that, several share a pixel. */
const MAX_POINTS = 800;
const DIGITS = 6;

/** A column of bars; NaN is a gap. */
export interface LineColumn {
  readonly key: string;
  readonly label: string;
  readonly values: Float64Array;
}

/**
 * Columns of bars as a set of lines. Of more bars than there are pixels, groups are drawn by
 * their last value, or by their lowest where that is what the line is read for.
 */
export function lineSet(
  columns: readonly LineColumn[],
  { from, barMs, unit, isLog = false }:
    & Pick<LineSet, "from" | "barMs" | "unit">
    & { readonly isLog?: boolean },
): LineSet {
  const bars = columns[0]?.values.length ?? 0;
  const group = Math.max(1, Math.ceil(bars / MAX_POINTS));
  const length = Math.ceil(bars / group);
  // Groups are counted from the end, so that the newest bar is always drawn.
  const lead = length * group - bars;
  const pick = unit === "drawdown" ? lowest : last;
  const lines = columns.map(({ key, label, values }) => ({
    key,
    label,
    values: Array.from({ length }, (_, at) => {
      const start = Math.max(0, at * group - lead);
      return pick(values.subarray(start, (at + 1) * group - lead));
    }),
  }));
  return {
    from: from + (group - 1 - lead) * barMs,
    stepMs: group * barMs,
    ...{ barMs, length, unit, isLog, lines },
  };
}

function last(values: Float64Array): number | null {
  return short(values.findLast((value) => !Number.isNaN(value)));
}

function lowest(values: Float64Array): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  return short(known.length === 0 ? undefined : Math.min(...known));
}

function short(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toFixed(DIGITS));
}

/** Start of the bar at an index. */
export function lineTime({ from, stepMs }: LineSet, at: number): number {
  return from + at * stepMs;
}

/** The newest bar at which any line has a value; -1 where none has. */
export function newestAt({ lines, length }: LineSet): number {
  for (let at = length - 1; at >= 0; at--) {
    if (lines.some(({ values }) => values[at] !== null)) return at;
  }
  return -1;
}

/** A value as legends and tables write it. */
export function lineText(unit: LineUnit, value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  switch (unit) {
    case "change":
      return formatChange(value);
    case "drawdown":
      return formatShare(value);
    case "correlation":
      return formatDecimal(value, 2);
  }
}

/** Colour and dash of the line at an index: no two of 24 share both. */
export function lineStyle(index: number): { readonly hue: number; readonly dash: number } {
  return { hue: index % 6 + 1, dash: (index + Math.floor(index / 12)) % 4 };
}

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

/** All that there is to draw of a set, in pixels but for the width, which stretches. */
export interface LineFrame {
  readonly height: number;
  readonly paths: readonly string[];
  /** Points between two gaps, which no line leads to or from. */
  readonly dots: readonly string[];
  readonly ticks: readonly ValueTick[];
  readonly ends: readonly EndLabel[];
  readonly isLog: boolean;
  readonly y: LinearScale;
}

/** A total loss, and what rounds to it, has no logarithm. */
const LOWEST_LOG = -0.999999;

const TOP_PX = 10;
const END_LABEL_PX = 13;
const TICK_PX = 56;

/** Lays out a set at a height. The axis always holds 0: it is what each unit is measured from. */
export function lineFrame(set: LineSet, height: number): LineFrame {
  const { isLog } = set;
  const [low, high] = domainOf(set);
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
  const levels = set.lines.map(({ values }) =>
    values.map((value) => value === null ? null : levelOf(value, isLog))
  );
  return {
    ...{ height, isLog, y },
    paths: levels.map((values) => linePath(values, { x, y })),
    dots: levels.map((values) => dotPath(values, { x, y })),
    ticks: values.map((value) => ({
      y: yOf(value),
      label: set.unit === "correlation" ? formatDecimal(value, 1) : percentLabel(value),
      isZero: value === 0,
    })),
    ends: endLabels(set, { height, yOf }),
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

function domainOf({ lines, unit }: LineSet): [number, number] {
  if (unit === "correlation") return [-1, 1];
  const extent = extentOf(lines.flatMap(({ values }) => values)) ?? [0, 0];
  const low = Math.min(0, extent[0]);
  const high = Math.max(0, extent[1]);
  return low === high ? [low - 0.01, high + 0.01] : [low, high];
}

/** The height of a value of a laid out set. */
export function lineY({ y, isLog }: LineFrame, value: number): number {
  return position(y, levelOf(value, isLog));
}

/** The names at the right, moved apart where lines end near each other. */
function endLabels(
  set: LineSet,
  { height, yOf }: { readonly height: number; readonly yOf: (value: number) => number },
): EndLabel[] {
  const labels = set.lines.flatMap(({ key, label, values }, index) => {
    const end = values.findLast((value) => value !== null) ?? null;
    return end === null ? [] : [{ key, index, label, y: yOf(end) }];
  }).toSorted((a, b) => a.y - b.y);
  // Down from the top, then up from the bottom: what was pushed out comes back in.
  let free = TOP_PX;
  const down = labels.map((label) => {
    const y = Math.max(label.y, free);
    free = y + END_LABEL_PX;
    return { ...label, y };
  });
  let limit = height - LINE_AXIS_PX;
  return down.toReversed().map((label) => {
    const y = Math.min(label.y, limit);
    limit = y - END_LABEL_PX;
    return { ...label, y };
  }).toReversed();
}

/** Ticks of the time axis; `value` is a share of the width, 0 to 1. */
export function lineTimeTicks(set: LineSet, count: number): readonly AxisTick[] {
  const span = Math.max(1, set.length - 1) * set.stepMs;
  return timeTicks({ min: set.from, max: set.from + span }, count)
    .map(({ value, label }) => ({ value: (value - set.from) / span, label }))
    // A label that an edge would cut is left out.
    .filter(({ value }) => value > 0.03);
}
