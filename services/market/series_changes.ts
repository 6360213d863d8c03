import { type UtcMs, utcMsOf } from "../kernel/time.ts";
import type { CandleSeries } from "./candle.ts";

/**
 * What a series remembers of its changes, as text: pairs of a version and the first bucket that
 * changed with it or later, both ascending. So whoever read the series at some version finds from
 * where on to read it again, also after a restart and whichever process wrote.
 */
export type ChangeLog = string;

/** A stored series with what it remembers. */
export interface TrackedSeries extends CandleSeries {
  readonly changes: ChangeLog;
}

/** Stored series with what they remember of their changes. */
export interface SeriesTracker {
  listTracked(): Promise<readonly TrackedSeries[]>;
}

/** Pairs that are kept; of more, the oldest two become one that says no less. */
const MAX_PAIRS = 32;

/** The log after one more change, which has the newest version. */
export function withChange(
  log: ChangeLog,
  { version, from }: { readonly version: number; readonly from: number },
): ChangeLog {
  // Who saw none of two changes is told of the earlier bucket, so a later one before adds nothing.
  const pairs = pairsOf(log).filter((pair) => pair.from < from);
  pairs.push({ version, from });
  const [first, second] = pairs;
  if (pairs.length > MAX_PAIRS && first && second) {
    pairs.splice(0, 2, { version: second.version, from: first.from });
  }
  return pairs.map((pair) => `${pair.version}:${pair.from}`).join(" ");
}

/**
 * The first bucket that changed after a version was read; `null` where none did. Of changes that
 * the log does not have, the beginning of time.
 */
export function changedSince(
  { changes, version }: Pick<TrackedSeries, "changes" | "version">,
  seen: number,
): UtcMs | null {
  if (version === seen) return null;
  // A number that went back is of a restored backup.
  if (version < seen) return utcMsOf(0);
  const later = pairsOf(changes).find((pair) => pair.version > seen);
  return utcMsOf(later?.from ?? 0);
}

function pairsOf(log: ChangeLog): { version: number; from: number }[] {
  return log === "" ? [] : log.split(" ").map((pair) => {
    const [version, from] = pair.split(":");
    return { version: Number(version), from: Number(from) };
  });
}
