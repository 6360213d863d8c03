import type { UtcMs } from "../../kernel/time.ts";
import type { PoolId } from "../pool.ts";
import type { ScoreMethodName } from "../pool_scores.ts";
import type { PoolSettings } from "../pool_settings.ts";

/** What the autopilot may do. */
export interface AutopilotConstraints {
  readonly start: UtcMs;
  /** The last step at the latest. */
  readonly end: UtcMs;
  readonly stepMs: number;
  /** Most of the portfolio in one pool when it is bought, as a fraction. */
  readonly maxWeight: number;
  readonly minTvlUsd: number;
  /** Between two changes of the portfolio. */
  readonly cooldownMs: number;
  readonly capitalUsd: number;
  /** Of what is bought and sold, in hundredths of a percent. */
  readonly feeBps: number;
  /** Dollars of gas of each pool that is entered, left or changed. */
  readonly gasUsd: number;
  /** A held pool stays while it ranks among this many times the pools that fit; 1 is the best. */
  readonly keepFactor: number;
  /** Time without a reading after which a pool counts as gone. */
  readonly vanishMs: number;
  /** Share of a position that is lost in a pool that is gone. */
  readonly vanishPenalty: number;
  readonly method: ScoreMethodName;
  readonly settings: PoolSettings;
}

/** Why a pool was not to be had. */
export const EXCLUSIONS = [
  "no_reading",
  "old_reading",
  "stale",
  "frozen",
  "paused",
  "matured",
  "tvl_unknown",
  "tvl_below",
  "no_yield",
  "unrated",
] as const;
export type Exclusion = typeof EXCLUSIONS[number];

/** A pool in a plan, with what was seen of it. */
export interface Allocation {
  readonly poolId: PoolId;
  readonly weight: number;
  readonly score: number;
  /** Place in the ranking of that step, 1 is best. */
  readonly rank: number;
  /** Yield that it promised, rewards less their haircut. */
  readonly netApy: number;
  /** Time of the reading that this stands on; never after the decision. */
  readonly readingAt: UtcMs;
}

/** What the autopilot decided and why, from what was known at `at`. */
export interface Decision {
  readonly at: UtcMs;
  /** The step at which it was carried out; `null` where nothing was to do. */
  readonly actedAt: UtcMs | null;
  readonly kind: "rebalance" | "cooldown" | "closed";
  readonly reason: string;
  readonly targets: readonly Allocation[];
  /** Pools that could be had. */
  readonly eligible: number;
  readonly excluded: Readonly<Partial<Record<Exclusion, number>>>;
  /** Dollars bought and sold. */
  readonly turnoverUsd: number;
  readonly costUsd: number;
}

/** Weights after a change of the portfolio; what is left of 1 is cash. */
export interface AllocationPoint {
  readonly at: UtcMs;
  readonly weights: readonly { readonly poolId: PoolId; readonly weight: number }[];
}

/** What another way of investing the same capital came to. */
export interface Baseline {
  readonly name: "equal_weight" | "largest_tvl" | "hold";
  readonly words: string;
  /** By step; `null` where it could not be set up, with the reason. */
  readonly valuesUsd: readonly number[] | null;
  readonly apy: number | null;
  readonly reason: string | null;
}

export interface Simulation {
  readonly times: readonly UtcMs[];
  readonly valuesUsd: readonly number[];
  readonly allocations: readonly AllocationPoint[];
  readonly decisions: readonly Decision[];
  readonly baselines: readonly Baseline[];
  /** Realised growth, a year; `null` of less than a day. */
  readonly realizedApy: number | null;
  /** Mean of what the portfolio's pools promised when they were bought, by time and weight. */
  readonly promisedApy: number | null;
  /** Dollars bought and sold. */
  readonly turnoverUsd: number;
  readonly costUsd: number;
  /** The least growth of a calendar month, of those that were begun. */
  readonly worstMonth: { readonly month: string; readonly growth: number } | null;
  readonly maxDrawdown: number;
  /** Mean share in cash. */
  readonly idleShare: number;
  /** Readings that were learned after a later one, which are not used. */
  readonly lateReadings: number;
}
