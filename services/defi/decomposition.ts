import type { Pool } from "./pool.ts";
import type { PoolMetrics } from "./pool_metrics.ts";
import type { PoolSettings } from "./pool_settings.ts";
import { lossVersusRebalancing } from "./yields.ts";

/** From the least to the most that a term can be, as fractions a year; one point where known. */
export type Interval = readonly [low: number, high: number];

/** A term of the yield; terms that cost are below 0. */
export interface YieldStep {
  readonly name:
    | "base"
    | "reward"
    | "base_and_reward"
    | "past_kink"
    | "haircut"
    | "intrinsic"
    | "drift_loss"
    | "fees"
    | "gas"
    | "net";
  readonly range: Interval;
  /** The sum of all steps up to this one. */
  readonly total: Interval;
  readonly isKnown: boolean;
  readonly words: string;
}

/** A yield taken apart, as a waterfall whose last step is what is left. */
export interface YieldDecomposition {
  readonly steps: readonly YieldStep[];
  readonly net: Interval;
  /** Whether every term is known, so that the net is one number. */
  readonly isExact: boolean;
  /** What would be left without incentives. */
  readonly netWithoutIncentives: Interval;
  /** Whether the price of one token in the other can cost the position. */
  readonly hasImpermanentLoss: boolean;
}

export interface DecompositionOptions {
  readonly settings: PoolSettings;
  /** What the token earns by being held, such as staking; `null` is not known. */
  readonly intrinsicApy?: number | null;
  /** Yearly volatility of the pair's price; `null` is not known. */
  readonly pairVolatility?: number | null;
}

/** The most that a token is taken to earn by being held, where that is not known. */
const MAX_INTRINSIC = 0.06;
/** The most that a pair's price is taken to move in a year, by structure, where not known. */
const MAX_VOLATILITY = { pegged: 0.05, correlated: 0.3, uncorrelated: 1.2 } as const;
/** Entering and leaving again. */
const TRIPS = 2;
const ZERO: Interval = [0, 0];
/** Symbols of tokens that earn by being held. */
const EARNING_TOKEN =
  /(?:st(?:eth|matic|sol)|(?:r|cb|we|rs|os|ez|pz|px|apx|m|sw|ankr)eth|ethx|maticx|savax|lbtc|susd[es]|sdai|sfrax)/i;

interface Term {
  readonly name: Exclude<YieldStep["name"], "net">;
  readonly range: Interval;
  readonly words: string;
}

/**
 * `base + reward (1 - haircut) + intrinsic - (LVR + fees + gas) = net` at the newest reading. A
 * term that is not known spans what it can be, and so does the net.
 */
export function decomposeYield(
  pool: Pool,
  { metrics, ...options }: { readonly metrics: PoolMetrics } & DecompositionOptions,
): YieldDecomposition {
  const terms = [
    ...paidTerms(metrics, options.settings),
    ...pastKinkTerm(metrics),
    intrinsicTerm(pool, options.intrinsicApy ?? null),
    driftTerm(pool, options.pairVolatility ?? null),
    { name: "fees", range: ZERO, words: "Supplying and leaving cost no fee of the pool" } as const,
    gasTerm(options.settings),
  ];
  let total = ZERO;
  const steps = terms.map(({ range, ...term }): YieldStep => {
    total = add(total, range);
    return { ...term, range, total, isKnown: isPoint(range) };
  });
  const isExact = isPoint(total);
  return {
    steps: [...steps, {
      name: "net",
      range: total,
      total,
      isKnown: isExact,
      words: isExact ? "What is left of it" : "What is left of it, from least to most",
    }],
    net: total,
    isExact,
    netWithoutIncentives: withoutIncentives(total, { metrics, settings: options.settings }),
    hasImpermanentLoss: pool.structure === "correlated" || pool.structure === "uncorrelated" ||
      pool.structure === "pegged",
  };
}

function paidTerms(
  { supplyApy, incentiveApy, ...metrics }: PoolMetrics,
  { reward_haircut }: PoolSettings,
): readonly Term[] {
  if (isInterestAlone({ incentiveApy, ...metrics })) {
    return [
      { name: "base", range: point(supplyApy), words: "What borrowers pay" },
      {
        name: "reward",
        range: ZERO,
        words: "The source gives interest alone: rewards paid besides, if any, are not counted",
      },
    ];
  }
  if (incentiveApy === null) {
    return [{
      name: "base_and_reward",
      range: ordered(supplyApy * (1 - reward_haircut), supplyApy),
      words: "The source does not tell rewards from the rest: all of it may be rewards, which " +
        "are worth less when sold",
    }];
  }
  return [
    { name: "base", range: point(supplyApy), words: "What borrowers or traders pay" },
    { name: "reward", range: point(incentiveApy), words: "What is paid in other tokens" },
    {
      name: "haircut",
      range: point(-incentiveApy * reward_haircut),
      words: "What is lost when rewards are sold",
    },
  ];
}

/**
 * Whether a yield is interest and nothing else, though its source says nothing of rewards: it comes
 * with the rate that borrowers pay and the share that is lent, of which it is made.
 */
function isInterestAlone(
  { incentiveApy, borrowApy, utilization }: Pick<
    PoolMetrics,
    "incentiveApy" | "borrowApy" | "utilization"
  >,
): boolean {
  return incentiveApy === null && borrowApy !== null && utilization !== null;
}

/**
 * What is paid only because more is lent than the rate is made for: all above the median of the
 * 30 days before. It may stay a while or end tomorrow.
 */
function pastKinkTerm(
  { supplyApy, median30, kinkDistance }: PoolMetrics,
): readonly Term[] {
  // Without a distance or a median there is no telling whether, or how much of it.
  if (kinkDistance === null || kinkDistance >= 0 || median30 === null) return [];
  const excess = supplyApy - median30;
  if (excess <= 0) return [];
  return [{
    name: "past_kink",
    range: [-excess, 0],
    words: "Paid only while the pool is past its kink: above the median of the 30 days before",
  }];
}

function intrinsicTerm({ symbol }: Pool, intrinsicApy: number | null): Term {
  const name = "intrinsic";
  if (intrinsicApy !== null) {
    return { name, range: point(intrinsicApy), words: "What the token earns by being held" };
  }
  return EARNING_TOKEN.test(symbol)
    ? {
      name,
      range: [0, MAX_INTRINSIC],
      words: `${symbol} earns by being held; how much is not known`,
    }
    : { name, range: ZERO, words: "The token earns nothing by being held" };
}

function driftTerm({ structure }: Pool, pairVolatility: number | null): Term {
  const name = "drift_loss";
  if (structure === "single") return { name, range: ZERO, words: "One token: nothing can drift" };
  if (structure !== null && pairVolatility !== null) {
    const words = "Loss to arbitrage as prices move, volatility squared / 8";
    return { name, range: point(-lossVersusRebalancing(pairVolatility)), words };
  }
  const most = MAX_VOLATILITY[structure ?? "uncorrelated"];
  return {
    name,
    range: [-lossVersusRebalancing(most), 0],
    words: `How much its prices move is not known: up to ${most * 100}% a year is assumed`,
  };
}

function gasTerm({ gas_usd, v1: { position_usd } }: PoolSettings): Term {
  return {
    name: "gas",
    range: point(-TRIPS * gas_usd / position_usd),
    words:
      `Entering and leaving once in a year with ${position_usd.toLocaleString("en-US")} USD, ` +
      `${gas_usd} USD of gas each way`,
  };
}

/** Rewards may be all of a yield that comes in one figure. */
function withoutIncentives(
  net: Interval,
  { metrics, settings: { reward_haircut } }: {
    readonly metrics: PoolMetrics;
    readonly settings: PoolSettings;
  },
): Interval {
  const { supplyApy, incentiveApy } = metrics;
  const kept = 1 - reward_haircut;
  if (isInterestAlone(metrics)) return net;
  if (incentiveApy !== null) return add(net, point(-incentiveApy * kept));
  return add(net, ordered(-supplyApy * kept, 0));
}

function point(value: number): Interval {
  // Without -0, which would be written as a cost.
  return [value + 0, value + 0];
}

function ordered(a: number, b: number): Interval {
  return a <= b ? [a, b] : [b, a];
}

function add([a, b]: Interval, [c, d]: Interval): Interval {
  return [a + c, b + d];
}

function isPoint([low, high]: Interval): boolean {
  return low === high;
}
