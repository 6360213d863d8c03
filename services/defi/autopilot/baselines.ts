import type { UtcMs } from "../../kernel/time.ts";
import { Book } from "./book.ts";
import type { Candidate, PoolSight } from "./pool_sight.ts";
import { annualized } from "./outcome.ts";
import type { AutopilotConstraints, Baseline } from "./simulation.ts";

/** The first moment at which anything could be had, and what. */
export interface FirstChoice {
  /** Index of the step at which it is bought. */
  readonly actStep: number;
  readonly candidates: readonly Candidate[];
  /** What the autopilot bought: pools and weights. */
  readonly weights: ReadonlyMap<number, number>;
}

interface Market {
  readonly times: readonly UtcMs[];
  readonly sights: readonly PoolSight[];
  readonly constraints: AutopilotConstraints;
}

/** Three ways of buying once, when the autopilot first does, and leaving it alone. */
export function baselinesOf(first: FirstChoice | null, market: Market): readonly Baseline[] {
  return [
    baseline("equal_weight", first && equalWeights(first.candidates), { first, market }),
    baseline("largest_tvl", first && largestTvl(first.candidates), { first, market }),
    baseline("hold", first && first.weights, { first, market }),
  ];
}

const WORDS: Readonly<Record<Baseline["name"], string>> = {
  equal_weight: "The same share of every pool that could be had at the start, never changed",
  largest_tvl: "All in the pool with the largest TVL at the start, never changed",
  hold: "The autopilot's first allocation, never changed",
};

function equalWeights(candidates: readonly Candidate[]): ReadonlyMap<number, number> {
  return new Map(candidates.map(({ pool }) => [pool, 1 / candidates.length]));
}

function largestTvl(candidates: readonly Candidate[]): ReadonlyMap<number, number> | null {
  const [largest] = candidates.filter(({ tvlUsd }) => tvlUsd !== null)
    .toSorted((a, b) => (b.tvlUsd ?? 0) - (a.tvlUsd ?? 0) || a.pool - b.pool);
  return largest ? new Map([[largest.pool, 1]]) : null;
}

function baseline(
  name: Baseline["name"],
  weights: ReadonlyMap<number, number> | null,
  { first, market }: { readonly first: FirstChoice | null; readonly market: Market },
): Baseline {
  const words = WORDS[name];
  if (first === null || weights === null) {
    const reason = first === null ? "Nothing was bought" : "No TVL is known";
    return { name, words, valuesUsd: null, apy: null, reason };
  }
  const valuesUsd = holdValues(weights, { actStep: first.actStep, market });
  return { name, words, valuesUsd, apy: annualized(market.times, valuesUsd), reason: null };
}

/** Value by step of weights that are bought once; a pool that is gone is closed like any other. */
function holdValues(
  weights: ReadonlyMap<number, number>,
  { actStep, market: { times, sights, constraints } }: { actStep: number; market: Market },
): readonly number[] {
  const book = new Book(constraints.capitalUsd);
  return times.map((at, step) => {
    const before = times[step - 1];
    if (before !== undefined) {
      book.accrue((pool) => ({
        paid: sights[pool]?.paidGrowth(before, at) ?? 0,
        promised: 0,
      }));
    }
    if (step === actStep) {
      const trade = book.quote(weights, constraints);
      // Where its costs would take all there is, as of many pools with little, it stays in cash.
      if (trade !== null) book.apply(trade);
    }
    for (const pool of book.pools) {
      if (sights[pool]?.isGone(at, constraints)) book.close(pool, constraints.vanishPenalty);
    }
    return book.valueUsd;
  });
}
