import { DAY_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { type AssetId, intervalMs } from "../../market/mod.ts";
import type { AssetHistory } from "../performance/asset_history.ts";
import { bucketOf, type Grid, gridBetween } from "../performance/grid.ts";

/** The buckets at whose ends values are kept. */
export const SNAPSHOT_INTERVALS = ["1d", "1h", "5m"] as const;
export type SnapshotInterval = typeof SNAPSHOT_INTERVALS[number];

/** How far back each interval is kept: as far as that resolution values the past. */
const WINDOW_MS: Readonly<Record<SnapshotInterval, number>> = {
  "1d": Infinity,
  "1h": 90 * DAY_MS,
  "5m": DAY_MS,
};

/** Buckets that are stored together. */
export const CHUNK_BUCKETS = 512;

/** Dollar values of what an account held of an asset, for `CHUNK_BUCKETS` buckets. */
export interface SnapshotChunk {
  readonly account: string;
  /** Start of its first bucket. */
  readonly start: UtcMs;
  /** At the end of each bucket; NaN without a price, and after the end of the grid 0. */
  readonly values: Float64Array;
}

/** All that is kept of one asset. */
export interface AssetSnapshot {
  readonly assetId: AssetId;
  /** Those that are not 0 throughout. */
  readonly chunks: readonly SnapshotChunk[];
  /** Triples: an instant in the bucket, what was carried into it, and net flow. */
  readonly events: Float64Array;
  /** Pairs: instant and amount. */
  readonly flows: Float64Array;
  readonly unpriced: number;
  /** Fingerprint of the rows that it was made of. */
  readonly rowsMark: number;
}

/** How far snapshots of an interval are. */
export interface SnapshotState {
  readonly interval: SnapshotInterval;
  readonly start: UtcMs;
  readonly buckets: number;
  /** The ledger that they were made of; -1 while they are being made anew. */
  readonly ledgerVersion: number;
  readonly builtAt: UtcMs;
}

/**
 * The grid that is kept of an interval: whole chunks from before the first row, or from the start
 * of its window, to the last bucket that is over. It begins with at least one bucket in which the
 * first row had not happened.
 */
export function snapshotGrid(
  interval: SnapshotInterval,
  { first, until }: { readonly first: UtcMs; readonly until: UtcMs },
): Grid {
  const width = intervalMs(interval);
  const earliest = Math.max(first - width, until - WINDOW_MS[interval]);
  return gridBetween(interval, { from: chunkStart(interval, earliest), until });
}

/** The grid of a state. */
export function gridOfState({ interval, start, buckets }: SnapshotState): Grid {
  const until = utcMsOf(start + buckets * intervalMs(interval));
  return gridBetween(interval, { from: start, until });
}

/** Start of the chunk that an instant is in; the same for every grid. */
export function chunkStart(interval: SnapshotInterval, at: number): UtcMs {
  const width = intervalMs(interval) * CHUNK_BUCKETS;
  return utcMsOf(Math.floor(at / width) * width);
}

/** Cuts an asset's history into chunks. The grid must start with a chunk. */
export function snapshotOf(
  history: AssetHistory,
  { grid, rowsMark }: { readonly grid: Grid; readonly rowsMark: number },
): AssetSnapshot {
  const { assetId, accounts, events, flows, unpriced } = history;
  const width = grid.widthMs ?? NaN;
  const chunks = accounts.flatMap(({ account, values }) => {
    const own: SnapshotChunk[] = [];
    for (let from = 0; from < values.length; from += CHUNK_BUCKETS) {
      const part = values.subarray(from, from + CHUNK_BUCKETS);
      if (part.every((value) => value === 0)) continue;
      const whole = new Float64Array(CHUNK_BUCKETS);
      whole.set(part);
      own.push({ account, start: utcMsOf(grid.start + from * width), values: whole });
    }
    return own;
  });
  return {
    assetId,
    chunks,
    events: Float64Array.from(
      events.flatMap(({ bucket, carried, flow }) => [grid.start + bucket * width, carried, flow]),
    ),
    flows: Float64Array.from(flows.flatMap(({ at, amount }) => [at, amount])),
    unpriced,
    rowsMark,
  };
}

/** The history that an asset's snapshot was made of; what it held is the ledger's to tell. */
export function historyOfSnapshot(snapshot: AssetSnapshot, grid: Grid): AssetHistory {
  const values = new Float64Array(grid.ends.length);
  const columns = new Map<string, Float64Array>();
  for (const { account, start, values: part } of snapshot.chunks) {
    const column = columns.get(account) ?? new Float64Array(values.length);
    columns.set(account, column);
    const from = bucketOf(grid, start);
    if (from < 0) continue;
    const length = Math.min(part.length, values.length - from);
    for (let i = 0; i < length; i++) {
      const value = part[i] as number;
      column[from + i] = value;
      values[from + i] = (values[from + i] as number) + value;
    }
  }
  return {
    assetId: snapshot.assetId,
    accounts: [...columns].map(([account, own]) => ({ account, values: own })),
    values,
    events: rowsOf(snapshot.events, 3).map(([at = 0, carried = 0, flow = 0]) => ({
      bucket: bucketOf(grid, at),
      carried,
      flow,
    })),
    flows: rowsOf(snapshot.flows, 2).map(([at = 0, amount = 0]) => ({
      at,
      bucket: bucketOf(grid, at),
      amount,
    })),
    unpriced: snapshot.unpriced,
  };
}

function rowsOf(columns: Float64Array, width: number): readonly Float64Array[] {
  return Array.from(
    { length: columns.length / width },
    (_, row) => columns.subarray(row * width, (row + 1) * width),
  );
}
