import { HOUR_MS } from "../kernel/time.ts";
import { FLAG, type PoolHistory } from "./pool_history.ts";

/** A live market's figures move in this time; where none did, the source stopped looking. */
const STILL_LIMIT_MS = 24 * HOUR_MS;
/** One daily reading that says the same as the one before is a round figure, no standstill. */
const STILL_REPEATS = 2;

/** Which readings of a history are old, by row. */
export interface StaleReadings {
  /** Old readings among the first `n`, at index `n`. */
  readonly oldUpTo: Int32Array;
  /** Since when the readings up to a row are old, UTC ms; NaN at a fresh one. */
  readonly since: Float64Array;
  /** Time of the newest fresh reading up to a row, UTC ms; -Infinity where there was none. */
  readonly freshAt: Float64Array;
}

/**
 * Finds old readings: the source says so; its state is older than one seen before; or no figure
 * moved for more than a day, in three readings at least. A rate that is set by votes, nothing paid,
 * and a state that says itself that it did not change, may stand still.
 */
export function staleReadings(history: PoolHistory): StaleReadings {
  const { length, ts, flags, supplyApy, updatedAt, pool } = history;
  const oldUpTo = new Int32Array(length + 1);
  const since = new Float64Array(length).fill(NaN);
  const freshAt = new Float64Array(length);
  let stillFrom = NaN;
  let repeats = 0;
  let oldFrom = NaN;
  let newestState = -Infinity;
  for (let row = 0; row < length; row++) {
    const at = ts[row] ?? NaN;
    repeats = row > 0 && isUnchanged(history, row) ? repeats + 1 : 0;
    if (repeats === 0) stillFrom = at;
    const state = updatedAt[row] ?? NaN;
    const mayStandStill = pool.kind === "savings" || supplyApy[row] === 0 || !Number.isNaN(state);
    const isStill = repeats >= STILL_REPEATS && at - stillFrom > STILL_LIMIT_MS && !mayStandStill;
    const isFlagged = ((flags[row] ?? 0) & FLAG.stale) !== 0;
    const isOld = isStill || isFlagged || state < newestState;
    if (state > newestState) newestState = state;
    if (!isOld) oldFrom = NaN;
    else if (Number.isNaN(oldFrom)) oldFrom = isStill ? stillFrom : at;
    since[row] = oldFrom;
    freshAt[row] = isOld ? freshAt[row - 1] ?? -Infinity : at;
    oldUpTo[row + 1] = (oldUpTo[row] ?? 0) + Number(isOld);
  }
  return { oldUpTo, since, freshAt };
}

function isUnchanged(history: PoolHistory, row: number): boolean {
  const { supplyApy, borrowApy, incentiveApy, utilization, tvlUsd, updatedAt } = history;
  return isSame(supplyApy, row) && isSame(utilization, row) && isSame(tvlUsd, row) &&
    isSame(borrowApy, row) && isSame(incentiveApy, row) && isSame(updatedAt, row);
}

/** NaN is the same as NaN. */
function isSame(column: Float64Array, row: number): boolean {
  return Object.is(column[row], column[row - 1]);
}
