import {
  changedSince,
  type FilledSeries,
  intervalMs,
  type TrackedSeries,
} from "../../market/mod.ts";

/**
 * Which states of its series the closes of an asset were read from: the id of each, its version,
 * and the end of its first candle.
 */
export type CloseMarks = readonly (readonly [seriesId: number, version: number, from: number])[];

/** The marks of an asset's series as they are; taken before its closes are read. */
export function closeMarksOf(series: readonly FilledSeries[]): CloseMarks {
  return series.map(({ seriesId, version, firstOpenTime, interval }) => [
    seriesId,
    version,
    firstOpenTime + intervalMs(interval),
  ]);
}

/**
 * The first end of a bucket at which an asset may close otherwise than when the marks were taken;
 * `null` where it can't. A series that came or went may have answered for all its time.
 */
export function closesChangedFrom(
  marks: CloseMarks,
  series: readonly (TrackedSeries & FilledSeries)[],
): number | null {
  const seen = new Map(marks.map(([seriesId, version, from]) => [seriesId, { version, from }]));
  let from = Infinity;
  for (const one of series) {
    const known = seen.get(one.seriesId);
    seen.delete(one.seriesId);
    const changed = known === undefined ? one.firstOpenTime : changedSince(one, known.version);
    // A candle closes where its bucket ends.
    if (changed !== null) from = Math.min(from, changed + intervalMs(one.interval));
  }
  for (const gone of seen.values()) from = Math.min(from, gone.from);
  return from === Infinity ? null : from;
}
