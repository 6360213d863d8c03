import { CANDLE_STATES, type CandleColumns } from "../market/candle.ts";
import { valueArrays } from "./candle_rows.ts";

const PROVISIONAL = CANDLE_STATES.indexOf("provisional");

/** What is to be done with each of the candles given, by their indexes. */
export interface CandleMerge {
  readonly inserts: Uint32Array;
  /** Stand as provisional. */
  readonly replaces: Uint32Array;
  /** Stand as closed with other values. */
  readonly revisions: Uint32Array;
  readonly unchanged: number;
  /** Provisional ones where a closed candle with other values stands. */
  readonly rejected: number;
}

/** Compares the candles given with those that stand, both ascending. */
export function mergeCandles(given: CandleColumns, standing: CandleColumns): CandleMerge {
  const inserts = new Uint32Array(given.length);
  const replaces: number[] = [];
  const revisions: number[] = [];
  let inserted = 0;
  let unchanged = 0;
  let rejected = 0;
  let other = 0;
  const isSame = valueComparer(given, standing);
  for (let row = 0; row < given.length; row++) {
    const openTime = given.openTime[row] ?? NaN;
    while (other < standing.length && (standing.openTime[other] ?? NaN) < openTime) other++;
    if (standing.openTime[other] !== openTime || other >= standing.length) {
      inserts[inserted++] = row;
      continue;
    }
    const isOpen = given.state[row] === PROVISIONAL;
    const stoodOpen = standing.state[other] === PROVISIONAL;
    if (isSame(row, other) && (isOpen || !stoodOpen)) unchanged++;
    else if (stoodOpen) replaces.push(row);
    else if (isOpen) rejected++;
    else revisions.push(row);
  }
  return {
    inserts: inserts.subarray(0, inserted),
    replaces: Uint32Array.from(replaces),
    revisions: Uint32Array.from(revisions),
    unchanged,
    rejected,
  };
}

/** Whether two rows hold the same values; a missing one equals a missing one, and -0 equals 0. */
function valueComparer(a: CandleColumns, b: CandleColumns) {
  const columns = valueArrays(b);
  const pairs = valueArrays(a).map((left, at) => ({ left, right: columns[at] ?? left }));
  return (rowA: number, rowB: number) => {
    for (const { left, right } of pairs) {
      const x = left[rowA] ?? NaN;
      const y = right[rowB] ?? NaN;
      if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return false;
    }
    return true;
  };
}
