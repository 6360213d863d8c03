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
 * Fills the portfolio up to the cap of each pool; what is left stays in cash. Held pools that still
 * rank well enough stay, then come the best of the others. Equal scores go by the index of the
 * pool, so that runs repeat.
 */
export function planTargets(
  candidates: readonly Candidate[],
  { maxWeight, keepFactor, held }: {
    readonly maxWeight: number;
    readonly keepFactor: number;
    readonly held: ReadonlySet<number>;
  },
): readonly Target[] {
  const places = Math.ceil(1 / maxWeight - LEAST_WEIGHT);
  const ranked = bestOf(candidates, Math.ceil(places * keepFactor))
    .map((candidate, index) => ({ candidate, rank: index + 1 }));
  const isHeld = ({ candidate }: { readonly candidate: Candidate }) => held.has(candidate.pool);
  const chosen = [...ranked.filter(isHeld), ...ranked.filter((one) => !isHeld(one))]
    .slice(0, places).sort((a, b) => a.rank - b.rank);
  let left = 1;
  return chosen.map((one): Target => {
    const weight = Math.min(maxWeight, left);
    left -= weight;
    return { ...one, weight };
  });
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
