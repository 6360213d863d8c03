import { type UtcMs, utcMsOf } from "../kernel/time.ts";
import { kinksOf } from "./kinks.ts";
import { isHeld, type Pool, type StoredSnapshot } from "./pool.ts";
import { type PoolHistory, poolHistory } from "./pool_history.ts";
import { staleReadings } from "./stale_readings.ts";

/** The source of made-up readings. */
export const MOCK_SOURCE = "mock";

/** A source that has readings of a pool, and how fresh they are. */
export interface PoolSource {
  readonly name: string;
  /** Time of its newest reading that counts; `null` where all of them are held. */
  readonly newestAt: UtcMs | null;
  /** Since when its newest readings are old; `null` where the newest is fresh. */
  readonly staleSince: UtcMs | null;
}

/** The readings of a source, ready to be used. */
export interface SourceReadings extends PoolSource {
  readonly history: PoolHistory;
  /** Readings that wait to be confirmed. */
  readonly held: number;
}

/**
 * The sources of a pool, the one to use first: that with the newest reading that is not old. One
 * that repeats an old state does not become newer by that. Where none has a fresh reading, or
 * several have it at the same time, the newest reading decides, then the name.
 */
export function rankSources(
  pool: Pool,
  rowsBySource: ReadonlyMap<string, readonly StoredSnapshot[]>,
): readonly SourceReadings[] {
  const isMock = (name: string) => name === MOCK_SOURCE;
  // Few sources tell a kink, which is the pool's, whoever read its rates.
  const kinks = [true, false].map((mock) =>
    kinksOf([...rowsBySource].flatMap(([name, rows]) => isMock(name) === mock ? rows : []))
  );
  return [...rowsBySource].map(([name, rows]) => {
    const history = poolHistory(pool, rows, { kinks: kinks[isMock(name) ? 0 : 1] ?? [] });
    const { since } = staleReadings(history);
    const staleSince = since.at(-1) ?? NaN;
    return {
      ...{ name, history, held: rows.filter(isHeld).length },
      newestAt: instantOf(history.ts.at(-1)),
      staleSince: instantOf(staleSince),
      freshAt: history.ts[since.findLastIndex((at) => Number.isNaN(at))] ?? -Infinity,
    };
  }).sort((a, b) =>
    compare(b.freshAt, a.freshAt) ||
    compare(b.newestAt ?? -Infinity, a.newestAt ?? -Infinity) ||
    compare(a.name, b.name)
  ).map(({ freshAt: _, ...source }) => source);
}

function instantOf(at: number | undefined): UtcMs | null {
  return at === undefined || Number.isNaN(at) ? null : utcMsOf(at);
}

function compare<T extends string | number>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
