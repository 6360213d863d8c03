import type { UtcMs } from "../../kernel/time.ts";
import { rankOf } from "./plan.ts";
import type { Candidate, PoolSight } from "./pool_sight.ts";
import type { AutopilotConstraints, Departure, Exclusion, ExclusionCounts } from "./simulation.ts";

/** What all pools are at one step. */
export interface Survey {
  /** Pools that can be had. */
  readonly candidates: readonly Candidate[];
  readonly excluded: ExclusionCounts;
}

/** Judges every pool by what was known at the instant. */
export function surveyPools(
  sights: readonly PoolSight[],
  { at, constraints }: { readonly at: UtcMs; readonly constraints: AutopilotConstraints },
): Survey {
  const candidates: Candidate[] = [];
  const excluded: Partial<Record<Exclusion, number>> = {};
  for (const sight of sights) {
    const verdict = sight.judge(at, constraints);
    if (typeof verdict === "string") excluded[verdict] = (excluded[verdict] ?? 0) + 1;
    else candidates.push(verdict);
  }
  return { candidates, excluded };
}

/** Why a held pool is left: it can't be had any more, or others have overtaken it. */
export function departureOf(
  sight: PoolSight,
  { at, constraints, candidates }: {
    readonly at: UtcMs;
    readonly constraints: AutopilotConstraints;
    readonly candidates: readonly Candidate[];
  },
): Departure {
  const verdict = sight.judge(at, constraints);
  const evidence = sight.evidenceAt(at);
  if (typeof verdict === "string") {
    return { ...evidence, exclusion: verdict, rank: null, score: null };
  }
  return { ...evidence, exclusion: null, rank: rankOf(verdict, candidates), score: verdict.score };
}
