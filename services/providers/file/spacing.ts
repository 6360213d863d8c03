import { type Interval, intervalMs, INTERVALS } from "../../market/candle.ts";

/** How the first rows of a file follow one another. */
export interface Spacing {
  /** The interval that most rows lie apart; `null` if they don't keep to a known one. */
  readonly interval: Interval | null;
  /** Steps between rows that it was read from. */
  readonly steps: number;
  readonly isDescending: boolean;
}

/** Part of the steps that must agree, so that a gap or a stray row among them does no harm. */
const AGREEING = 2 / 3;

/** Reads the spacing and the direction from the times of a file's first rows. */
export function readSpacing(times: readonly number[]): Spacing {
  const steps = times.slice(1).map((time, at) => time - (times[at] ?? NaN))
    .filter((step) => Number.isFinite(step) && step !== 0);
  const falling = steps.filter((step) => step < 0).length;
  const interval = INTERVALS.find((name) => {
    const agreeing = steps.filter((step) => Math.abs(step) === intervalMs(name)).length;
    return agreeing > 0 && agreeing >= steps.length * AGREEING;
  });
  return {
    interval: interval ?? null,
    steps: steps.length,
    isDescending: falling > steps.length - falling,
  };
}
