import {
  bucketStart,
  CANDLE_STATES,
  type CandleColumns,
  type CandleState,
  emptyColumns,
  type Interval,
  intervalMs,
  sliceColumns,
} from "./candle.ts";

/** Candles built from finer ones, and how much of each bucket was there to build from. */
export interface DerivedCandles {
  readonly candles: CandleColumns;
  /** Parts of each bucket that have no candle, aligned with `candles`. */
  readonly partsMissing: Uint16Array;
}

const PROVISIONAL = CANDLE_STATES.indexOf("provisional");

/** How sure a state is, by its index in `CANDLE_STATES`: the weakest part decides. */
const CERTAINTY_BY_STATE = CANDLE_STATES.map((state) => {
  const certainty: Readonly<Record<CandleState, number>> = { provisional: 0, healed: 1, final: 2 };
  return certainty[state];
});

/**
 * Candles of the coarser interval `to` from those of `from`: first open, highest high, lowest low,
 * last close, summed volumes, last market value. Every interval fills the coarser ones exactly.
 *
 * Nothing is filled in. A bucket is built from the parts that are there and says how many are not;
 * one without any part is absent. A sum with a missing term is missing, and so is an extreme of
 * candles that have none. A bucket is as sure as its weakest part, and the last one is
 * `provisional` as long as no part reaches its end.
 */
export function deriveCandles(
  parts: CandleColumns,
  { from, to }: { from: Interval; to: Interval },
): DerivedCandles {
  const partMs = intervalMs(from);
  const bucketMs = intervalMs(to);
  if (bucketMs <= partMs) {
    throw new RangeError(`Cannot derive ${to} from ${from}: expected a coarser interval`);
  }
  const candles = emptyColumns(countBuckets(parts, to));
  const partsMissing = new Uint16Array(candles.length);
  let first = 0;
  for (let bucket = 0; first < parts.length; bucket++) {
    const start = bucketStart(parts.openTime[first] ?? NaN, to);
    let end = first + 1;
    while (end < parts.length && (parts.openTime[end] ?? NaN) < start + bucketMs) end++;
    mergeParts(sliceColumns(parts, { start: first, end }), candles, bucket);
    candles.openTime[bucket] = start;
    partsMissing[bucket] = bucketMs / partMs - (end - first);
    const isOpen = end === parts.length &&
      (parts.openTime[end - 1] ?? NaN) + partMs < start + bucketMs;
    if (isOpen) candles.state[bucket] = PROVISIONAL;
    first = end;
  }
  return { candles, partsMissing };
}

function countBuckets(parts: CandleColumns, to: Interval): number {
  let buckets = 0;
  let end = -Infinity;
  for (let at = 0; at < parts.length; at++) {
    const time = parts.openTime[at] ?? NaN;
    if (time < end) continue;
    buckets++;
    end = bucketStart(time, to) + intervalMs(to);
  }
  return buckets;
}

/** Writes the union of `parts` into `target`; the callers keep it to one bucket's parts. */
function mergeParts(parts: CandleColumns, target: CandleColumns, at: number): void {
  const last = parts.length - 1;
  let high = parts.high[0] ?? NaN;
  let low = parts.low[0] ?? NaN;
  let volume = 0;
  let volumeUsd = 0;
  let state = parts.state[0] ?? PROVISIONAL;
  for (let part = 0; part <= last; part++) {
    // Math.max keeps NaN, which is what an unknown extreme makes of the whole.
    high = Math.max(high, parts.high[part] ?? NaN);
    low = Math.min(low, parts.low[part] ?? NaN);
    volume += parts.volume[part] ?? NaN;
    volumeUsd += parts.volumeUsd[part] ?? NaN;
    const partState = parts.state[part] ?? PROVISIONAL;
    if ((CERTAINTY_BY_STATE[partState] ?? 0) < (CERTAINTY_BY_STATE[state] ?? 0)) state = partState;
  }
  target.open[at] = parts.open[0] ?? NaN;
  target.high[at] = high;
  target.low[at] = low;
  target.close[at] = parts.close[last] ?? NaN;
  target.volume[at] = volume;
  target.volumeUsd[at] = volumeUsd;
  target.marketCapUsd[at] = parts.marketCapUsd[last] ?? NaN;
  target.state[at] = state;
}
