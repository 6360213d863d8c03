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
  /** Most of the portfolio in one pool after a trade, as a fraction. */
  readonly maxWeight: number;
  readonly minTvlUsd: number;
  /** Between two changes of the portfolio. */
  readonly cooldownMs: number;
  readonly capitalUsd: number;
  /** Of what is bought and sold, in hundredths of a percent. */
  readonly feeBps: number;
  /** Dollars of gas of each pool that is entered or left. */
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
  "one_reading",
  "old_reading",
  "stale",
  "frozen",
  "paused",
  "matured",
  "tvl_unknown",
  "tvl_below",
  "no_yield",
  "unrated",
  "score_zero",
] as const;
export type Exclusion = typeof EXCLUSIONS[number];

/** How many pools were not to be had, by the reason. */
export type ExclusionCounts = Readonly<Partial<Record<Exclusion, number>>>;

/** The reading that a judgement of a pool stands on. Both times are at most the decision's. */
export interface Evidence {
  readonly poolId: PoolId;
  /** The source that was the one to go by then; `null` where none had a reading. */
  readonly source: string | null;
  /** Time of the reading; `null` where there was none. */
  readonly readingAt: UtcMs | null;
  /** When it was known: when it was ingested, or when a held reading was confirmed. */
  readonly knownAt: UtcMs | null;
}

/** A pool in a plan, with what was seen of it. */
export interface Allocation extends Evidence {
  readonly source: string;
  readonly readingAt: UtcMs;
  readonly knownAt: UtcMs;
  /** Share of the value after costs. */
  readonly weight: number;
  /** Whether it was not held before. */
  readonly isNew: boolean;
  readonly score: number;
  /** Place in the ranking of that step, 1 is best. */
  readonly rank: number;
  /** Yield that it promised, rewards less their haircut. */
  readonly netApy: number;
}

/** A pool that a decision leaves, and why. */
export interface Departure extends Evidence {
  /** Why it could not be had any more; `null` where others had overtaken it. */
  readonly exclusion: Exclusion | null;
  /** Place in the ranking of that step; `null` where it was not ranked. */
  readonly rank: number | null;
  readonly score: number | null;
}

/** What a change of the portfolio cost. */
export interface TradeCost {
  /** Dollars bought and sold. */
  readonly turnoverUsd: number;
  readonly feeUsd: number;
  readonly gasUsd: number;
}

/**
 * `rebalance` was carried out, `cooldown` came too soon after another, `unaffordable` would have
 * cost all there is, `closed` is a pool that was gone.
 */
export const DECISION_KINDS = ["rebalance", "cooldown", "unaffordable", "closed"] as const;
export type DecisionKind = typeof DECISION_KINDS[number];

/** What the autopilot decided and why, from what was known at `at`. */
export interface Decision extends TradeCost {
  readonly at: UtcMs;
  /** The step at which it was carried out; `null` where nothing was done. */
  readonly actedAt: UtcMs | null;
  readonly kind: DecisionKind;
  readonly reason: string;
  /** What is wanted: pools that stay and pools that are entered, best first. */
  readonly targets: readonly Allocation[];
  readonly departures: readonly Departure[];
  /** Pools that could be had. */
  readonly eligible: number;
  /** Ranks up to which a held pool stays. */
  readonly keepRank: number;
  readonly excluded: ExclusionCounts;
  /** Dollars lost in a pool that was gone. */
  readonly penaltyUsd: number;
}

export interface Weight {
  readonly poolId: PoolId;
  readonly weight: number;
}

/** Weights after a change of the portfolio; what is left of 1 is cash. */
export interface AllocationPoint {
  readonly at: UtcMs;
  readonly weights: readonly Weight[];
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

/**
 * Where the gain comes from, in dollars: `promised + drift - fees - gas - penalties`, to the
 * rounding of the machine.
 */
export interface GainParts {
  /** Had every pool paid, as long as it was held, what it promised when it was bought. */
  readonly promisedUsd: number;
  /** What they paid beyond their promise; below 0 where less. */
  readonly driftUsd: number;
  readonly feesUsd: number;
  readonly gasUsd: number;
  readonly penaltiesUsd: number;
}

/** What could be had at a step, and how many pools could not, by the reason. */
export interface Look {
  readonly at: UtcMs;
  readonly eligible: number;
  readonly excluded: ExclusionCounts;
}

/** The readings of the range that a simulation stands on. */
export interface DataUsed {
  readonly pools: number;
  /** Pools with a reading in the range. */
  readonly poolsRead: number;
  /** Readings with their time in the range. */
  readonly readings: number;
  /** Of them, those that stand still or are marked as old. */
  readonly staleReadings: number;
  /** Of them, those that were known only after the range: no decision could see them. */
  readonly unseenReadings: number;
  /** Of all, those that were learned after a later one, which decisions leave out. */
  readonly lateReadings: number;
  readonly firstAt: UtcMs | null;
  readonly lastAt: UtcMs | null;
}

export interface Simulation {
  readonly times: readonly UtcMs[];
  readonly valuesUsd: readonly number[];
  /** Weights by step, as yields moved them. */
  readonly weights: readonly (readonly Weight[])[];
  readonly allocations: readonly AllocationPoint[];
  readonly decisions: readonly Decision[];
  /** At the last step at which anything could be decided. */
  readonly lastLook: Look;
  readonly baselines: readonly Baseline[];
  readonly gain: GainParts;
  /** Realised growth, a year; `null` of less than a day. */
  readonly realizedApy: number | null;
  /** Mean of what the portfolio's pools promised when they were bought, by time and weight. */
  readonly promisedApy: number | null;
  /** Dollars bought and sold. */
  readonly turnoverUsd: number;
  /** Fees, gas and penalties. */
  readonly costUsd: number;
  /** The least growth of a calendar month, of those that were begun. */
  readonly worstMonth: { readonly month: string; readonly growth: number } | null;
  readonly maxDrawdown: number;
  /** Mean share in cash. */
  readonly idleShare: number;
  readonly data: DataUsed;
}
