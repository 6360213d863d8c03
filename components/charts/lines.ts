import { lineText, type LineUnit } from "./line_units.ts";

/**
 * Lines over the same bars: what a page builds, the server draws and the island explores.
 *
 * 1. `barGrid` and `onGrid` (line_grid.ts) put readings of any times on bars.
 * 2. `lineSet` turns columns of bars into a set: unit, references, spans, stack.
 * 3. `LinesView` (routes/(_charts)) draws it, or its table; `linesCsv` is its file.
 */
export interface Line {
  readonly key: string;
  /** A name as short as a symbol; it stands at the line's end. */
  readonly label: string;
  /** One value for each bar; `null` is a gap and stays one. */
  readonly values: readonly (number | null)[];
}

/** A level that lines are read against, such as a kink or a threshold. The axis always holds it. */
export interface LineReference {
  readonly key: string;
  readonly label: string;
  readonly value: number;
}

/** A stretch of time to be read with care, shaded; told in words where the crosshair is in it. */
export interface LineSpan {
  /** UTC milliseconds, both ends included. */
  readonly from: number;
  readonly to: number;
  /** Old readings, or a market under stress. */
  readonly kind: "stale" | "stress";
  readonly text: string;
}

/** An event under a bar, told in words where the crosshair is. */
export interface LineMark {
  readonly at: number;
  /** One character that stands for it. */
  readonly sign: string;
  readonly text: string;
}

/** How lines of a set are drawn where that isn't one line each from 0 upward. */
export interface LineLook {
  /** Of amounts: as many as their currency is shown to; cents without. */
  readonly decimals?: number;
  /**
   * Parts of a whole, each on top of the one before, as areas: `straight` from bar to bar, or in
   * `steps` where a value holds until the next bar. Parts are at least 0; where one is
   * missing, those above it are not drawn either.
   */
  readonly stack?: "straight" | "steps";
  /** The axis fits the values instead of holding 0; the legend then says where it begins. */
  readonly isFitted?: boolean;
  /** The axis holds at least these: 0 and 1 for a share that may be all. */
  readonly atLeast?: readonly [low: number, high: number];
  readonly references?: readonly LineReference[];
  readonly spans?: readonly LineSpan[];
}

/** Lines over the same bars, as small as a page carries them. */
export interface LineSet extends LineLook {
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
  /** What happened at bars: money that came in or went out. */
  readonly marks?: readonly LineMark[];
}

/** Bars that a chart draws at most: beyond that, several share a pixel. */
const MAX_POINTS = 800;
const DIGITS = 6;

/** A column of bars; NaN is a gap. */
export interface LineColumn {
  readonly key: string;
  readonly label: string;
  readonly values: Float64Array;
}

export interface LineSetOptions extends LineLook {
  readonly from: number;
  readonly barMs: number;
  readonly unit: LineUnit;
  readonly isLog?: boolean;
}

/**
 * Columns of bars as a set of lines. Of more bars than there are pixels, groups are drawn by
 * their last value, or by their lowest where that is what the line is read for.
 */
export function lineSet(
  columns: readonly LineColumn[],
  { from, barMs, unit, isLog = false, ...look }: LineSetOptions,
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
    ...look,
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

/** Most marks that a chart has room for. */
const MAX_MARKS = 40;

/**
 * Marks of the largest of the amounts that came in (above 0) or went out, one column like those of
 * the set; amounts whose bars are drawn as one are summed.
 */
export function flowMarks(
  flows: Float64Array,
  { length, decimals }: Pick<LineSet, "length" | "decimals">,
): readonly LineMark[] {
  const group = Math.max(1, Math.ceil(flows.length / Math.max(1, length)));
  const lead = length * group - flows.length;
  const sums = new Float64Array(length);
  for (const [row, amount] of flows.entries()) {
    const at = Math.floor((row + lead) / group);
    sums[at] = (sums[at] ?? NaN) + amount;
  }
  return Array.from(sums, (amount, at) => ({ at, amount }))
    .filter(({ amount }) => amount !== 0)
    .toSorted((a, b) => Math.abs(b.amount) - Math.abs(a.amount))
    .slice(0, MAX_MARKS)
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, amount }) => ({
      at,
      sign: amount > 0 ? "+" : "\u2212",
      text: `${amount > 0 ? "paid in" : "taken out"} ` +
        lineText("money", Math.abs(amount), { decimals }),
    }));
}

/**
 * Marks that stand at least `apart` from each other, a share of the width: those that come too near
 * another are drawn as that one, as `±` where their signs differ.
 */
export function spacedMarks(
  { marks = [], length }: Pick<LineSet, "marks" | "length">,
  apart: number,
): readonly Pick<LineMark, "at" | "sign">[] {
  const bars = apart * Math.max(1, length - 1);
  const spaced: { at: number; sign: string }[] = [];
  for (const { at, sign } of marks) {
    const before = spaced.at(-1);
    if (before === undefined || at - before.at >= bars) spaced.push({ at, sign });
    else if (before.sign !== sign) before.sign = "\u00b1";
  }
  return spaced;
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

/** What is told of a bar besides its values: events, and stretches that it lies in. */
export function barNotes(set: LineSet, at: number): readonly string[] {
  const marks = (set.marks ?? []).filter((mark) => mark.at === at);
  const end = lineTime(set, at) + set.barMs;
  const start = end - set.stepMs;
  // A drawn bar may stand for several: it lies in a stretch that any of them does.
  const spans = (set.spans ?? []).filter(({ from, to }) => from < end && to >= start);
  return [...marks, ...spans].map(({ text }) => text);
}

/** Colour and dash of the line at an index: no two of 24 share both. */
export function lineStyle(index: number): { readonly hue: number; readonly dash: number } {
  return { hue: index % 6 + 1, dash: (index + Math.floor(index / 12)) % 4 };
}
