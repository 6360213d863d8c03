import { DAY_MS, type UtcMs, utcMsOf } from "../kernel/time.ts";
import { kinksOf } from "./kinks.ts";
import { isHeld, type Pool, type StoredSnapshot } from "./pool.ts";
import { historyAt, type PoolHistory, poolHistory } from "./pool_history.ts";
import { LEAST_READINGS, type PoolReadings, poolReadings } from "./pool_readings.ts";

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

/** What a source told of a pool. */
export interface SourcePast {
  readonly name: string;
  readonly history: PoolHistory;
}

/** The readings of a source, ready to be used. */
export interface SourceReadings extends PoolSource, SourcePast {
  /** Readings that wait to be confirmed. */
  readonly held: number;
}

/** How a source stands beside others of its pool at one of its readings. */
export interface SourceStanding {
  readonly name: string;
  /** Time of that reading, and of the last one up to it that is not old; -Infinity of none. */
  readonly newestAt: number;
  readonly freshAt: number;
  /** Whether the readings up to it tell how steady the yield is: enough, and hardly one old. */
  readonly isSeasoned: boolean;
}

/** Of so many readings, as scores look at by default, this share may be old: more is not rated. */
const RECENT_READINGS = 30;
const MAX_OLD_SHARE = 0.1;
/** A source that has just begun, or begun again, takes the place of one that goes on no sooner. */
const NEWCOMER_WAITS_MS = 2 * DAY_MS;

/**
 * The sources of a pool, the one to use first: that with the newest reading that is not old. One
 * that repeats an old state does not become newer by that. One that has just begun, or begun again
 * after it stood still, waits until it can tell how steady the yield is, for as long as another
 * that can is hardly older. Where none has a fresh reading, or several have it at the same time,
 * the newest reading decides, then the name.
 */
export function rankSources(
  pool: Pool,
  rowsBySource: ReadonlyMap<string, readonly StoredSnapshot[]>,
): readonly SourceReadings[] {
  // Few sources tell a kink, which is the pool's, whoever read its rates.
  const kinks = kinksOf([...rowsBySource.values()].flat());
  return ranked(
    [...rowsBySource].map(([name, rows]) => ({
      ...{ name, history: poolHistory(pool, rows, { kinks }) },
      held: rows.filter(isHeld).length,
    })),
  );
}

/** The sources that had told anything at an instant, as they stood then, the one to use first. */
export function sourcesAt(
  sources: readonly SourceReadings[],
  at: number,
): readonly SourceReadings[] {
  return ranked(
    sources.map((source) => ({ ...source, history: historyAt(source.history, at) }))
      .filter(({ history }) => history.length > 0),
  );
}

/** How a source stands at a row of its readings; -1 is before the first of them. */
export function standingOf(
  name: string,
  { readings, row }: { readonly readings: PoolReadings; readonly row: number },
): SourceStanding {
  const { history, stale: { oldUpTo, freshAt }, monthFrom } = readings;
  const oldFrom = (from: number) => (oldUpTo[row + 1] ?? 0) - (oldUpTo[from] ?? 0);
  const monthRow = monthFrom[row] ?? 0;
  const recentRow = Math.max(0, row + 1 - RECENT_READINGS);
  const oldShare = oldFrom(recentRow) / (row + 1 - recentRow);
  return {
    name,
    newestAt: history.ts[row] ?? -Infinity,
    freshAt: freshAt[row] ?? -Infinity,
    isSeasoned: row + 1 - monthRow - oldFrom(monthRow) >= LEAST_READINGS &&
      oldShare <= MAX_OLD_SHARE,
  };
}

/** Sources of one pool at one instant, the one to use first. */
export function rankStandings<T extends SourceStanding>(standings: readonly T[]): readonly T[] {
  const newest = standings.reduce((at, { freshAt }) => Math.max(at, freshAt), -Infinity);
  const goesOn = ({ isSeasoned, freshAt }: T) => isSeasoned && newest - freshAt < NEWCOMER_WAITS_MS;
  return standings.toSorted((a, b) =>
    Number(goesOn(b)) - Number(goesOn(a)) ||
    compare(b.freshAt, a.freshAt) || compare(b.newestAt, a.newestAt) || compare(a.name, b.name)
  );
}

function ranked(
  sources: readonly (SourcePast & { readonly held: number })[],
): readonly SourceReadings[] {
  const standings = sources.map((source) => {
    const readings = poolReadings(source.history);
    const row = source.history.length - 1;
    const told = {
      newestAt: instantOf(source.history.ts[row]),
      staleSince: instantOf(readings.stale.since[row]),
    };
    return { ...standingOf(source.name, { readings, row }), source: { ...source, ...told } };
  });
  return rankStandings(standings).map(({ source }) => source);
}

function instantOf(at: number | undefined): UtcMs | null {
  return at === undefined || Number.isNaN(at) ? null : utcMsOf(at);
}

function compare<T extends string | number>(a: T, b: T): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
