import type { Grid } from "./grid.ts";

/** Whole buckets without a close that a holding waits for; for longer, it is left out meanwhile. */
export const MAX_GAP = 7;

/**
 * Where an asset counts: 1, or 0 where it is left out for want of prices: what is held, or sold
 * off, in gaps longer than `maxGap` buckets, and gaps with a movement that only a price can value
 * (`needed`). Where nothing is held, no price is needed. In the tail of a grid time counts, not the
 * number of its short buckets.
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
    if (gapLength(grid, last, k) > maxGap || k - last - 1 === length) {
      for (let gap = last + 1; gap < k; gap++) {
        // Nothing but what is known by then, so that a later row changes nothing here.
        const isHeld = held[gap] !== 0 || (held[gap - 1] ?? 0) !== 0;
        if (isHeld || needed.has(gap)) covered[gap] = 0;
      }
    } else if (hasNeed(needed, last + 1, k)) {
      covered.fill(0, last + 1, k);
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
