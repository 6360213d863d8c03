import type { AssetId } from "../../market/mod.ts";
import { coverageOf } from "./coverage.ts";
import { bucketEnd, bucketOf, type Grid } from "./grid.ts";
import { type AssetEvent, AssetEvents, type Flow, Flows } from "./history_columns.ts";
import type { AssetMovements, Movement } from "./movements.ts";

/** What an account held of an asset was worth. */
export interface AccountValues {
  readonly account: string;
  /** At the end of each bucket; NaN where the price is missing. */
  readonly values: Float64Array;
}

/** Buckets from one to before another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** An asset's value through time, in one currency. */
export interface AssetHistory {
  readonly assetId: AssetId;
  readonly accounts: readonly AccountValues[];
  /**
   * Value at the end of each bucket over all accounts. NaN where the price of a holding is missing
   * for a moment; 0 where nothing is held, and where it has no price for so long that it is left
   * out.
   */
  readonly values: Float64Array;
  /** In order of time, at most one a bucket. */
  readonly events: AssetEvents;
  /** In order of time. */
  readonly flows: Flows;
  /** Where it is held and left out, as it has no price. */
  readonly unpriced: readonly Stretch[];
}

/**
 * Values what is held at the closes of a grid (NaN where there is none). A close is never filled:
 * a bucket without one has no value. Where closes are missing for more than `maxGap` buckets, or
 * for ever, the asset is left out, until it comes back with its next close (see `closeGaps`).
 */
export function assetHistory(
  { assetId, movements }: AssetMovements,
  { grid, closes, maxGap }: {
    readonly grid: Grid;
    readonly closes: Float64Array;
    readonly maxGap?: number | undefined;
  },
): AssetHistory {
  const quantities = quantitiesByAccount(movements, grid);
  const held = sumOf([...quantities.values()], grid.ends.length);
  const inGrid = movements.filter(({ at }) => isInside(bucketOf(grid, at), grid));
  const covered = coverageOf({
    ...{ closes, held, grid, maxGap },
    needed: unvaluedBuckets(inGrid, grid),
  });
  const accounts = [...quantities].map(([account, column]) => ({
    account,
    values: valuesOf(column, { closes, covered }),
  }));
  const flows: Flow[] = [...gapFlows(held, { closes, covered, grid })];
  for (const { at, quantity, flowUsd } of inGrid) {
    const bucket = bucketOf(grid, at);
    if (flowUsd === 0) continue;
    if (flowUsd === null) {
      flows.push({ at, bucket, amount: NaN, kind: "unvalued" });
      continue;
    }
    if (covered[bucket] === 0) {
      flows.push({ at, bucket, amount: flowUsd, kind: "inside" });
      continue;
    }
    const price = closes[pricedBucket(bucket, { grid, covered })] ?? NaN;
    const amount = Number.isNaN(flowUsd) ? quantity * price : flowUsd;
    flows.push({ at, bucket, amount, kind: "own" });
  }
  flows.sort((a, b) => a.at - b.at);
  return {
    assetId,
    accounts,
    values: valuesOf(held, { closes, covered }),
    events: AssetEvents.of(eventsOf({ flows, inGrid, held, closes, covered, grid })),
    flows: Flows.of(flows),
    unpriced: stretchesOf(held, covered),
  };
}

/** Adds a stretch to those before it; what follows without a gap is one. */
export function joinStretch(whole: readonly Stretch[], next: Stretch): readonly Stretch[] {
  const last = whole.at(-1);
  if (last?.to !== next.from) return [...whole, next];
  return [...whole.slice(0, -1), { from: last.from, to: next.to }];
}

function stretchesOf(held: Float64Array, covered: Uint8Array): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let from = -1;
  for (let k = 0; k <= held.length; k++) {
    const isLeftOut = k < held.length && (held[k] as number) > 0 && covered[k] === 0;
    if (isLeftOut && from < 0) from = k;
    if (isLeftOut || from < 0) continue;
    stretches.push({ from, to: k });
    from = -1;
  }
  return stretches;
}

function isInside(bucket: number, { ends }: Grid): boolean {
  return bucket >= 0 && bucket < ends.length;
}

/** Units at the end of each bucket; movements before the grid are held from its start. */
function quantitiesByAccount(
  movements: readonly Movement[],
  grid: Grid,
): ReadonlyMap<string, Float64Array> {
  const columns = new Map<string, Float64Array>();
  for (const [account, own] of Map.groupBy(movements, (movement) => movement.account)) {
    const column = new Float64Array(grid.ends.length);
    for (const [index, { at, held }] of own.entries()) {
      const next = own[index + 1];
      const from = Math.max(0, bucketOf(grid, at));
      const until = next === undefined ? grid.ends.length : bucketOf(grid, next.at);
      if (until > from) column.fill(held, from, until);
    }
    columns.set(account, column);
  }
  return columns;
}

function sumOf(columns: readonly Float64Array[], length: number): Float64Array {
  const [first, ...others] = columns;
  if (first === undefined) return new Float64Array(length);
  if (others.length === 0) return first;
  const sum = first.slice();
  for (const column of others) {
    for (let k = 0; k < length; k++) sum[k] = (sum[k] as number) + (column[k] as number);
  }
  return sum;
}

/** Buckets with a movement that only a price can value. */
function unvaluedBuckets(movements: readonly Movement[], grid: Grid): ReadonlySet<number> {
  const unpriced = movements.filter(({ flowUsd }) => Number.isNaN(flowUsd));
  return new Set(unpriced.flatMap(({ at }) => {
    const bucket = bucketOf(grid, at);
    return grid.widthMs === null ? [bucket - 1, bucket] : [bucket];
  }));
}

interface Pricing {
  readonly closes: Float64Array;
  readonly covered: Uint8Array;
}

function valuesOf(units: Float64Array, { closes, covered }: Pricing): Float64Array {
  const values = new Float64Array(units.length);
  for (let k = 0; k < units.length; k++) {
    const held = units[k] as number;
    if (held !== 0 && covered[k] === 1) values[k] = held * (closes[k] as number);
  }
  return values;
}

/** The bucket whose close values what happens in one. */
function pricedBucket(
  bucket: number,
  { grid, covered }: { readonly grid: Grid; readonly covered: Uint8Array },
): number {
  return grid.widthMs === null && covered[bucket - 1] === 1 ? bucket - 1 : bucket;
}

/** What leaves the valued part in kind and comes back to it, as its prices end and begin. */
function* gapFlows(
  held: Float64Array,
  { closes, covered, grid }: Pricing & { readonly grid: Grid },
): Iterable<Flow> {
  for (let k = 1; k < held.length; k++) {
    const units = held[k - 1] as number;
    if (units === 0 || covered[k] === covered[k - 1]) continue;
    yield covered[k] === 1
      ? {
        ...{ at: bucketEnd(grid, k) - 1, bucket: k, kind: "back" },
        amount: units * (closes[k] as number),
      }
      : {
        ...{ at: bucketEnd(grid, k - 1), bucket: k, kind: "left" },
        amount: -units * (closes[k - 1] as number),
      };
  }
}

function eventsOf(
  { flows, inGrid, held, closes, covered, grid }: Pricing & {
    readonly flows: readonly Flow[];
    readonly inGrid: readonly Movement[];
    readonly held: Float64Array;
    readonly grid: Grid;
  },
): readonly AssetEvent[] {
  const flowAt = new Map<number, number>();
  for (const { at, flowUsd } of inGrid) if (flowUsd !== null) flowAt.set(bucketOf(grid, at), 0);
  for (const { bucket, amount, kind } of flows) {
    if (kind === "unvalued") continue;
    flowAt.set(bucket, (flowAt.get(bucket) ?? 0) + (kind === "own" ? amount : 0));
  }
  return [...flowAt].sort(([a], [b]) => a - b).map(([bucket, flow]) => {
    const carried = grid.widthMs === null
      ? carriedOut(bucket, { held, closes, covered })
      : carriedIn(bucket, { held, closes, covered });
    return { bucket, carried, flow };
  });
}

interface HeldPrices extends Pricing {
  readonly held: Float64Array;
}

function carriedIn(bucket: number, { held, closes, covered }: HeldPrices): number {
  const units = held[bucket - 1] ?? 0;
  if (units === 0 || covered[bucket - 1] !== 1) return 0;
  // What has just lost its prices leaves at its last value, without a gain.
  return units * (closes[covered[bucket] === 1 ? bucket : bucket - 1] as number);
}

function carriedOut(bucket: number, { held, closes, covered }: HeldPrices): number {
  const units = held[bucket] as number;
  if (units === 0 || covered[bucket] !== 1) return 0;
  // What has just got its first price comes in at it, without a gain.
  return units * (closes[covered[bucket - 1] === 1 ? bucket - 1 : bucket] as number);
}
