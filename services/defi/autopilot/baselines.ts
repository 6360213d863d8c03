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

function wordsOf(name: Baseline["name"], candidates: readonly Candidate[]): string {
  const pools = candidates.length;
  const known = candidates.filter(({ tvlUsd }) => tvlUsd !== null).length;
  switch (name) {
    case "equal_weight":
      return `The same share of each of the ${pools} pools that could be had at the start, ` +
        "never changed";
    case "largest_tvl":
      return "All in the pool with the largest TVL at the start, never changed" +
        (known < pools ? `; the TVL was known of ${known} of ${pools} pools` : "");
    case "hold":
      return "The autopilot's first allocation, never changed";
  }
}

function equalWeights(candidates: readonly Candidate[]): ReadonlyMap<number, number> {
  return new Map(candidates.map(({ pool }) => [pool, 1 / candidates.length]));
}

function largestTvl(candidates: readonly Candidate[]): ReadonlyMap<number, number> | null {
  const [largest] = candidates
    .flatMap(({ pool, tvlUsd }) => tvlUsd === null ? [] : [{ pool, tvlUsd }])
    .toSorted((a, b) => b.tvlUsd - a.tvlUsd || a.pool - b.pool);
  return largest ? new Map([[largest.pool, 1]]) : null;
}

function baseline(
  name: Baseline["name"],
  weights: ReadonlyMap<number, number> | null,
  { first, market }: { readonly first: FirstChoice | null; readonly market: Market },
): Baseline {
  const words = wordsOf(name, first?.candidates ?? []);
  if (first === null || weights === null) {
    const reason = first === null ? "Nothing was bought" : "No TVL is known";
    return { name, words, valuesUsd: null, apy: null, reason };
  }
  const valuesUsd = holdValues(weights, { actStep: first.actStep, market });
  return { name, words, valuesUsd, apy: annualized(market.times, valuesUsd), reason: null };
}

/** A position that is bought once and left alone. */
interface Holding {
  readonly sight: PoolSight;
  readonly usd: number;
  /** Logarithm of the growth of its pool until it was bought. */
  readonly boughtAt: number;
}

/** Value by step of weights that are bought once; a pool that is gone is closed like any other. */
function holdValues(
  weights: ReadonlyMap<number, number>,
  { actStep, market: { times, sights, constraints } }: { actStep: number; market: Market },
): readonly number[] {
  const { capitalUsd, vanishPenalty } = constraints;
  const trade = new Book(capitalUsd).quote(weights, constraints);
  // Where its costs would take all there is, as of many pools with little, it stays in cash.
  const positions = [...trade?.positions ?? []];
  let cashUsd = trade
    ? positions.reduce((left, [, usd]) => left - usd, trade.valueUsd)
    : capitalUsd;
  const bought = times[actStep] ?? NaN;
  let held = positions.flatMap(([pool, usd]): readonly Holding[] => {
    const sight = sights[pool];
    return sight ? [{ sight, usd, boughtAt: sight.paid.logAt(bought) }] : [];
  });
  return times.map((at, step) => {
    if (step < actStep) return capitalUsd;
    let valueUsd = 0;
    let hasGone = false;
    for (const { sight, usd, boughtAt } of held) {
      const grownUsd = usd * Math.exp(sight.paid.logAt(at) - boughtAt);
      if (sight.isGone(at, constraints)) {
        cashUsd += grownUsd * (1 - vanishPenalty);
        hasGone = true;
      } else valueUsd += grownUsd;
    }
    if (hasGone) held = held.filter(({ sight }) => !sight.isGone(at, constraints));
    return cashUsd + valueUsd;
  });
}
