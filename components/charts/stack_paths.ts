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

/** Lines put on top of each other. A bar at which none is known is a gap of them all. */
export function bands(lines: readonly Line[]): readonly Band[] {
  const length = lines[0]?.values.length ?? 0;
  const isKnown = Array.from(
    { length },
    (_, at) => lines.some(({ values }) => (values[at] ?? null) !== null),
  );
  let below: readonly (number | null)[] = isKnown.map((known) => known ? 0 : null);
  return lines.map(({ values }) => {
    const bottom = below;
    below = bottom.map((level, at) => level === null ? null : level + (values[at] ?? 0));
    return { bottom, top: below };
  });
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
  const isThere = (at: number) => (top[at] ?? 0) > (bottom[at] ?? 0);
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
    const height = tenth(position(y, values[at] ?? 0));
    corners.push(`${tenth(position(x, at))} ${height}`);
    const next = Math.min(at + 1, values.length - 1);
    if (stack === "steps") corners.push(`${tenth(position(x, next))} ${height}`);
  }
  return corners;
}
