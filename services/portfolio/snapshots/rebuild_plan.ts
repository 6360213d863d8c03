import { fingerprint } from "../../kernel/fingerprint.ts";
import { DAY_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import {
  type AssetId,
  type FilledSeries,
  intervalMs,
  type TrackedSeries,
} from "../../market/mod.ts";
import type { LotRow } from "../lots/lot_book.ts";
import { MAX_GAP } from "../performance/coverage.ts";
import { bucketBegin, bucketOf, type Grid, gridFrom, gridWithTail } from "../performance/grid.ts";
import { compareTransactions } from "../transaction.ts";
import { closeMarksOf, closesChangedFrom } from "../valuation/close_marks.ts";
import { resolutionOf } from "../valuation/time_axis.ts";
import type { IntervalTask } from "./rebuild_assets.ts";
import { chunkStart, snapshotGrid, type SnapshotInterval, type SnapshotState } from "./snapshot.ts";
import type { AssetInputs } from "./snapshot_ports.ts";

/** How far before a row another one may change its meaning: the two sides of a transfer. */
const ROW_REACH_MS = DAY_MS;
/** Whole buckets before a change of which the value depends on it: a gap grows too long. */
const BUCKET_REACH = MAX_GAP + 1;
/** Whole buckets that are read before the first that is valued: they tell how long a gap is. */
const LOOKBACK = MAX_GAP + 2;

/** Rows that are looked at without a rest: some milliseconds. */
const ROWS_AT_ONCE = 2_000;

/** What an asset is to be made of, and from when on that differs from what it was made of. */
export interface AssetPlan {
  readonly assetId: AssetId;
  readonly rows: readonly LotRow[];
  readonly inputs: AssetInputs;
  /** `null` where nothing differs. */
  readonly changedFrom: number | null;
  /** Whether `inputs` differ from those that are kept. */
  readonly hasNewInputs: boolean;
}

/** Compares what an asset is made of now with what its snapshots were made of. */
export async function planAsset(
  { assetId, rows, known }: {
    readonly assetId: AssetId;
    readonly rows: readonly LotRow[];
    /** `null` where nothing is kept of it. */
    readonly known: AssetInputs | null;
  },
  { series, priceOf, rest }: {
    readonly series: readonly (TrackedSeries & FilledSeries)[];
    /** What money of a fee or a trade was worth; a part of what its row means. */
    readonly priceOf: (row: LotRow) => number | null;
    /** Lets other work run between many rows. */
    readonly rest: () => Promise<void>;
  },
): Promise<AssetPlan> {
  const sorted = rows.toSorted(compareTransactions);
  const rowMarks = new Float64Array(sorted.length * 2);
  for (const [index, row] of sorted.entries()) {
    rowMarks[index * 2] = row.at;
    rowMarks[index * 2 + 1] = markOf(row, priceOf(row));
    if (index % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await rest();
  }
  const closes = closeMarksOf(series);
  const inputs = { assetId, rowMarks, closes };
  if (known === null) {
    return { assetId, rows: sorted, inputs, changedFrom: -Infinity, hasNewInputs: true };
  }
  const rowsFrom = firstDifference(known.rowMarks, rowMarks);
  const closesFrom = closesChangedFrom(known.closes, series);
  // What closes at the end of a bucket is in it.
  const changed = Math.min(rowsFrom - ROW_REACH_MS, (closesFrom ?? Infinity) - 1);
  const hasNewInputs = rowsFrom < Infinity || !isSame(known.closes, closes);
  return {
    ...{ assetId, rows: sorted, inputs, hasNewInputs },
    changedFrom: changed === Infinity ? null : changed,
  };
}

/** Fingerprints of rows that stay the same object for as long as they say the same. */
const marks = new WeakMap<LotRow, number>();

/** A fingerprint of all that an asset's history depends on in a row. */
function markOf(row: LotRow, priceUsd: number | null): number {
  if (priceUsd === null) {
    const known = marks.get(row) ?? fingerprint(textOf(row));
    marks.set(row, known);
    return known;
  }
  // Not "NaN", as by which snapshots were marked that knew nothing of such fees.
  return fingerprint(`${textOf(row)} ${Number.isNaN(priceUsd) ? "unvalued" : priceUsd}`);
}

function textOf({ id, at, action, assetId, quantity, unitPriceUsd, account, ...row }: LotRow) {
  return JSON.stringify([
    ...[id, at, action, assetId, quantity, unitPriceUsd, account],
    ...[row.txHash, row.parentId, row.value ?? null, row.fee ?? null],
    ...row.paid ? [row.paid.cashId, row.paid.total] : [],
  ]);
}

/** When the first row happened that is not the same in both; infinity where all are. */
function firstDifference(before: Float64Array, now: Float64Array): number {
  const length = Math.max(before.length, now.length);
  for (let i = 0; i < length; i += 2) {
    if (before[i] === now[i] && before[i + 1] === now[i + 1]) continue;
    return Math.min(before[i] ?? Infinity, now[i] ?? Infinity);
  }
  return Infinity;
}

function isSame(before: AssetInputs["closes"], now: AssetInputs["closes"]): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}

/** An interval's grid, and from when on time alone asks for new values. */
export interface IntervalPlan {
  readonly interval: SnapshotInterval;
  readonly grid: Grid;
  /** `null` where no time has passed. */
  readonly agedFrom: number | null;
}

/** Compares the grid of now with the one that is kept, and the ages of its buckets. */
export function planInterval(
  interval: SnapshotInterval,
  { state, known }: { readonly state: SnapshotState; readonly known: SnapshotState | null },
): IntervalPlan {
  const grid = snapshotGrid(interval, state);
  if (known === null) return { interval, grid, agedFrom: -Infinity };
  const before = snapshotGrid(interval, known);
  // A bucket that has moved on to a coarser resolution may close at another price.
  const aged = Array.from(grid.ends).find((end) =>
    end <= known.valuedAt && resolutionOf(end, known.valuedAt) !== resolutionOf(end, state.valuedAt)
  );
  const grown = known.until === state.until ? Infinity : bucketBegin(before, before.whole);
  const earlier = grid.start < before.start ? -Infinity : Infinity;
  const from = Math.min(earlier, grown, aged === undefined ? Infinity : aged - 1);
  return { interval, grid, agedFrom: from === Infinity ? null : from };
}

/** What of an asset is to be valued in an interval; `null` for nothing. */
export function planPart(
  changedFrom: number | null,
  { interval, grid, agedFrom }: IntervalPlan,
): Omit<IntervalTask, "closes" | "before"> | null {
  const changed = Math.min(changedFrom ?? Infinity, agedFrom ?? Infinity);
  const length = grid.ends.length;
  if (length === 0 || changed >= bucketBegin(grid, length)) return null;
  const widthMs = intervalMs(interval);
  const first = Math.max(0, bucketOf(grid, changed - BUCKET_REACH * widthMs));
  const start = bucketBegin(grid, first);
  const read = gridWithTail(interval, {
    from: utcMsOf(start - LOOKBACK * widthMs),
    until: bucketBegin(grid, length),
  });
  const cut = Math.max(0, bucketOf(grid, chunkStart(interval, start)));
  const write = gridFrom(grid, cut);
  return { interval, read, from: bucketOf(read, start), write, at: first - cut };
}

/** When the first of rows happened; `null` of none. */
export function firstOf(rows: Iterable<LotRow>): UtcMs | null {
  let first = Infinity;
  for (const { at } of rows) first = Math.min(first, at);
  return first === Infinity ? null : utcMsOf(first);
}
