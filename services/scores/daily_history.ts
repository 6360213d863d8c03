/** Daily values of one asset as columns of one length, oldest first; NaN is a missing day. */
export interface DailyHistory {
  readonly close: Float64Array;
  readonly volumeUsd: Float64Array;
  /** Units in circulation: market value / close. */
  readonly supply: Float64Array;
  /** p_t / p_(t-1) - 1, missing beside a missing close. */
  readonly simpleReturn: Float64Array;
  readonly logReturn: Float64Array;
}

/** What a history is made of; NaN, and for what can't be 0 also 0, is a missing value. */
export interface DailyColumns {
  readonly close: Float64Array;
  readonly volumeUsd: Float64Array;
  readonly marketCapUsd: Float64Array;
}

/** The history of columns of one length. */
export function dailyHistory({ close, volumeUsd, marketCapUsd }: DailyColumns): DailyHistory {
  const present = close.map((value) => value > 0 ? value : NaN);
  const growth = present.map((value, day) => value / (present[day - 1] ?? NaN));
  return {
    close: present,
    // Sources write 0 where they know no volume and no market value.
    volumeUsd: volumeUsd.map((value) => value > 0 ? value : NaN),
    supply: marketCapUsd.map((value, day) => value > 0 ? value / (present[day] ?? NaN) : NaN),
    simpleReturn: growth.map((factor) => factor - 1),
    logReturn: growth.map(Math.log),
  };
}

/** The `days` days before day number `end`, or as many as there are: views on the same memory. */
export function lastDays(
  history: DailyHistory,
  { end, days }: { end: number; days: number },
): DailyHistory {
  const cut = (column: Float64Array) => column.subarray(Math.max(0, end - days), Math.max(0, end));
  return {
    close: cut(history.close),
    volumeUsd: cut(history.volumeUsd),
    supply: cut(history.supply),
    simpleReturn: cut(history.simpleReturn),
    logReturn: cut(history.logReturn),
  };
}

/** How many values are not missing. */
export function countPresent(column: Float64Array): number {
  let count = 0;
  for (const value of column) if (value === value) count++;
  return count;
}

/** Median of values of which none is missing; NaN of none. */
export function medianOf(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}
