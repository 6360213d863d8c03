import { finiteOrNull } from "./numbers.ts";
import { mean, regressionSlope, sampleDeviation } from "./stats.ts";
import type { Growth } from "./returns.ts";
import { drawdownCurve } from "./drawdown.ts";

export interface RiskOptions {
  /** Periods a year; 365 by default, as days trade all year. */
  readonly periodsPerYear?: number | undefined;
  /** Simple return per period of an investment without risk; 0 by default. */
  readonly riskFree?: number | undefined;
  /** Simple return per period below which a period counts as bad; 0 by default. */
  readonly requiredReturn?: number | undefined;
  /** Returns of the market over the same periods; NaN where missing. */
  readonly benchmark?: Float64Array | undefined;
}

/** All as fractions, `null` where they can't be computed. */
export interface RiskMeasures {
  readonly cumulative: number | null;
  readonly annualReturn: number | null;
  /** Sample standard deviation of returns, annualised. */
  readonly volatility: number | null;
  readonly downsideRisk: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  /** At most 0; the peak includes the start. */
  readonly maxDrawdown: number | null;
  /** Loss that 5 % of periods reach or exceed; negative if even those gain. */
  readonly var95: number | null;
  /** Mean loss of those periods. */
  readonly es95: number | null;
  readonly beta: number | null;
  /** Returns that are present, and those that are missing. */
  readonly n: number;
  readonly missing: number;
}

/**
 * Return and risk of a series of simple returns. Missing returns are left out of means and
 * deviations; their periods count for the annual return.
 */
export function measureRisk(growth: Growth, options: RiskOptions = {}): RiskMeasures {
  const { periodsPerYear = 365, riskFree = 0, requiredReturn = 0, benchmark } = options;
  const present = growth.returns.filter((change) => !Number.isNaN(change));
  const { length: periods } = growth.returns;
  const end = growth.path.at(-1) ?? NaN;
  const average = mean(present);
  const deviation = sampleDeviation(present);
  const downsideRisk = downside(present, requiredReturn, periodsPerYear);
  const annualReturn = end >= 0 ? finiteOrNull(end ** (periodsPerYear / periods) - 1) : null;
  const maxDrawdown = lowestDrawdown(growth.path);
  return {
    cumulative: finiteOrNull(end - 1),
    annualReturn,
    volatility: deviation === null ? null : finiteOrNull(deviation * Math.sqrt(periodsPerYear)),
    downsideRisk,
    sharpe: ratio(average, { less: riskFree, per: deviation, times: Math.sqrt(periodsPerYear) }),
    sortino: ratio(average, { less: requiredReturn, per: downsideRisk, times: periodsPerYear }),
    calmar: ratio(annualReturn, { less: 0, per: maxDrawdown === null ? null : -maxDrawdown }),
    maxDrawdown,
    ...tailLosses(present),
    beta: benchmark === undefined ? null : marketBeta(growth.returns, benchmark),
    n: present.length,
    missing: periods - present.length,
  };
}

/** `(value - less) times / per`, or `null` without a value or a divisor. */
function ratio(
  value: number | null,
  { less, per, times = 1 }: {
    readonly less: number;
    readonly per: number | null;
    readonly times?: number;
  },
): number | null {
  if (value === null || per === null || per === 0) return null;
  return finiteOrNull((value - less) * times / per);
}

/** sqrt(mean(min(r - required, 0)^2)) sqrt(m). */
function downside(returns: Float64Array, required: number, periodsPerYear: number): number | null {
  const meanSquare = mean(returns.map((change) => Math.min(change - required, 0) ** 2));
  return meanSquare === null ? null : finiteOrNull(Math.sqrt(meanSquare * periodsPerYear));
}

/** The lowest point of the drawdown curve; `null` if the path's end is unknown or is a debt. */
function lowestDrawdown(path: Float64Array): number | null {
  const isKnown = !Number.isNaN(path.at(-1) ?? NaN) && path.every((unit) => !(unit < 0));
  if (!isKnown) return null;
  const curve = drawdownCurve(path, { peak: 1 });
  return curve.reduce((deepest, depth) => depth < deepest ? depth : deepest, 0);
}

/** Historical value at risk and expected shortfall: the 5 % quantile is a return that happened. */
function tailLosses(returns: Float64Array): Pick<RiskMeasures, "var95" | "es95"> {
  const sorted = returns.toSorted();
  // floor(0.05 (n - 1)), without the rounding of 0.05.
  const quantile = sorted[Math.floor((sorted.length - 1) / 20)];
  if (quantile === undefined) return { var95: null, es95: null };
  const tail = mean(sorted.filter((change) => change <= quantile));
  return { var95: 0 - quantile, es95: tail === null ? null : 0 - tail };
}

/** cov(r, r_market) / var(r_market) over the periods that both have. */
function marketBeta(returns: Float64Array, market: Float64Array): number | null {
  if (market.length !== returns.length) {
    throw new RangeError(
      `Cannot compare ${returns.length} returns with ${market.length}: expected equal lengths`,
    );
  }
  const isPaired = (_: number, i: number) =>
    !Number.isNaN((returns[i] ?? NaN) + (market[i] ?? NaN));
  const beta = regressionSlope(returns.filter(isPaired), market.filter(isPaired));
  return finiteOrNull(beta);
}
