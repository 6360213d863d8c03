import { changeRatio, finiteOrNull } from "../../kernel/numbers.ts";
import { regressionSlope } from "../../kernel/stats.ts";
import type { AssetId } from "../../market/mod.ts";
import { type Grid, isInTail, shownBuckets } from "./grid.ts";
import type { InvestorFlows } from "./gaps.ts";
import type { PortfolioHistory } from "./history.ts";
import type { BucketRange, Periods } from "./linking.ts";

/** A portfolio beside an asset that one could have held instead. */
export interface BenchmarkComparison {
  readonly assetId: AssetId;
  /** Its return over the same range. */
  readonly return: number | null;
  /** The portfolio's time-weighted return less the benchmark's. */
  readonly excessReturn: number | null;
  /** cov(r, r_benchmark) / var(r_benchmark) over buckets that both have. */
  readonly beta: number | null;
  /**
   * What the same deposits and withdrawals would have become in the benchmark; `null` where a
   * price is missing at one of them, or they would have taken more than there was.
   */
  readonly valueInstead: number | null;
  /** Its return since the start at the end of each bucket, NaN where its close is missing. */
  readonly cumulative: Float64Array;
}

/** Compares over a range; the benchmark's closes are in the currency of the history. */
export function compareWithBenchmark(
  history: PortfolioHistory,
  { assetId, closes, range, periods, flows }: {
    readonly assetId: AssetId;
    readonly closes: Float64Array;
    readonly range: BucketRange;
    readonly periods: Periods;
    /** Those of the range. */
    readonly flows: InvestorFlows;
  },
): BenchmarkComparison {
  const base = closes[range.from] as number;
  const total = changeRatio(finiteOrNull(base), finiteOrNull(closes[range.to]));
  const twr = finiteOrNull((periods.unit.at(-1) ?? NaN) - 1);
  return {
    assetId,
    return: total,
    excessReturn: total === null || twr === null ? null : twr - total,
    beta: betaOf(periods, { closes, grid: history.grid }),
    valueInstead: valueInstead(history, { closes, range, flows }),
    cumulative: shownBuckets(history.grid, range)
      .map((bucket) => (closes[bucket] as number) / base - 1),
  };
}

function betaOf(
  { from, to, returns, isInvested }: Periods,
  { closes, grid }: { readonly closes: Float64Array; readonly grid: Grid },
): number | null {
  const own: number[] = [];
  const theirs: number[] = [];
  for (let p = 0; p < to.length; p++) {
    const [start, end] = [from[p] as number, to[p] as number];
    const change = (closes[end] as number) / (closes[start] as number) - 1;
    if (isInvested[p] === 0 || end - start > 1 || !Number.isFinite(change)) continue;
    // Returns of one length alone can be compared.
    if (isInTail(grid, end)) continue;
    own.push(returns[p] as number);
    theirs.push(change);
  }
  return finiteOrNull(regressionSlope(Float64Array.from(own), Float64Array.from(theirs)));
}

function valueInstead(
  { nav }: PortfolioHistory,
  { closes, range: { from, to }, flows }: {
    readonly closes: Float64Array;
    readonly range: BucketRange;
    readonly flows: InvestorFlows;
  },
): number | null {
  const opening = nav[from] as number;
  let units = opening === 0 ? 0 : opening / (closes[from] as number);
  for (let i = 0; i < flows.at.length; i++) {
    const amount = flows.amount[i] as number;
    if (amount === 0) continue;
    units += amount / (closes[flows.bucket[i] as number] as number);
    if (units < 0) return null;
  }
  return units === 0 ? 0 : finiteOrNull(units * (closes[to] as number));
}
