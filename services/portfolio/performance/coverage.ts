import type { Grid } from "./grid.ts";

/** Whole buckets without a close that a holding waits for; for longer, it is left out meanwhile. */
export const MAX_GAP = 7;

/**
 * Where an asset counts: 1, or 0 where it is left out for want of prices. It is left out where it
 * never had a price, in gaps longer than `maxGap` buckets, and in those with a movement that only a
 * price can value (`needed`). Where nothing is held, no price is needed. In the tail of a grid time
 * counts, not the number of its short buckets.
 */
export function coverageOf(
  { closes, held, needed, grid, maxGap = MAX_GAP }: {
    readonly closes: Float64Array;
    readonly held: Float64Array;
    readonly needed: ReadonlySet<number>;
    readonly grid: Grid;
    readonly maxGap?: number | undefined;
  },
): Uint8Array {
  const { length } = closes;
  const covered = new Uint8Array(length).fill(1);
  let last = -1;
  for (let k = 0; k <= length; k++) {
    if (k < length && Number.isNaN(closes[k])) continue;
    if (k - last > 1) {
      const isNeeded = hasNeed(needed, last + 1, k);
      const isHeld = isNeeded || hasUnits(held, last + 1, k);
      const isLong = gapLength(grid, last, k) > maxGap || k - last - 1 === length;
      if (isHeld && (isLong || isNeeded)) covered.fill(0, last + 1, k);
    }
    last = k;
  }
  return covered;
}

/** How many whole buckets lie between the ends of two. */
function gapLength({ start, ends, widthMs, whole }: Grid, last: number, next: number): number {
  if (widthMs === null || next <= whole) return next - last - 1;
  return ((ends[next - 1] as number) - (ends[last] ?? start)) / widthMs;
}

function hasNeed(needed: ReadonlySet<number>, from: number, to: number): boolean {
  for (const bucket of needed) if (bucket >= from && bucket < to) return true;
  return false;
}

function hasUnits(held: Float64Array, from: number, to: number): boolean {
  for (let k = from; k < to; k++) if (held[k] !== 0) return true;
  return false;
}
