import type { Candidate } from "./pool_sight.ts";

/** A candidate with its place in the ranking of its step, 1 is best. */
export interface Target {
  readonly candidate: Candidate;
  readonly rank: number;
}

/** Room that rounding may leave; a smaller share is not worth a place. */
const LEAST_WEIGHT = 1e-9;

/** Pools that fit when each takes as much as it may. */
export function placesOf(maxWeight: number): number {
  return Math.ceil(1 / maxWeight - LEAST_WEIGHT);
}

/** Ranks up to which a held pool stays. */
export function keepRankOf(
  { maxWeight, keepFactor }: { readonly maxWeight: number; readonly keepFactor: number },
): number {
  return Math.ceil(placesOf(maxWeight) * keepFactor);
}

/**
 * The pools to hold, best first: held ones that still rank well enough stay, then come the best of
 * the others while there is a place.
 */
export function planTargets(
  candidates: readonly Candidate[],
  { held, ...rules }: {
    readonly maxWeight: number;
    readonly keepFactor: number;
    readonly held: ReadonlySet<number>;
  },
): readonly Target[] {
  const ranked = bestOf(candidates, keepRankOf(rules))
    .map((candidate, index) => ({ candidate, rank: index + 1 }));
  const isHeld = ({ candidate }: Target) => held.has(candidate.pool);
  return [...ranked.filter(isHeld), ...ranked.filter((one) => !isHeld(one))]
    .slice(0, placesOf(rules.maxWeight))
    .sort((a, b) => a.rank - b.rank);
}

/** The place of a candidate among all, 1 is best. */
export function rankOf(candidate: Candidate, candidates: readonly Candidate[]): number {
  return 1 + candidates.filter((other) => isBetter(other, candidate)).length;
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

/** By score; of equal ones the higher yield, then the first of the list, so that runs repeat. */
export function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.score !== b.score) return a.score > b.score;
  return a.netApy === b.netApy ? a.pool < b.pool : a.netApy > b.netApy;
}
