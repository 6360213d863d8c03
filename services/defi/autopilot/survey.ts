import type { UtcMs } from "../../kernel/time.ts";
import { rankOf } from "./plan.ts";
import type { Candidate, PoolSight } from "./pool_sight.ts";
import type { AutopilotConstraints, Departure, Exclusion, ExclusionCounts } from "./simulation.ts";

/** What all pools are at one step. */
export interface Survey {
  readonly at: UtcMs;
  /** Pools that can be had. */
  readonly candidates: readonly Candidate[];
  readonly excluded: ExclusionCounts;
}

/** Judgements that are kept at once. */
const MAX_JUDGED = 32_000;
/** Pools that are judged between two rests. */
const POOLS_AT_ONCE = 50;

/** Steps that are judged at once. */
export function stepsAtOnce(pools: number): number {
  return Math.max(1, Math.floor(MAX_JUDGED / Math.max(1, pools)));
}

/**
 * Judges every pool at each of some steps by what was known then. Pool by pool, as the readings of
 * one lie together in memory: step by step takes twice as long. Rests between some of the pools.
 */
export function* surveySteps(
  sights: readonly PoolSight[],
  { times, constraints }: {
    readonly times: readonly UtcMs[];
    readonly constraints: AutopilotConstraints;
  },
): Generator<void, readonly Survey[]> {
  const surveys = times.map((at) => ({
    at,
    candidates: [] as Candidate[],
    excluded: {} as Partial<Record<Exclusion, number>>,
  }));
  for (const [pool, sight] of sights.entries()) {
    for (const { at, candidates, excluded } of surveys) {
      const verdict = sight.judge(at, constraints);
      if (typeof verdict === "string") excluded[verdict] = (excluded[verdict] ?? 0) + 1;
      else candidates.push(verdict);
    }
    if (pool % POOLS_AT_ONCE === 0) yield;
  }
  return surveys;
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
