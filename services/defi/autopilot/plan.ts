import type { Candidate } from "./pool_sight.ts";

/** A candidate with the share of the portfolio that it is to have. */
export interface Target {
  readonly candidate: Candidate;
  readonly weight: number;
  readonly rank: number;
}

/** Room that rounding may leave; a smaller share is not worth a purchase. */
const LEAST_WEIGHT = 1e-9;

/**
 * Fills the portfolio from the best candidate down, each up to the cap; what is left stays in cash.
 * Equal scores go by the index of the pool, so that runs repeat.
 */
export function planTargets(
  candidates: readonly Candidate[],
  maxWeight: number,
): readonly Target[] {
  const targets: Target[] = [];
  let left = 1;
  for (const candidate of bestOf(candidates, Math.ceil(1 / maxWeight))) {
    if (left <= LEAST_WEIGHT) break;
    const weight = Math.min(maxWeight, left);
    targets.push({ candidate, weight, rank: targets.length + 1 });
    left -= weight;
  }
  return targets;
}

/** The best `count`, best first: a full sort of hundreds, for the few, would cost the most. */
function bestOf(candidates: readonly Candidate[], count: number): readonly Candidate[] {
  const best: Candidate[] = [];
  for (const candidate of candidates) {
    const last = best[count - 1];
    if (last !== undefined && !isBetter(candidate, last)) continue;
    let place = Math.min(best.length, count - 1);
    for (; place > 0; place--) {
      const above = best[place - 1];
      if (above === undefined || !isBetter(candidate, above)) break;
      best[place] = above;
    }
    best[place] = candidate;
  }
  return best;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.score === b.score ? a.pool < b.pool : a.score > b.score;
}
