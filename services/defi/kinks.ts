import { DAY_MS, isoDayOf, type UtcMs } from "../kernel/time.ts";
import type { StoredSnapshot } from "./pool.ts";
import type { PoolSettings } from "./pool_settings.ts";

/** A kink as a reading told it. */
export interface DatedKink {
  readonly ts: number;
  readonly knownAt: number;
  readonly kink: number;
}

/** The kinks that readings told, by time; those held back are left out. */
export function kinksOf(snapshots: readonly StoredSnapshot[]): readonly DatedKink[] {
  return snapshots.flatMap(({ ts, availableAt, kink }) =>
    kink === null || availableAt === null ? [] : [{ ts, knownAt: Math.max(ts, availableAt), kink }]
  ).sort((a, b) => a.ts - b.ts);
}

/** The kink of each reading and of when it is, in columns; NaN is not known. */
export interface KinkColumns {
  readonly kink: Float64Array;
  readonly kinkAt: Float64Array;
}

/**
 * For each reading the newest kink that is not of a later time and that was known no later: what
 * is told of 2025-03 says nothing of the readings before it. Both lists are by time.
 */
export function kinkColumns(
  rows: readonly { readonly ts: number; readonly knownAt: number }[],
  kinks: readonly DatedKink[],
): KinkColumns {
  const kink = new Float64Array(rows.length).fill(NaN);
  const kinkAt = new Float64Array(rows.length).fill(NaN);
  let next = 0;
  for (const [index, { ts, knownAt }] of rows.entries()) {
    while ((kinks[next]?.ts ?? Infinity) <= ts) next++;
    let last = next - 1;
    while (last >= 0 && (kinks[last]?.knownAt ?? NaN) > knownAt) last--;
    kink[index] = kinks[last]?.kink ?? NaN;
    kinkAt[index] = kinks[last]?.ts ?? NaN;
  }
  return { kink, kinkAt };
}

/**
 * The kink of a reading in words: `kink at 92% as of 2025-03-14`, without a day where it is the
 * reading's own.
 */
export function kinkWords(
  { asof, kink, kinkAt, isKinkFresh }: {
    readonly asof: UtcMs;
    readonly kink: number;
    readonly kinkAt: UtcMs | null;
    readonly isKinkFresh: boolean;
  },
  percent: (share: number) => string,
): string {
  if (kinkAt === null) return `assumed kink at ${percent(kink)}`;
  const of = `kink at ${percent(kink)}`;
  if (isoDayOf(kinkAt) === isoDayOf(asof)) return of;
  return `${of} as of ${isoDayOf(kinkAt)}${isKinkFresh ? "" : ", which is old"}`;
}

/** Whether a kink of an instant can be taken for that of a reading; NaN is not known. */
export function isKinkFresh(
  { kinkAt, ts }: { readonly kinkAt: number; readonly ts: number },
  { kink_max_age_days }: Pick<PoolSettings, "kink_max_age_days">,
): boolean {
  return ts - kinkAt <= kink_max_age_days * DAY_MS;
}
