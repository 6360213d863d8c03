import { deepestDrawdown, type Drawdown, drawdownCurve } from "../../kernel/drawdown.ts";
import { finiteOrNull } from "../../kernel/numbers.ts";
import { type Growth, modifiedDietz } from "../../kernel/returns.ts";
import { measureRisk, type RiskMeasures } from "../../kernel/risk.ts";
import type { UtcMs } from "../../kernel/time.ts";
import { type CashFlow, xirr } from "../../kernel/xirr.ts";
import type { AssetId } from "../../market/mod.ts";
import { type BenchmarkComparison, compareWithBenchmark } from "./benchmark.ts";
import { type MonthlyReturn, monthlyReturns } from "./calendar.ts";
import type { AssetHistory, Stretch } from "./asset_history.ts";
import { type InvestorFlows, investorFlows } from "./gaps.ts";
import {
  bucketEnd,
  bucketsPerYear,
  type Grid,
  isInTail,
  lastBucketBy,
  shownBuckets,
} from "./grid.ts";
import type { PortfolioHistory } from "./history.ts";
import { FLOW_KINDS } from "./history_columns.ts";
import {
  type BucketRange,
  type Contribution,
  contributionOf,
  lastValued,
  linkPeriods,
  type Periods,
} from "./linking.ts";

export interface MeasureOptions {
  /** From the end of the last bucket by then; from before the first row by default. */
  readonly from?: UtcMs | undefined;
  /** To the end of the last bucket by then; the end of the grid by default. */
  readonly to?: UtcMs | undefined;
  readonly benchmark?: { readonly assetId: AssetId; readonly closes: Float64Array } | undefined;
}

export interface AssetContribution extends Contribution {
  readonly assetId: AssetId;
}

/** An asset that was held in the range, and left out for want of prices for so many buckets. */
export interface UnpricedAsset {
  readonly assetId: AssetId;
  readonly buckets: number;
  /**
   * Set where it still is at the range's end, so that its last value counts as taken: when it was
   * valued last; `null` in it where it never was.
   */
  readonly leftOut: { readonly since: UtcMs | null; readonly lastValue: number | null } | null;
}

/** Fees in money that are in no measure of a range, as there is no rate, by whose gain they lack. */
export interface UnvaluedFees {
  readonly assetId: AssetId;
  readonly count: number;
}

/** A fall of the unit's value with its dates. */
export interface DatedDrawdown {
  readonly depth: number;
  readonly peakAt: UtcMs;
  readonly troughAt: UtcMs;
  readonly recoveredAt: UtcMs | null;
}

/**
 * For charts: one row per whole bucket, and a last one up to where the range ends, NaN where a
 * value is missing.
 */
export interface PerformanceSeries {
  /** Ends of the buckets. */
  readonly t: Float64Array;
  readonly nav: Float64Array;
  /** Time-weighted return since the start. */
  readonly cumulative: Float64Array;
  readonly drawdown: Float64Array;
  /** Deposits less withdrawals. */
  readonly netFlow: Float64Array;
}

/**
 * What a portfolio did between two instants, in the currency of its history. Returns are fractions;
 * `null` where a figure can't be computed.
 *
 * The money of a purchase counts as a deposit and that of a sale as a withdrawal, as no row holds
 * cash; at one instant they are set off.
 */
export interface PortfolioPerformance {
  readonly from: UtcMs;
  readonly to: UtcMs;
  readonly openingValue: number;
  readonly value: number;
  readonly deposited: number;
  readonly withdrawn: number;
  /** value + withdrawn - deposited - opening value. */
  readonly gain: number;
  /** Opening value + deposited: what `roi` is measured on. */
  readonly invested: number;
  readonly roi: number | null;
  readonly twr: number | null;
  readonly xirr: number | null;
  readonly modifiedDietz: number | null;
  readonly risk: RiskMeasures;
  readonly drawdown: DatedDrawdown | null;
  /** The largest gain first. */
  readonly contributions: readonly AssetContribution[];
  /** Total return less the sum of contributions: only rounding, below 1e-9. */
  readonly residual: number | null;
  readonly months: readonly MonthlyReturn[];
  readonly benchmark: BenchmarkComparison | null;
  readonly series: PerformanceSeries;
  readonly unpriced: readonly UnpricedAsset[];
  readonly unvaluedFees: readonly UnvaluedFees[];
  /** Buckets without a value, as a price or a rate is missing, or all prices are. */
  readonly missingBuckets: number;
  /** Periods with flows at an unknown value, which count from the period's start. */
  readonly pooledPeriods: number;
}

/** Measures a history over a range; `null` where it holds no two values, or nothing happened. */
export function measurePortfolio(
  history: PortfolioHistory,
  options: MeasureOptions = {},
): PortfolioPerformance | null {
  const range = rangeOf(history, options);
  if (range === null) return null;
  const { grid, nav, assets } = history;
  const periods = linkPeriods(history, range);
  const [from, to] = [bucketEnd(grid, range.from), bucketEnd(grid, range.to)];
  const openingValue = nav[range.from] as number;
  const value = nav[range.to] as number;
  const flows = investorFlows(history, range);
  const deposited = flows.amount.reduce((sum, amount) => sum + Math.max(0, amount), 0);
  const withdrawn = flows.amount.reduce((sum, amount) => sum + Math.max(0, -amount), 0);
  const gain = value + withdrawn - deposited - openingValue;
  const invested = openingValue + deposited;
  const growth = growthByBucket(periods, range);
  const twr = finiteOrNull((periods.unit.at(-1) ?? NaN) - 1);
  const contributions = assets
    .map((asset) => ({ assetId: asset.assetId, ...contributionOf(asset, { periods, grid }) }))
    .filter((own) => own.gain !== 0 || own.toReturn !== 0)
    .sort((a, b) => b.gain - a.gain || (a.assetId < b.assetId ? -1 : 1));
  const paid = paidFlows(history, { range, flows });
  const explained = contributions.reduce((total, { toReturn }) => total + toReturn, 0);
  const { benchmark } = options;
  return {
    ...{ from, to, openingValue, value, deposited, withdrawn, gain, invested },
    roi: invested > 0 ? finiteOrNull(gain / invested) : null,
    twr,
    xirr: xirr(paid),
    modifiedDietz: modifiedDietz(paid),
    risk: riskOf(growth, { history, range }),
    // Part of a path tells nothing of how deep the whole of it went.
    drawdown: twr === null ? null : datedDrawdown(growth.path, { history, range }),
    contributions,
    residual: twr === null ? null : finiteOrNull(twr - explained),
    months: monthlyReturns(periods, { grid, from }),
    benchmark: benchmark
      ? compareWithBenchmark(history, { ...benchmark, range, periods, flows })
      : null,
    series: seriesOf(history, { range, path: growth.path, flows }),
    unpriced: assets.map((asset) => unpricedIn(asset, { grid, range }))
      .filter(({ buckets }) => buckets > 0),
    unvaluedFees: unvaluedFeesIn(assets, range),
    missingBuckets: range.to - range.from - periods.to.length +
      sum(history.isBlind.subarray(range.from + 1, range.to + 1)),
    pooledPeriods: sum(periods.isPooled),
  };
}

/** From the last value before anything happened, or by `from`, to the last value by `to`. */
function rangeOf(
  history: PortfolioHistory,
  { from, to }: MeasureOptions,
): BucketRange | null {
  const { grid, assets, nav } = history;
  const begun = assets.reduce((first, { events, values }) => {
    const held = values.findIndex((value) => value !== 0);
    const bucket = Math.min(events.bucket[0] ?? Infinity, held < 0 ? Infinity : held);
    return Math.min(first, bucket);
  }, Infinity);
  if (begun === Infinity) return null;
  const asked = from === undefined ? -1 : lastBucketBy(grid, from);
  const first = lastValued(history, Math.max(asked, begun - 1, 0));
  const last = lastValued(history, to === undefined ? nav.length - 1 : lastBucketBy(grid, to));
  return first < 0 || last <= first ? null : { from: first, to: last };
}

/** What the investor paid and could take: the first value as paid, the flows, the last value. */
function paidFlows(
  { grid, nav }: PortfolioHistory,
  { range: { from, to }, flows }: InvestedRange,
): readonly CashFlow[] {
  const paid: CashFlow[] = [];
  const opening = nav[from] as number;
  if (opening !== 0) paid.push({ at: bucketEnd(grid, from), amount: -opening });
  for (let i = 0; i < flows.at.length; i++) {
    const amount = -(flows.amount[i] as number);
    if (amount !== 0) paid.push({ at: flows.at[i] as UtcMs, amount });
  }
  paid.push({ at: bucketEnd(grid, to), amount: nav[to] as number });
  return paid;
}

interface InvestedRange {
  readonly range: BucketRange;
  /** Those of the range. */
  readonly flows: InvestorFlows;
}

/** Returns and path per bucket; a bucket without a value has neither, nor has the one after it. */
function growthByBucket(periods: Periods, { from, to }: BucketRange) {
  const returns = new Float64Array(to - from).fill(NaN);
  const path = new Float64Array(to - from).fill(NaN);
  for (let p = 0; p < periods.to.length; p++) {
    const row = (periods.to[p] as number) - from - 1;
    path[row] = periods.unit[p] as number;
    const isWhole = (periods.to[p] as number) - (periods.from[p] as number) === 1;
    if (isWhole && periods.isInvested[p] === 1) returns[row] = periods.returns[p] as number;
  }
  return { returns, path };
}

interface InRange {
  readonly history: PortfolioHistory;
  readonly range: BucketRange;
}

/** Risk over buckets of one length, as its measures want them; the deepest fall is of them all. */
function riskOf(growth: Growth, { history: { grid }, range: { from, to } }: InRange): RiskMeasures {
  const periodsPerYear = bucketsPerYear(grid);
  const risk = measureRisk(growth, { periodsPerYear });
  const whole = grid.whole - 1 - from;
  if (!isInTail(grid, to) || whole <= 0) return risk;
  const { returns, path } = growth;
  return {
    ...measureRisk({ returns: returns.subarray(0, whole), path: path.subarray(0, whole) }, {
      periodsPerYear,
    }),
    cumulative: risk.cumulative,
    maxDrawdown: risk.maxDrawdown,
  };
}

function datedDrawdown(path: Float64Array, { history, range }: InRange): DatedDrawdown | null {
  const fall: Drawdown | null = deepestDrawdown(withStart(path));
  if (fall === null) return null;
  const dateOf = (row: number) => bucketEnd(history.grid, range.from + row);
  return {
    depth: fall.depth,
    peakAt: dateOf(fall.peak),
    troughAt: dateOf(fall.trough),
    recoveredAt: fall.recovery === null ? null : dateOf(fall.recovery),
  };
}

/** The unit's path with the 1 that it starts from. */
function withStart(path: Float64Array): Float64Array {
  const whole = new Float64Array(path.length + 1).fill(1);
  whole.set(path, 1);
  return whole;
}

function seriesOf(
  { grid, nav, isBlind }: PortfolioHistory,
  { range, path, flows }: InvestedRange & { readonly path: Float64Array },
): PerformanceSeries {
  const { from } = range;
  const shown = shownBuckets(grid, range);
  const unit = withStart(path);
  const falls = drawdownCurve(unit);
  const netFlow = new Float64Array(shown.length);
  for (let i = 0; i < flows.at.length; i++) {
    // What happened in the tail is shown at its end.
    const row = Math.min((flows.bucket[i] as number) - from, shown.length - 1);
    netFlow[row] = (netFlow[row] as number) + (flows.amount[i] as number);
  }
  const seen = (column: (bucket: number) => number) =>
    shown.map((bucket) => isBlind[bucket] === 1 ? NaN : column(bucket));
  return {
    t: shown.map((bucket) => bucketEnd(grid, bucket)),
    nav: seen((bucket) => nav[bucket] as number),
    cumulative: seen((bucket) => (unit[bucket - from] as number) - 1),
    drawdown: seen((bucket) => falls[bucket - from] as number),
    netFlow,
  };
}

function unpricedIn(
  { assetId, unpriced, values }: AssetHistory,
  { grid, range }: { readonly grid: Grid; readonly range: BucketRange },
): UnpricedAsset {
  const buckets = unpriced.reduce((total, own) => total + overlap(own, range), 0);
  const open = unpriced.find(({ from, to }) => from <= range.to && range.to < to);
  if (open === undefined) return { assetId, buckets, leftOut: null };
  const last = open.from - 1;
  const lastValue = values[last] ?? 0;
  // What was bought without a price has no value before.
  const leftOut = lastValue === 0
    ? { since: null, lastValue: null }
    : { since: bucketEnd(grid, last), lastValue: finiteOrNull(lastValue) };
  return { assetId, buckets, leftOut };
}

function unvaluedFeesIn(
  assets: readonly AssetHistory[],
  { from, to }: BucketRange,
): readonly UnvaluedFees[] {
  const unvalued = FLOW_KINDS.indexOf("unvalued");
  const isIn = (bucket = NaN) => bucket > from && bucket <= to;
  return assets.map(({ assetId, flows: { kind, bucket } }) => ({
    assetId,
    count: kind.reduce((n, own, i) => own === unvalued && isIn(bucket[i]) ? n + 1 : n, 0),
  })).filter(({ count }) => count > 0);
}

/** How many buckets after the start of a range lie in a stretch. */
function overlap(stretch: Stretch, { from, to }: BucketRange): number {
  return Math.max(0, Math.min(stretch.to, to + 1) - Math.max(stretch.from, from + 1));
}

function sum(column: Float64Array | Uint8Array): number {
  let total = 0;
  for (const value of column) total += value;
  return total;
}
