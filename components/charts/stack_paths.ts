import type { Line } from "./lines.ts";
import { type PathScales, position, tenth } from "./scale.ts";

/** A part of a stack: from where it begins to where it ends, bar by bar; `null` is a gap. */
export interface Band {
  readonly bottom: readonly (number | null)[];
  readonly top: readonly (number | null)[];
}

export interface BandOptions {
  readonly stack: "straight" | "steps";
  readonly scales: PathScales;
}

/**
 * Lines put on top of each other. A bar that lacks a part is a gap of it and of all above it: where
 * they stand is not known.
 */
export function bands(lines: readonly Line[]): readonly Band[] {
  let below: readonly (number | null)[] | null = null;
  return lines.map(({ values }) => {
    const bottom = below ?? values.map(() => 0);
    const top = bottom.map((level, at) => sumOrNull(level, values[at]));
    below = top;
    return { bottom, top };
  });
}

function sumOrNull(level: number | null, part: number | null | undefined): number | null {
  return level === null || part === null || part === undefined ? null : level + part;
}

interface Run {
  readonly from: number;
  /** The last of its bars. */
  readonly to: number;
}

function runsOf(length: number, isIn: (at: number) => boolean): Run[] {
  const runs: Run[] = [];
  let from = -1;
  for (let at = 0; at <= length; at++) {
    const isInside = at < length && isIn(at);
    if (isInside && from < 0) from = at;
    if (isInside || from < 0) continue;
    runs.push({ from, to: at - 1 });
    from = -1;
  }
  return runs;
}

/** The area of a part, closed; nothing is drawn where it is not known. */
export function areaPath({ bottom, top }: Band, options: BandOptions): string {
  return runsOf(top.length, (at) => top[at] !== null)
    .map((run) => {
      const upper = points(top, run, options);
      const lower = points(bottom, run, options);
      return `M${[...upper, ...lower.toReversed()].join("L")}Z`;
    })
    .join("");
}

/** The upper edge of a part, where the part is there at all. */
export function edgePath({ bottom, top }: Band, options: BandOptions): string {
  const isThere = (at: number) => (top[at] ?? NaN) > (bottom[at] ?? NaN);
  return runsOf(top.length, isThere)
    .map((run) => `M${points(top, run, options).join("L")}`)
    .join("");
}

/** Corners along a run; in steps a value reaches to where the next bar begins. */
function points(
  values: readonly (number | null)[],
  { from, to }: Run,
  { stack, scales: { x, y } }: BandOptions,
): string[] {
  const corners: string[] = [];
  for (let at = from; at <= to; at++) {
    const height = tenth(position(y, values[at] ?? NaN));
    corners.push(`${tenth(position(x, at))} ${height}`);
    const next = Math.min(at + 1, values.length - 1);
    if (stack === "steps") corners.push(`${tenth(position(x, next))} ${height}`);
  }
  return corners;
}
