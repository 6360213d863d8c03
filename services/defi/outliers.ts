import { HOUR_MS, type UtcMs } from "../kernel/time.ts";
import type { PoolSnapshot, StoredSnapshot } from "./pool.ts";

/** A jump by more than this factor is not believed at once. */
export const OUTLIER_FACTOR = 5;
/** A reading before may be this old to be compared with. */
export const OUTLIER_WINDOW_MS = 5 * HOUR_MS;
/** Yields below it jump by any factor without meaning anything. */
const SMALL_APY = 0.001;

type Figures = Pick<PoolSnapshot, "ts" | "supplyApy" | "incentiveApy" | "tvlUsd">;

/** Whether TVL or APY is more than 5 times what it was up to 5 hours before. */
export function isOutlier(next: Figures, previous: Figures | null): boolean {
  if (previous === null || next.ts - previous.ts > OUTLIER_WINDOW_MS) return false;
  return hasJumped(next.tvlUsd, previous.tvlUsd) || hasApyJumped(next, previous);
}

/**
 * Whether the whole yield jumped. Rewards that a source begins to tell are no jump: without them
 * before there is nothing to compare them with, and one that tells them no more has them in the
 * yield, if at all.
 */
function hasApyJumped(next: Figures, previous: Figures): boolean {
  const hadRewards = previous.incentiveApy !== null;
  const nextApy = hadRewards ? toldApy(next) : next.supplyApy;
  return hasJumped(nextApy, Math.max(toldApy(previous), SMALL_APY));
}

/** Snapshots to store, and earlier ones that they set free. */
export interface OutlierVerdict {
  readonly accepted: readonly StoredSnapshot[];
  /** Stored ones that are held no longer, with the time from which they count. */
  readonly released: readonly StoredSnapshot[];
}

/**
 * Takes one pool's new snapshots, by time, after those stored: an outlier is held until the next
 * snapshot confirms it, and counts from when that one was known. One that the next contradicts
 * stays held. Those at the times of `believed` count already and are not doubted again.
 */
export function screenOutliers(
  snapshots: readonly PoolSnapshot[],
  { accepted, held, believed = new Set() }: {
    readonly accepted: Figures | null;
    readonly held: StoredSnapshot | null;
    readonly believed?: ReadonlySet<number>;
  },
): OutlierVerdict {
  const stored: StoredSnapshot[] = [];
  const released: StoredSnapshot[] = [];
  let base = accepted;
  let pending = held;
  for (const snapshot of snapshots) {
    const { ingestedAt } = snapshot;
    if (believed.has(snapshot.ts) || !isOutlier(snapshot, base)) {
      if (pending !== null && isConfirmed(pending, snapshot)) {
        pending = release(pending, { at: ingestedAt, stored, released });
      }
      stored.push({ ...snapshot, availableAt: ingestedAt, discardedAt: null });
      base = snapshot;
      pending = null;
      continue;
    }
    if (pending !== null && isConfirmed(pending, snapshot)) {
      pending = release(pending, { at: ingestedAt, stored, released });
      stored.push({ ...snapshot, availableAt: ingestedAt, discardedAt: null });
      base = snapshot;
      continue;
    }
    pending = { ...snapshot, availableAt: null, discardedAt: null };
    stored.push(pending);
  }
  return { accepted: stored, released };
}

/** A second reading near the held one, either way, confirms it. */
function isConfirmed(held: Figures, next: Figures): boolean {
  if (next.ts <= held.ts) return false;
  const near = { ...held, ts: next.ts };
  return !isOutlier(next, near) && !isOutlier(near, next);
}

function release(
  held: StoredSnapshot,
  { at, stored, released }: {
    readonly at: UtcMs;
    readonly stored: StoredSnapshot[];
    readonly released: StoredSnapshot[];
  },
): null {
  const free = { ...held, availableAt: at };
  const own = stored.indexOf(held);
  if (own < 0) released.push(free);
  else stored[own] = free;
  return null;
}

function hasJumped(next: number | null, previous: number | null): boolean {
  return next !== null && previous !== null && previous > 0 && next > OUTLIER_FACTOR * previous;
}

/** All of a yield that its source tells. */
function toldApy({ supplyApy, incentiveApy }: Figures): number {
  return incentiveApy === null ? supplyApy : supplyApy + incentiveApy;
}
