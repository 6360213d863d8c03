import { finiteOrNull } from "../../kernel/numbers.ts";
import { populationDeviation, sampleDeviation } from "../../kernel/stats.ts";
import { growthOfPrices } from "../../kernel/returns.ts";
import { measureRisk, type RiskMeasures } from "../../kernel/risk.ts";
import { deepestDrawdown, type Drawdown, drawdownCurve } from "../../kernel/drawdown.ts";
import { logReturns } from "./log_returns.ts";

/** How far prices swing, in two measures that share no unit. */
export interface PriceSwing {
  /** sqrt(Σ(p - mean)² / n), in the unit of the prices; `null` without prices. */
  readonly priceStddev: number | null;
  /** Sample deviation of log returns × √(bars a year), a fraction; `null` below two returns. */
  readonly volatility: number | null;
  /** Prices after the first row. */
  readonly n: number;
  /** Returns: fewer than prices where there are gaps. */
  readonly returns: number;
  /** Rows after the first without a price. */
  readonly missing: number;
}

export interface PriceRiskOptions {
  readonly periodsPerYear: number;
  /** Simple return per bar of an investment without risk; 0 by default. */
  readonly riskFree?: number | undefined;
  /** Simple return per bar below which a bar counts as bad; 0 by default. */
  readonly requiredReturn?: number | undefined;
  /** Prices of the market in the same rows. */
  readonly benchmark?: Float64Array | undefined;
}

/** Risk of an asset that was held from its first price in the rows to the last one. */
export interface PriceRisk extends PriceSwing {
  /** On simple returns. */
  readonly measures: Omit<RiskMeasures, "volatility" | "maxDrawdown" | "n" | "missing">;
  readonly drawdown: Drawdown | null;
  /** How far the last price stands below the highest one, at most 0; `null` without a price. */
  readonly currentDrawdown: number | null;
}

/** The first row holds the price that the first return is measured against, and nothing else. */
export function measureSwing(
  prices: Float64Array,
  { periodsPerYear }: Pick<PriceRiskOptions, "periodsPerYear">,
): PriceSwing {
  const present = prices.subarray(1).filter(isKnown);
  const returns = logReturns(prices).filter(isKnown);
  const deviation = sampleDeviation(returns);
  return {
    priceStddev: populationDeviation(present),
    volatility: deviation === null ? null : finiteOrNull(deviation * Math.sqrt(periodsPerYear)),
    n: present.length,
    returns: returns.length,
    missing: Math.max(0, prices.length - 1) - present.length,
  };
}

/**
 * Return and risk between the first and the last known price of the rows: an asset that was listed
 * later is measured from then on, which its `n` tells. Gaps in between stay gaps.
 */
export function measurePriceRisk(prices: Float64Array, options: PriceRiskOptions): PriceRisk {
  const { benchmark, ...rest } = options;
  const known = { start: prices.findIndex(isKnown), end: prices.findLastIndex(isKnown) + 1 };
  const held = (rows: Float64Array) => rows.subarray(Math.max(0, known.start), known.end);
  const own = held(prices);
  const { volatility: _, maxDrawdown: __, n: ___, missing: ____, ...measures } = measureRisk(
    growthOfPrices(own),
    { ...rest, ...benchmark && { benchmark: growthOfPrices(held(benchmark)).returns } },
  );
  return {
    ...measureSwing(prices, options),
    measures,
    drawdown: deepestDrawdown(prices),
    currentDrawdown: drawdownCurve(own).at(-1) ?? null,
  };
}

function isKnown(value: number): boolean {
  return !Number.isNaN(value);
}
