import { DAY_MS, HOUR_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import { type AssetId, intervalMs } from "../../market/mod.ts";
import {
  type AccountValues,
  type AssetHistory,
  joinStretch,
  type Stretch,
} from "../performance/asset_history.ts";
import { AssetEvents, FLOW_KINDS, flowKindAt, Flows } from "../performance/history_columns.ts";
import { bucketBegin, bucketOf, type Grid, gridWithTail } from "../performance/grid.ts";
import type { LotPools } from "../portfolio.ts";

/** The buckets at whose ends values are kept, the coarsest first. */
export const SNAPSHOT_INTERVALS = ["1d", "1h", "5m"] as const;
export type SnapshotInterval = typeof SNAPSHOT_INTERVALS[number];

/**
 * How far back each interval is kept: as far as that resolution values the past, less what a
 * rebuild reads before, so that all of a window stands on prices of one kind.
 */
const WINDOW_MS: Readonly<Record<SnapshotInterval, number>> = {
  "1d": Infinity,
  "1h": 90 * DAY_MS - 12 * HOUR_MS,
  "5m": DAY_MS - HOUR_MS,
};

/** Whether an interval is kept from so long ago on, with a bucket before it. */
export function isKept(interval: SnapshotInterval, ageMs: number): boolean {
  return ageMs <= WINDOW_MS[interval] - HOUR_MS;
}

/** Buckets that are stored together; the last chunk has the tail of its grid as well. */
export const CHUNK_BUCKETS = 512;

/** Dollar values of an asset in buckets that follow each other. */
export interface SnapshotChunk {
  /** Start of its first bucket. */
  readonly start: UtcMs;
  /** Over all accounts at the end of each bucket; NaN without a price. */
  readonly values: Float64Array;
  /** By account, where they were asked for. */
  readonly accounts: readonly AccountValues[];
  /** Triples: the bucket's start, what was carried into it, and net flow. */
  readonly events: Float64Array;
  /** Triples: instant, amount, and index of the kind. */
  readonly flows: Float64Array;
  /** Pairs: from when to when it is held and left out for want of prices. */
  readonly unpriced: Float64Array;
}

/** All that is kept of one asset in one interval, in order of time. */
export interface AssetSnapshot {
  readonly assetId: AssetId;
  readonly chunks: readonly SnapshotChunk[];
}

/** What a portfolio's snapshots were made of, and how far they are. */
export interface SnapshotState {
  /** Grows with every write. */
  readonly build: number;
  readonly ledgerVersion: number;
  readonly pools: LotPools;
  /** The version of exchange rates that fees were valued with; `null` where no fee needs one. */
  readonly fxVersion: number | null;
  /** When the first row happened. */
  readonly firstAt: UtcMs;
  /** The end of the last bucket: a multiple of five minutes. */
  readonly until: UtcMs;
  /** The present that prices were read at, by which the past has its resolution. */
  readonly valuedAt: UtcMs;
  readonly builtAt: UtcMs;
}

/** Snapshots end with the last five minutes that are over. */
export function snapshotEnd(now: UtcMs): UtcMs {
  const stepMs = intervalMs("5m");
  return utcMsOf(Math.floor(now / stepMs) * stepMs);
}

/**
 * The grid that is kept of an interval: from before the first row, or from the start of its window,
 * to the end of the snapshots. It begins with at least one bucket in which the first row had not
 * happened.
 */
export function snapshotGrid(
  interval: SnapshotInterval,
  { firstAt, until }: Pick<SnapshotState, "firstAt" | "until">,
): Grid {
  const earliest = Math.max(firstAt - intervalMs(interval), until - WINDOW_MS[interval]);
  return gridWithTail(interval, { from: utcMsOf(earliest), until });
}

/** Start of the chunk that an instant is in; the same for every grid. */
export function chunkStart(interval: SnapshotInterval, at: number): UtcMs {
  const width = intervalMs(interval) * CHUNK_BUCKETS;
  return utcMsOf(Math.floor(at / width) * width);
}

/**
 * Cuts an asset's history into chunks, from a bucket on. Chunks in which nothing is held and
 * nothing happens are left out.
 */
export function chunksOf(
  { values, accounts, events, flows, unpriced }: AssetHistory,
  { interval, grid, from }: {
    readonly interval: SnapshotInterval;
    readonly grid: Grid;
    readonly from: number;
  },
): readonly SnapshotChunk[] {
  const chunks: SnapshotChunk[] = [];
  const [eventRows, flowRows] = [[...events], [...flows]];
  for (let first = from; first < values.length;) {
    const start = bucketBegin(grid, first);
    const end = chunkStart(interval, start) + CHUNK_BUCKETS * intervalMs(interval);
    const next = Math.min(values.length, bucketOf(grid, end));
    const isIn = ({ bucket }: { readonly bucket: number }) => bucket >= first && bucket < next;
    const chunk: SnapshotChunk = {
      start,
      values: values.slice(first, next),
      accounts: accounts
        .map(({ account, values }) => ({ account, values: values.slice(first, next) }))
        .filter((own) => own.values.some((value) => value !== 0)),
      events: columnsOf(eventRows.filter(isIn), ({ bucket, carried, flow }) => [
        ...[bucketBegin(grid, bucket), carried, flow],
      ]),
      flows: columnsOf(flowRows.filter(isIn), ({ at, amount, kind }) => [
        ...[at, amount, FLOW_KINDS.indexOf(kind)],
      ]),
      unpriced: columnsOf(
        unpriced.filter((own) => own.to > first && own.from < next),
        (own) => [
          bucketBegin(grid, Math.max(own.from, first)),
          bucketBegin(grid, Math.min(own.to, next)),
        ],
      ),
    };
    if (!isEmpty(chunk)) chunks.push(chunk);
    first = next;
  }
  return chunks;
}

function isEmpty({ values, events, flows, unpriced }: SnapshotChunk): boolean {
  return values.every((value) => value === 0) && events.length === 0 && flows.length === 0 &&
    unpriced.length === 0;
}

function columnsOf<T>(rows: readonly T[], cells: (row: T) => readonly number[]): Float64Array {
  return Float64Array.from(rows.flatMap(cells));
}

/** The history that an asset's chunks were made of, as far as they lie in the grid. */
export function historyOfSnapshot({ assetId, chunks }: AssetSnapshot, grid: Grid): AssetHistory {
  const values = new Float64Array(grid.ends.length);
  const accounts = new Map<string, Float64Array>();
  for (const chunk of chunks) {
    place(chunk.values, { start: chunk.start, grid, into: values });
    for (const own of chunk.accounts) {
      const column = accounts.get(own.account) ?? new Float64Array(grid.ends.length);
      accounts.set(own.account, column);
      place(own.values, { start: chunk.start, grid, into: column });
    }
  }
  const isIn = ({ bucket }: { readonly bucket: number }) =>
    bucket >= 0 && bucket < grid.ends.length;
  const rows = <T>(
    name: "events" | "flows" | "unpriced",
    read: (a: number, b: number, c: number) => T,
  ) => chunks.flatMap((chunk) => rowsOf(chunk[name], { width: name === "unpriced" ? 2 : 3, read }));
  return {
    assetId,
    accounts: [...accounts].map(([account, own]) => ({ account, values: own })),
    values,
    events: AssetEvents.of(
      rows("events", (at, carried, flow) => ({ bucket: bucketOf(grid, at), carried, flow }))
        .filter(isIn),
    ),
    flows: Flows.of(
      rows("flows", (at, amount, kind) => ({
        bucket: bucketOf(grid, at),
        ...{ at, amount, kind: flowKindAt(kind) },
      })).filter(isIn),
    ),
    // Where a chunk ends they were cut, and are one again.
    unpriced: rows("unpriced", (from, to) => ({
      from: Math.max(0, bucketOf(grid, from)),
      to: Math.max(0, bucketOf(grid, to)),
    })).filter(({ from, to }) => to > from).reduce<readonly Stretch[]>(joinStretch, []),
  };
}

/** Copies what lies in the grid. */
function place(
  part: Float64Array,
  { start, grid, into }: {
    readonly start: UtcMs;
    readonly grid: Grid;
    readonly into: Float64Array;
  },
): void {
  const before = Math.max(0, Math.ceil((grid.start - start) / (grid.widthMs ?? NaN)));
  if (before >= part.length) return;
  const bucket = before > 0 ? 0 : bucketOf(grid, start);
  into.set(part.subarray(before, before + into.length - bucket), bucket);
}

/** Rows of two or three cells. */
function rowsOf<T>(
  cells: Float64Array,
  { width, read }: {
    readonly width: number;
    readonly read: (a: number, b: number, c: number) => T;
  },
): readonly T[] {
  const rows: T[] = [];
  for (let i = 0; i < cells.length; i += width) {
    rows.push(read(cells[i] as number, cells[i + 1] as number, cells[i + 2] as number));
  }
  return rows;
}
