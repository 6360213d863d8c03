import type { AssetId } from "../../market/mod.ts";
import type { LotRow } from "../lots/lot_book.ts";
import { type AssetHistory, assetHistory } from "./asset_history.ts";
import { type ClosedHistory, closeGaps, type Gap } from "./gaps.ts";
import type { Grid } from "./grid.ts";
import { AssetEvents, Flows } from "./history_columns.ts";
import { type AssetMovements, type MovementOptions, movementsOf } from "./movements.ts";

/**
 * What crossed the border of what is valued, in order of time, netted at each instant: the flows of
 * the investor, and holdings that are left out for want of prices and come back.
 */
export interface FlowColumns {
  readonly at: Float64Array;
  readonly bucket: Int32Array;
  readonly deposited: Float64Array;
  readonly withdrawn: Float64Array;
  /** What came in and went out at the same instant, and is in neither. */
  readonly swapped: Float64Array;
}

/** A portfolio through time, in one currency: all that its performance is measured on. */
export interface PortfolioHistory {
  readonly grid: Grid;
  /** As they were valued. */
  readonly held: readonly AssetHistory[];
  /** The same with their gaps closed. */
  readonly assets: readonly ClosedHistory[];
  readonly flows: FlowColumns;
  /** Of all assets. */
  readonly gaps: readonly Gap[];
  /** Value at the end of each bucket; NaN where the price of a holding is missing. */
  readonly nav: Float64Array;
  /** 1 where all that is held is left out, so that nobody knows what it is worth. */
  readonly isBlind: Uint8Array;
}

/** The closes of an asset at the ends of a grid's buckets, NaN where there is none. */
export type ClosesOf = (assetId: AssetId, grid: Grid) => Float64Array;

export interface HistoryOptions extends MovementOptions {
  readonly grid: Grid;
  readonly closesOf: ClosesOf;
  /** Buckets without a close that a holding waits for; `MAX_GAP` by default. */
  readonly maxGap?: number | undefined;
}

/** Follows a ledger, its rows in any order, over a grid. */
export function portfolioHistory(
  rows: readonly LotRow[],
  options: HistoryOptions,
): PortfolioHistory {
  return historyOfMovements(movementsOf(rows, options), options);
}

/** The same of movements that are known. */
export function historyOfMovements(
  movements: readonly AssetMovements[],
  { grid, closesOf, maxGap }: Pick<HistoryOptions, "grid" | "closesOf" | "maxGap">,
): PortfolioHistory {
  const assets = movements.map((own) =>
    assetHistory(own, { grid, closes: closesOf(own.assetId, grid), maxGap })
  );
  return joinHistories(assets, grid);
}

/** The portfolio of assets that are already valued. */
export function joinHistories(held: readonly AssetHistory[], grid: Grid): PortfolioHistory {
  const nav = new Float64Array(grid.ends.length);
  for (const { values } of held) {
    for (let k = 0; k < nav.length; k++) nav[k] = (nav[k] as number) + (values[k] as number);
  }
  return withGapsClosed(held, { grid, nav });
}

function withGapsClosed(
  held: readonly AssetHistory[],
  { grid, nav }: Pick<PortfolioHistory, "grid" | "nav">,
): PortfolioHistory {
  const assets = held.map(closeGaps);
  const flows = flowColumns(assets);
  const gaps = assets.flatMap((asset) => asset.gaps);
  return { grid, held, assets, flows, gaps, nav, isBlind: blindness(held, nav) };
}

function blindness(held: readonly AssetHistory[], nav: Float64Array): Uint8Array {
  const isBlind = new Uint8Array(nav.length);
  for (const { unpriced } of held) for (const { from, to } of unpriced) isBlind.fill(1, from, to);
  return isBlind.map((isLeftOut, bucket) => Number(isLeftOut === 1 && nav[bucket] === 0));
}

/**
 * The same history in another currency: `rates` are its units for one dollar at the end of each
 * bucket, NaN where unknown. Without a rate there is no value, as without a price. Accounts stay
 * behind.
 */
export function convertHistory(
  { grid, held, nav }: PortfolioHistory,
  rates: Float64Array,
): PortfolioHistory {
  // Nothing is worth nothing whether the rate is known or not.
  const converted = (amount: number, bucket: number) =>
    amount === 0 ? 0 : amount * (rates[bucket] as number);
  const along = (buckets: Int32Array) => (amount: number, index: number) =>
    converted(amount, buckets[index] as number);
  return withGapsClosed(
    held.map(({ events, flows, ...asset }) => ({
      ...asset,
      accounts: [],
      values: asset.values.map(converted),
      events: new AssetEvents({
        bucket: events.bucket,
        carried: events.carried.map(along(events.bucket)),
        flow: events.flow.map(along(events.bucket)),
      }),
      flows: new Flows({ ...flows, amount: flows.amount.map(along(flows.bucket)) }),
    })),
    { grid, nav: nav.map(converted) },
  );
}

/** Sets off what came in and what went out at the same instant, as a swap does. */
function flowColumns(assets: readonly ClosedHistory[]): FlowColumns {
  const flows = inOrder(assets.map(({ crossings }) => crossings));
  const { length } = flows;
  const columns = {
    at: new Float64Array(length),
    bucket: new Int32Array(length),
    deposited: new Float64Array(length),
    withdrawn: new Float64Array(length),
    swapped: new Float64Array(length),
  };
  let rows = 0;
  for (let i = 0; i < length;) {
    const at = flows.at[i] as number;
    const bucket = flows.bucket[i] as number;
    let [paid, taken] = [0, 0];
    for (; flows.at[i] === at; i++) {
      const amount = flows.amount[i] as number;
      if (amount < 0) taken -= amount;
      else paid += amount;
    }
    columns.at[rows] = at;
    columns.bucket[rows] = bucket;
    columns.deposited[rows] = Math.max(0, paid - taken);
    columns.withdrawn[rows] = Math.max(0, taken - paid);
    columns.swapped[rows++] = Math.min(paid, taken);
  }
  return {
    at: columns.at.subarray(0, rows),
    bucket: columns.bucket.subarray(0, rows),
    deposited: columns.deposited.subarray(0, rows),
    withdrawn: columns.withdrawn.subarray(0, rows),
    swapped: columns.swapped.subarray(0, rows),
  };
}

/** The flows of all assets by time; at one instant those of an asset follow each other. */
function inOrder(parts: readonly Flows[]): Pick<Flows, "at" | "bucket" | "amount" | "length"> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const at = new Float64Array(length);
  const bucket = new Int32Array(length);
  const amount = new Float64Array(length);
  let start = 0;
  for (const part of parts) {
    at.set(part.at, start);
    bucket.set(part.bucket, start);
    amount.set(part.amount, start);
    start += part.length;
  }
  const order = Uint32Array.from(at.keys())
    .sort((a, b) => (at[a] as number) - (at[b] as number) || a - b);
  return {
    length,
    at: Float64Array.from(order, (index) => at[index] as number),
    bucket: Int32Array.from(order, (index) => bucket[index] as number),
    amount: Float64Array.from(order, (index) => amount[index] as number),
  };
}
