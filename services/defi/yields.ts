import { finiteOrNull } from "../kernel/numbers.ts";
import type { PoolStructure, RateBasis } from "./pool.ts";

/** Seconds of a year of 365 days, by which on-chain lenders compound. */
export const SECONDS_A_YEAR = 31_536_000;
const DAYS_A_YEAR = 365;

/** `(1 + APR/m)^m - 1`, as fractions; `m` is how often a year it is compounded. */
export function apyFromApr(apr: number, periodsPerYear: number): number {
  checkPeriods(periodsPerYear);
  // Through logarithms, since 1 + APR/m loses most digits of a rate compounded each second.
  return Math.expm1(periodsPerYear * Math.log1p(apr / periodsPerYear));
}

/** The simple rate that compounds to the APY: the inverse of `apyFromApr`. */
export function aprFromApy(apy: number, periodsPerYear: number): number {
  checkPeriods(periodsPerYear);
  return periodsPerYear * Math.expm1(Math.log1p(apy) / periodsPerYear);
}

/** A rate as its source gave it, as an APY; `null` stays `null`. */
export function toApy(rate: number | null, basis: RateBasis): number | null {
  if (rate === null || basis.kind === "apy") return rate;
  return finiteOrNull(apyFromApr(rate, basis.periodsPerYear));
}

/** What `days` add at an APY, `(1 + APY)^(days/365) - 1`; one at -1 or below loses all. */
export function growthOver(apy: number, days: number): number {
  if (apy <= -1) return -1;
  return Math.expm1(Math.log1p(apy) * (days / DAYS_A_YEAR));
}

/** The interest rate model of a lending pool; all as fractions. */
export interface KinkedRate {
  readonly base: number;
  /** Rise of the borrow rate from no utilization to the kink. */
  readonly slope1: number;
  /** Rise from the kink to full utilization. */
  readonly slope2: number;
  readonly kink: number;
  readonly reserveFactor: number;
}

/**
 * Borrow and supply rate at a utilization. `R = R0 + s1 U/U*` up to the kink, above it
 * `R0 + s1 + s2 (U - U*)/(1 - U*)`; suppliers get `R U (1 - reserve factor)`.
 */
export function ratesAt(
  utilization: number,
  { base, slope1, slope2, kink, reserveFactor }: KinkedRate,
): { readonly borrowRate: number; readonly supplyRate: number } {
  if (!(utilization >= 0 && utilization <= 1)) {
    throw new RangeError(`Cannot price utilization ${utilization}: expected 0 to 1`);
  }
  const borrowRate = utilization <= kink
    ? base + slope1 * (kink > 0 ? utilization / kink : 0)
    : base + slope1 + slope2 * ((utilization - kink) / (1 - kink));
  return { borrowRate, supplyRate: borrowRate * utilization * (1 - reserveFactor) };
}

/**
 * Loss of a liquidity position against holding its tokens, as a fraction (never above 0), when the
 * first token's price in the second became `priceRatio` times what it was. With a first token of
 * weight `w`: `r^w / (w r + 1 - w) - 1`; at one half that is `2 sqrt(r) / (1 + r) - 1`.
 */
export function impermanentLoss(priceRatio: number, weight = 0.5): number {
  if (!(priceRatio > 0 && weight > 0 && weight < 1)) {
    throw new RangeError(
      `Cannot price a ratio of ${priceRatio} at weight ${weight}: expected both above 0, ` +
        "the weight below 1",
    );
  }
  // Rounding would else make a gain of some ratios next to 1.
  return Math.min(0, priceRatio ** weight / (weight * priceRatio + 1 - weight) - 1);
}

/** Loss versus rebalancing a year of a full-range pool, `volatility^2 / 8`; fees below it lose. */
export function lossVersusRebalancing(volatility: number): number {
  return volatility ** 2 / 8;
}

function checkPeriods(periodsPerYear: number): void {
  if (!(periodsPerYear > 0)) {
    throw new RangeError(`Cannot compound ${periodsPerYear} times a year: expected more than 0`);
  }
}

/** What a pair loses: each ratio of prices with its loss, and each volatility with its own a year. */
export interface DriftLosses {
  readonly impermanent: readonly { readonly priceRatio: number; readonly loss: number }[];
  readonly rebalancing: readonly { readonly volatility: number; readonly loss: number }[];
}

const PRICE_RATIOS = [0.5, 0.8, 1.25, 2, 4];
const PEGGED_RATIOS = [0.95, 0.99, 1.01, 1.05];
const VOLATILITIES = [0.25, 0.5, 1];
const PEGGED_VOLATILITIES = [0.01, 0.05];

/** Losses of a pair of equal weights over moves that are usual for its structure, all at most 0. */
export function driftLosses(structure: PoolStructure | null): DriftLosses {
  const isPegged = structure === "pegged";
  return {
    impermanent: (isPegged ? PEGGED_RATIOS : PRICE_RATIOS)
      .map((priceRatio) => ({ priceRatio, loss: impermanentLoss(priceRatio) })),
    rebalancing: (isPegged ? PEGGED_VOLATILITIES : VOLATILITIES)
      .map((volatility) => ({ volatility, loss: -lossVersusRebalancing(volatility) })),
  };
}
