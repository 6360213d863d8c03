/** Maps a value of a domain to a pixel, straight. */
export interface LinearScale {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

/** The pixel of `value`; a domain without extent maps to the middle. */
export function position(scale: LinearScale, value: number): number {
  const span = scale.to - scale.from;
  if (span === 0) return (scale.start + scale.end) / 2;
  return scale.start + (value - scale.from) / span * (scale.end - scale.start);
}

/** Lowest and highest of the values that are there, or `null` where none is. */
export function extentOf(values: readonly (number | null)[]): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

const STEPS = [1, 2, 2.5, 5, 10] as const;

/** Round numbers inside a domain, about `count` of them, for the lines of a grid. */
export function niceTicks([from, to]: readonly [number, number], count: number): number[] {
  const raw = (to - from) / Math.max(1, count);
  if (!(raw > 0) || !Number.isFinite(raw)) return [];
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = (STEPS.find((factor) => factor * magnitude >= raw) ?? 10) * magnitude;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step - 1e-9); at * step <= to + step * 1e-9; at++) {
    // A product of whole steps carries noise in its last digits: -0 and 0.30000000000000004.
    ticks.push(Number((at * step).toPrecision(12)) + 0);
  }
  return ticks;
}

/** A coordinate with one decimal, which is finer than a pixel and short in the page. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

export interface PathScales {
  readonly x: LinearScale;
  readonly y: LinearScale;
}

/** A line through the values that are there, index by index; a missing value lifts the pen. */
export function linePath(values: readonly (number | null)[], { x, y }: PathScales): string {
  let path = "";
  let isDrawing = false;
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value === null || value === undefined) {
      isDrawing = false;
      continue;
    }
    path += `${isDrawing ? "L" : "M"}${tenth(position(x, at))} ${tenth(position(y, value))}`;
    isDrawing = true;
  }
  return path;
}

/** A step of a path in tenths, as short as SVG reads it: `8` is `.8`, `-3` is `-.3`. */
function shortTenths(tenths: number): string {
  return String(tenths / 10).replace(/^(-?)0\./, "$1.");
}

/**
 * The line of `linePath` in steps from point to point, half as long: a table holds hundreds of
 * them. Steps are taken between rounded points, so that rounding never adds up.
 */
export function shortLinePath(
  values: readonly (number | null)[],
  { x, y }: PathScales,
): string {
  let path = "";
  let isDrawing = false;
  let [lastX, lastY] = [0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value === null || value === undefined) {
      isDrawing = false;
      continue;
    }
    const nowX = Math.round(position(x, at) * 10);
    const nowY = Math.round(position(y, value) * 10);
    const stepX = shortTenths(isDrawing ? nowX - lastX : nowX);
    const stepY = shortTenths(isDrawing ? nowY - lastY : nowY);
    path += (isDrawing ? "l" : "M") + stepX + (stepY.startsWith("-") ? "" : " ") + stepY;
    [lastX, lastY, isDrawing] = [nowX, nowY, true];
  }
  return path;
}
