import type { AssetHistory } from "./asset_history.ts";
import { type ClosedHistory, gainInGaps } from "./gaps.ts";
import type { Grid } from "./grid.ts";
import type { PortfolioHistory } from "./history.ts";

/** Two buckets with a value, between whose ends a portfolio is measured. */
export interface BucketRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The periods between buckets that have a value, as columns. A period has two steps, and what was
 * carried over stands between them: one step is the change of prices, the other what flows and
 * fees did. With fixed buckets prices change first, as what happens is valued at the close.
 */
export interface Periods {
  /** The buckets at whose ends each period starts and ends. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** What one unit of money became by the end of each period; NaN from an unknown flow on. */
  readonly unit: Float64Array;
  /** Return of each period, as a fraction; NaN where a flow in it is not known. */
  readonly returns: Float64Array;
  /** What one unit of gain by prices, and by what happened, adds to the total return. */
  readonly priceWeight: Float64Array;
  readonly flowWeight: Float64Array;
  /** 1 where anything was invested. */
  readonly isInvested: Uint8Array;
  /** 1 where the value at a flow is unknown, so that flows count from the period's start. */
  readonly isPooled: Uint8Array;
}

/** The nearest bucket with a value at or before one; -1 where there is none. */
export function lastValued({ nav, isBlind }: PortfolioHistory, bucket: number): number {
  let k = Math.min(bucket, nav.length - 1);
  while (k >= 0 && (Number.isNaN(nav[k]) || isBlind[k] === 1)) k--;
  return k;
}

/**
 * Links the periods of a range. Factors of a period: C / V by prices, and then
 * (V' + withdrawn) / (C + deposited), where V and V' are the values at its ends and C is what was
 * carried over, at the last prices. Where what happens stands at the start of buckets, first
 * (C + withdrawn) / (V + deposited), and then V' / C. So a deposit or withdrawal at the market's
 * price changes nothing. Where C is unknown, both are one: (V' + withdrawn) / (V + deposited).
 * Where money meets nothing that is held (income of an empty portfolio), it starts the portfolio:
 * factor 1. Where a flow is not known, as its rate is missing, there is no factor.
 */
export function linkPeriods(history: PortfolioHistory, { from, to }: BucketRange): Periods {
  const { nav, grid } = history;
  const ends: number[] = [];
  for (let k = from + 1; k <= to; k++) if (!Number.isNaN(nav[k])) ends.push(k);
  const periods = emptyPeriods(ends.length);
  const money = moneyByBucket(history);
  const isFlowFirst = grid.widthMs === null;
  let start = from;
  let unit = 1;
  for (const [p, end] of ends.entries()) {
    const flows = money.between(start, end);
    const before = nav[start] as number;
    const after = nav[end] as number;
    const carried = flows.hasEvents ? money.carried[end] as number : isFlowFirst ? before : after;
    // What is sold off in a bucket without a price can't be valued there.
    const isPooled = flows.hasEvents && (end - start > 1 || Number.isNaN(carried));
    const steps = isPooled || isFlowFirst
      ? flowsFirst({ before, after, carried: isPooled ? after : carried, flows })
      : pricesFirst({ before, after, carried, flows });
    periods.from[p] = start;
    periods.to[p] = end;
    periods.returns[p] = steps.factor - 1;
    periods.priceWeight[p] = unit * (isPooled ? steps.flowWeight : steps.priceWeight);
    periods.flowWeight[p] = unit * steps.flowWeight;
    periods.isInvested[p] = Number(steps.priceWeight !== 0 || steps.flowWeight !== 0);
    periods.isPooled[p] = Number(isPooled);
    unit *= steps.factor;
    periods.unit[p] = unit;
    start = end;
  }
  return periods;
}

interface PeriodMoney {
  readonly deposited: number;
  readonly withdrawn: number;
  readonly swapped: number;
}

interface PeriodValues {
  readonly before: number;
  readonly after: number;
  readonly carried: number;
  readonly flows: PeriodMoney;
}

/** A period's growth, and what a unit of gain in each of its steps adds to it. */
interface PeriodSteps {
  readonly factor: number;
  readonly priceWeight: number;
  readonly flowWeight: number;
}

function pricesFirst({ before, after, carried, flows }: PeriodValues): PeriodSteps {
  const growth = before > 0 ? carried / before : 1;
  const base = flowBase(carried, flows);
  return {
    factor: base.sum === 0 ? growth : growth * (after + base.out) / base.sum,
    priceWeight: before > 0 ? 1 / before : 0,
    flowWeight: base.sum === 0 ? 0 : growth / base.sum,
  };
}

function flowsFirst({ before, after, carried, flows }: PeriodValues): PeriodSteps {
  const base = flowBase(before, flows);
  const growth = base.sum === 0 ? 1 : (carried + base.out) / base.sum;
  return {
    factor: carried > 0 ? growth * after / carried : growth,
    priceWeight: carried > 0 ? growth / carried : 0,
    flowWeight: base.sum === 0 ? 0 : 1 / base.sum,
  };
}

/**
 * What flows meet, 0 for nothing and NaN where a flow is not known; a round trip in one instant out
 * of nothing counts by what went through.
 */
function flowBase(held: number, { deposited, withdrawn, swapped }: PeriodMoney) {
  const through = held + deposited === 0 ? swapped : 0;
  return { sum: held + deposited + through, out: withdrawn + through };
}

/** What an asset added to the total return, and to the gain in money. */
export interface Contribution {
  /** Fraction of one unit of money; all of them add up to the total return. */
  readonly toReturn: number;
  /** In money; all of them add up to the gain. */
  readonly gain: number;
}

/**
 * What one asset contributed over periods that were linked: each of its gains, grown with the whole
 * portfolio's return before it.
 */
export function contributionOf(
  { values, events, gaps }: ClosedHistory,
  { periods, grid }: { readonly periods: Periods; readonly grid: Grid },
): Contribution {
  const { from, to, priceWeight, flowWeight, isPooled } = periods;
  let toReturn = 0;
  // Not summed over the periods, which would round at each.
  const range = { from: from[0] ?? -1, to: to.at(-1) ?? -1 };
  let gain = (values[range.to] ?? 0) - (values[range.from] ?? 0) + gainInGaps(gaps, range);
  for (let p = 0; p < to.length; p++) {
    const start = from[p] as number;
    const change = (values[to[p] as number] as number) - (values[start] as number);
    toReturn += (priceWeight[p] as number) * change;
  }
  let p = 0;
  for (let e = 0; e < events.length; e++) {
    const bucket = events.bucket[e] as number;
    const carried = events.carried[e] as number;
    const flow = events.flow[e] as number;
    if (bucket <= (from[0] ?? Infinity)) continue;
    while (p < to.length && (to[p] as number) < bucket) p++;
    if (p === to.length) break;
    gain -= flow;
    const weight = flowWeight[p] as number;
    if (isPooled[p] === 1) {
      toReturn -= weight * flow;
      continue;
    }
    // The step by prices ends or starts with what was carried over, not with the value.
    const isFlowFirst = grid.widthMs === null;
    const value = values[isFlowFirst ? from[p] as number : bucket] as number;
    const byPrices = isFlowFirst ? value - carried : carried - value;
    toReturn += (priceWeight[p] as number) * byPrices - weight * (byPrices + flow);
  }
  return { toReturn, gain };
}

function emptyPeriods(length: number): Periods {
  return {
    from: new Int32Array(length),
    to: new Int32Array(length),
    unit: new Float64Array(length),
    returns: new Float64Array(length),
    priceWeight: new Float64Array(length),
    flowWeight: new Float64Array(length),
    isInvested: new Uint8Array(length),
    isPooled: new Uint8Array(length),
  };
}

/** What crossed the border in each bucket, and what was carried into it at its prices. */
function moneyByBucket({ assets, flows, nav, grid }: PortfolioHistory) {
  const deposited = new Float64Array(nav.length);
  const withdrawn = new Float64Array(nav.length);
  const swapped = new Float64Array(nav.length);
  for (let i = 0; i < flows.at.length; i++) {
    const bucket = flows.bucket[i] as number;
    deposited[bucket] = (deposited[bucket] as number) + (flows.deposited[i] as number);
    withdrawn[bucket] = (withdrawn[bucket] as number) + (flows.withdrawn[i] as number);
    swapped[bucket] = (swapped[bucket] as number) + (flows.swapped[i] as number);
  }
  const hasEvents = new Uint8Array(nav.length);
  for (const { events } of assets) for (const bucket of events.bucket) hasEvents[bucket] = 1;
  return {
    /** Of buckets with events. */
    carried: carriedByBucket(assets, { hasEvents, isFlowFirst: grid.widthMs === null }),
    /** Over the buckets after `from` up to `to`. */
    between(from: number, to: number) {
      const sum = { deposited: 0, withdrawn: 0, swapped: 0, hasEvents: false };
      for (let k = from + 1; k <= to; k++) {
        sum.deposited += deposited[k] as number;
        sum.withdrawn += withdrawn[k] as number;
        sum.swapped += swapped[k] as number;
        sum.hasEvents ||= hasEvents[k] === 1;
      }
      return sum;
    },
  };
}

/** Summed as such: taken off the value, a large flow would swallow the digits of a small holding. */
function carriedByBucket(
  assets: readonly AssetHistory[],
  { hasEvents, isFlowFirst }: { readonly hasEvents: Uint8Array; readonly isFlowFirst: boolean },
): Float64Array {
  const carried = new Float64Array(hasEvents.length);
  for (const { values, events } of assets) {
    let next = 0;
    for (let k = 0; k < carried.length; k++) {
      if (hasEvents[k] === 0) continue;
      const own = events.bucket[next] === k
        ? events.carried[next++]
        : values[isFlowFirst ? k - 1 : k];
      carried[k] = (carried[k] as number) + (own as number);
    }
  }
  return carried;
}
