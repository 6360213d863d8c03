import type { AssetHistory } from "./asset_history.ts";
import type { PortfolioHistory } from "./history.ts";

/** Two buckets with a value, between whose ends a portfolio is measured. */
export interface BucketRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The periods between buckets that have a value, as columns. In each the portfolio first grows
 * from what it was worth to what the same holdings are worth at the new prices; then flows come in,
 * and what they made until the end of the bucket counts on the sum.
 */
export interface Periods {
  /** The buckets at whose ends each period starts and ends. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** What one unit of money became by the end of each period. */
  readonly unit: Float64Array;
  /** Return of each period, as a fraction. */
  readonly returns: Float64Array;
  /** What one unit of gain before and after the flows adds to the total return. */
  readonly priceWeight: Float64Array;
  readonly flowWeight: Float64Array;
  readonly deposited: Float64Array;
  readonly withdrawn: Float64Array;
  /** 1 where anything was invested. */
  readonly isInvested: Uint8Array;
  /** 1 where the value at a flow is unknown, so that flows count from the period's start. */
  readonly isPooled: Uint8Array;
}

/** The nearest bucket with a value at or before one; -1 where there is none. */
export function lastValued({ nav }: PortfolioHistory, bucket: number): number {
  let k = Math.min(bucket, nav.length - 1);
  while (k >= 0 && Number.isNaN(nav[k])) k--;
  return k;
}

/**
 * Links the periods of a range. Factor of a period: P / V × (V' + withdrawn) / (P + deposited),
 * where V and V' are the values at its ends and P is what was held at first, at the last prices. A
 * deposit at the market's price changes no factor, and neither does a withdrawal. Where money
 * meets nothing that is held (income of an empty portfolio), it starts the portfolio: factor 1.
 */
export function linkPeriods(history: PortfolioHistory, { from, to }: BucketRange): Periods {
  const { nav } = history;
  const ends: number[] = [];
  for (let k = from + 1; k <= to; k++) if (!Number.isNaN(nav[k])) ends.push(k);
  const periods = emptyPeriods(ends.length);
  const money = moneyByBucket(history);
  let start = from;
  let unit = 1;
  for (const [p, end] of ends.entries()) {
    const flows = money.between(start, end);
    const before = nav[start] as number;
    const after = nav[end] as number;
    const atPrices = flows.hasEvents ? money.carried[end] as number : after;
    // What is sold off in a bucket without a price can't be valued there.
    const isPooled = flows.hasEvents && (end - start > 1 || Number.isNaN(atPrices));
    const carried = isPooled ? before : atPrices;
    const priceWeight = before > 0 ? unit / before : 0;
    if (before > 0) unit *= carried / before;
    const base = carried + flows.deposited;
    // A round trip within one instant out of nothing is measured on what went through.
    const through = base > 0 ? 0 : flows.swapped;
    const flowWeight = base + through > 0 ? unit / (base + through) : 0;
    if (base + through > 0) unit *= (after + flows.withdrawn + through) / (base + through);
    periods.from[p] = start;
    periods.to[p] = end;
    periods.unit[p] = unit;
    periods.returns[p] = unit / (periods.unit[p - 1] ?? 1) - 1;
    periods.priceWeight[p] = isPooled ? flowWeight : priceWeight;
    periods.flowWeight[p] = flowWeight;
    periods.deposited[p] = flows.deposited;
    periods.withdrawn[p] = flows.withdrawn;
    periods.isInvested[p] = Number(before > 0 || base + through > 0);
    periods.isPooled[p] = Number(isPooled);
    start = end;
  }
  return periods;
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
  { values, events }: AssetHistory,
  periods: Periods,
): Contribution {
  const { from, to, priceWeight, flowWeight, isPooled } = periods;
  let toReturn = 0;
  // Not summed over the periods, which would round at each.
  let gain = (values[to.at(-1) ?? -1] ?? 0) - (values[from[0] ?? -1] ?? 0);
  for (let p = 0; p < to.length; p++) {
    const start = from[p] as number;
    const change = (values[to[p] as number] as number) - (values[start] as number);
    toReturn += (priceWeight[p] as number) * change;
  }
  let p = 0;
  for (const { bucket, carried, flow } of events) {
    if (bucket <= (from[0] ?? Infinity)) continue;
    while (p < to.length && (to[p] as number) < bucket) p++;
    if (p === to.length) break;
    gain -= flow;
    const weight = flowWeight[p] as number;
    if (isPooled[p] === 1) {
      toReturn -= weight * flow;
      continue;
    }
    const value = values[bucket] as number;
    toReturn += (priceWeight[p] as number) * (carried - value) + weight * (value - flow - carried);
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
    deposited: new Float64Array(length),
    withdrawn: new Float64Array(length),
    isInvested: new Uint8Array(length),
    isPooled: new Uint8Array(length),
  };
}

/** What crossed the border in each bucket, and what was carried into it at its prices. */
function moneyByBucket({ assets, flows, nav }: PortfolioHistory) {
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
  for (const { events } of assets) for (const { bucket } of events) hasEvents[bucket] = 1;
  return {
    /** Of buckets with events. */
    carried: carriedByBucket(assets, hasEvents),
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
  hasEvents: Uint8Array,
): Float64Array {
  const carried = new Float64Array(hasEvents.length);
  for (const { values, events } of assets) {
    let next = 0;
    for (let k = 0; k < carried.length; k++) {
      if (hasEvents[k] === 0) continue;
      const own = events[next]?.bucket === k ? events[next++]?.carried : values[k];
      carried[k] = (carried[k] as number) + (own as number);
    }
  }
  return carried;
}
