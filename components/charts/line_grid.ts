import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../services/kernel/time.ts";

/** Bars of one length that hold readings of any times. */
export interface BarGrid {
  /** Start of the first bar, UTC milliseconds. */
  readonly from: number;
  readonly barMs: number;
  readonly length: number;
  /** The bar of each reading. */
  readonly bars: Int32Array;
}

const LONGEST_MS = 7 * DAY_MS;
const BAR_LENGTHS = [
  ...[1, 5, 15].map((seconds) => seconds * SECOND_MS),
  ...[1, 5, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4, 6, 12].map((hours) => hours * HOUR_MS),
  DAY_MS,
  LONGEST_MS,
];

/** More bars than this tell nothing more on any screen. */
const MAX_BARS = 20_000;

/**
 * The length of bar that readings come in: the round one nearest to the time between two of them
 * that half of all time lies in, so that a burst of seconds does not count more than the days
 * before it. A day for fewer than two.
 */
export function usualBarMs(times: ArrayLike<number>): number {
  const gaps: number[] = [];
  for (let at = 1; at < times.length; at++) {
    const gap = (times[at] ?? 0) - (times[at - 1] ?? 0);
    if (gap > 0) gaps.push(gap);
  }
  const span = gaps.reduce((sum, gap) => sum + gap, 0);
  let passed = 0;
  const middle = gaps.sort((a, b) => a - b).find((gap) => (passed += gap) * 2 >= span);
  if (middle === undefined) return DAY_MS;
  const distance = (barMs: number) => Math.abs(Math.log(barMs / middle));
  const usual = BAR_LENGTHS.reduce((best, barMs) =>
    distance(barMs) < distance(best) ? barMs : best
  );
  return BAR_LENGTHS.find((barMs) => barMs >= usual && span / barMs < MAX_BARS) ?? LONGEST_MS;
}

/**
 * The bars of readings in time order. A reading that comes somewhat early or late, just over the
 * edge of its bar, stays in it: bars are centred on the part of the bar that readings usually
 * come at, so that no jitter looks like a gap.
 */
export function barGrid(
  times: ArrayLike<number>,
  { barMs = usualBarMs(times) }: { readonly barMs?: number } = {},
): BarGrid {
  const phase = usualPhase(times, barMs);
  const first = times[0] ?? 0;
  const slotOf = (at: number) => Math.round(((times[at] ?? 0) - phase) / barMs);
  const start = Math.round((first - phase) / barMs);
  const newest = times.length === 0 ? start - 1 : slotOf(times.length - 1);
  if (newest - start > MAX_BARS) {
    throw new RangeError(`Cannot draw ${newest - start + 1} bars: expected at most ${MAX_BARS}`);
  }
  return {
    from: start * barMs,
    barMs,
    length: newest - start + 1,
    bars: Int32Array.from({ length: times.length }, (_, at) => slotOf(at) - start),
  };
}

/** The part of a bar that readings come at on average, as on a clock; 0 to `barMs`. */
function usualPhase(times: ArrayLike<number>, barMs: number): number {
  let [x, y] = [0, 0];
  for (let at = 0; at < times.length; at++) {
    const angle = (times[at] ?? 0) % barMs / barMs * 2 * Math.PI;
    x += Math.cos(angle);
    y += Math.sin(angle);
  }
  const turn = Math.atan2(y, x) / (2 * Math.PI);
  // Late in the bar before is early in this one, within the hundredth of a bar that clocks drift.
  return (turn < -0.01 ? turn + 1 : turn) * barMs;
}

/** Values of readings as a column of bars: the last known one of each, NaN where there is none. */
export function onGrid(values: ArrayLike<number>, { bars, length }: BarGrid): Float64Array {
  const column = new Float64Array(length).fill(NaN);
  bars.forEach((bar, at) => {
    const value = values[at] ?? NaN;
    if (!Number.isNaN(value)) column[bar] = value;
  });
  return column;
}
