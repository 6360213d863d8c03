import { type LineSet, lineTime } from "./lines.ts";

/** Bars from `from` up to but not including `to`. */
export interface BarWindow {
  readonly from: number;
  readonly to: number;
}

/** The bars of a set that lie in a window, as a set of their own; parts of bars count whole. */
export function lineWindow(set: LineSet, window: BarWindow): LineSet {
  const from = Math.max(0, Math.round(window.from));
  const to = Math.min(set.length, Math.round(window.to));
  if (from === 0 && to === set.length) return set;
  return {
    ...set,
    from: lineTime(set, from),
    length: to - from,
    lines: set.lines.map((line) => ({ ...line, values: line.values.slice(from, to) })),
    marks: (set.marks ?? []).filter(({ at }) => at >= from && at < to)
      .map((mark) => ({ ...mark, at: mark.at - from })),
  };
}

/** How many bars of the second set lie before the first bar of the first one. */
export function barsBefore(before: LineSet, after: LineSet): number {
  return Math.round((before.from - after.from) / after.stepMs);
}
