import { nanIfNull } from "../kernel/numbers.ts";
import { type DatedKink, type KinkColumns, kinkColumns, kinksOf } from "./kinks.ts";
import type { Pool, StoredSnapshot } from "./pool.ts";

/** Bits of a reading's flags. */
export const FLAG = { stale: 1, frozen: 2, paused: 4 } as const;

/** A pool's readings that count, by time, in columns; NaN is not known. */
export interface PoolHistory extends KinkColumns {
  readonly pool: Pool;
  readonly length: number;
  readonly ts: Float64Array;
  /** From when each reading could be known: the later of its time and its availability. */
  readonly knownAt: Float64Array;
  readonly supplyApy: Float64Array;
  readonly borrowApy: Float64Array;
  readonly incentiveApy: Float64Array;
  readonly utilization: Float64Array;
  readonly tvlUsd: Float64Array;
  readonly updatedAt: Float64Array;
  /** How often a year the source's simple rates are compounded; NaN where it gives APYs. */
  readonly compoundings: Float64Array;
  readonly flags: Uint8Array;
}

const COLUMNS = [
  "ts",
  "knownAt",
  "supplyApy",
  "borrowApy",
  "incentiveApy",
  "utilization",
  "tvlUsd",
  "updatedAt",
  "compoundings",
  "kink",
  "kinkAt",
] as const;

/**
 * The snapshots as columns, by time; those held back are left out. `kinks` are those that any
 * source told, where not these snapshots alone did.
 */
export function poolHistory(
  pool: Pool,
  snapshots: readonly StoredSnapshot[],
  { kinks = kinksOf(snapshots) }: { readonly kinks?: readonly DatedKink[] } = {},
): PoolHistory {
  const rows = snapshots.filter(({ availableAt }) => availableAt !== null)
    .toSorted((a, b) => a.ts - b.ts);
  const column = (read: (row: StoredSnapshot) => number | null) =>
    Float64Array.from(rows, (row) => nanIfNull(read(row)));
  const times = rows.map(({ ts, availableAt }) => ({
    ts,
    knownAt: Math.max(ts, availableAt ?? Infinity),
  }));
  return {
    pool,
    length: rows.length,
    ...kinkColumns(times, kinks),
    ts: column(({ ts }) => ts),
    knownAt: Float64Array.from(times, ({ knownAt }) => knownAt),
    supplyApy: column(({ supplyApy }) => supplyApy),
    borrowApy: column(({ borrowApy }) => borrowApy),
    incentiveApy: column(({ incentiveApy }) => incentiveApy),
    utilization: column(({ utilization }) => utilization),
    tvlUsd: column(({ tvlUsd }) => tvlUsd),
    updatedAt: column(({ updatedAt }) => updatedAt),
    compoundings: column(({ basis }) => basis.kind === "apr" ? basis.periodsPerYear : null),
    flags: Uint8Array.from(
      rows,
      ({ flags: { isStale, isFrozen, isPaused } }) =>
        (isStale ? FLAG.stale : 0) | (isFrozen ? FLAG.frozen : 0) | (isPaused ? FLAG.paused : 0),
    ),
  };
}

/**
 * The history without readings that were learned after a later one, such as a gap that was filled
 * afterwards: what is known at an instant is then always its head.
 */
export function learnedInOrder(history: PoolHistory): PoolHistory {
  const { knownAt, length } = history;
  const kept: number[] = [];
  let earliest = Infinity;
  for (let row = length - 1; row >= 0; row--) {
    const at = knownAt[row] ?? NaN;
    if (at > earliest) continue;
    earliest = at;
    kept.push(row);
  }
  return kept.length === length ? history : pick(history, kept.reverse());
}

/** What was known of a pool at an instant: readings of that time or before, learned by then. */
export function historyAt(history: PoolHistory, at: number): PoolHistory {
  const { ts, knownAt, length } = history;
  const rows: number[] = [];
  const head = countUpTo(ts, at);
  for (let row = 0; row < head; row++) if ((knownAt[row] ?? NaN) <= at) rows.push(row);
  return rows.length === length ? history : pick(history, rows);
}

/** Number of leading values that are at most `limit`, in a column that never falls. */
export function countUpTo(column: Float64Array, limit: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column[middle] ?? NaN) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `countUpTo` over one column for limits that mostly rise, which it then finds in a step or two. */
export class RisingCount {
  readonly #column: Float64Array;
  #count = 0;

  constructor(column: Float64Array) {
    this.#column = column;
  }

  upTo(limit: number): number {
    const column = this.#column;
    let count = this.#count;
    // An index outside a column, asked hundreds of thousands of times, costs more than the search.
    if (count > 0 && (column[count - 1] ?? NaN) > limit) count = countUpTo(column, limit);
    else while (count < column.length && (column[count] ?? NaN) <= limit) count++;
    return this.#count = count;
  }
}

function pick(history: PoolHistory, rows: readonly number[]): PoolHistory {
  const take = (name: typeof COLUMNS[number]) =>
    [name, Float64Array.from(rows, (row) => history[name][row] ?? NaN)] as const;
  const columns = Object.fromEntries(COLUMNS.map(take)) as Pick<
    PoolHistory,
    typeof COLUMNS[number]
  >;
  const flags = Uint8Array.from(rows, (row) => history.flags[row] ?? 0);
  return { pool: history.pool, length: rows.length, ...columns, flags };
}
