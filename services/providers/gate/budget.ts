import {
  fullBucket,
  takeTokens,
  type TokenBucket,
  type TokenBucketState,
  windowBucket,
} from "../../kernel/token_bucket.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { BudgetStatus } from "../../ops/ports.ts";

export type BudgetWindow = BudgetStatus["window"];

/** Shortest first. */
export const BUDGET_WINDOWS = [
  "second",
  "minute",
  "day",
  "month",
] as const satisfies BudgetWindow[];

/** Calls, or their weight, that a provider allows us in a window. */
export interface BudgetLimit {
  readonly window: BudgetWindow;
  readonly limit: number;
  /** Most of it that may be spent at once; the rest is paced evenly over the window. */
  readonly burst: number;
}

/** How a budget stands in one window. */
export interface BudgetCount {
  readonly bucket: TokenBucketState;
  /** Spent since `windowStart`, for people to read. */
  readonly spent: number;
  /** Start of the calendar's second, minute, day or month (UTC) of the latest call. */
  readonly windowStart: UtcMs;
}

export interface BudgetSpend {
  readonly isGranted: boolean;
  /** When to ask again; `now` if it was granted. */
  readonly retryAt: UtcMs;
  readonly counts: readonly BudgetCount[];
}

/** A month is taken as its longest, so that none is too short for its budget. */
const WINDOW_MS: Readonly<Record<BudgetWindow, number>> = {
  second: SECOND_MS,
  minute: MINUTE_MS,
  day: DAY_MS,
  month: 31 * DAY_MS,
};

/**
 * Part of a window that may be spent at once where the registry does not say: half a second's,
 * a quarter of a minute's, an hour's share of a day's or a month's.
 */
const BURST_PART: Readonly<Record<BudgetWindow, number>> = {
  second: 1 / 2,
  minute: 1 / 4,
  day: 1 / 24,
  month: 1 / (31 * 24),
};

/** The burst of a limit that states none, at least one call. */
export function defaultBurst(window: BudgetWindow, limit: number): number {
  return Math.max(1, limit * BURST_PART[window]);
}

/** Start of the calendar's window (UTC) that the instant is in. */
export function windowStartOf(window: BudgetWindow, at: UtcMs): UtcMs {
  if (window !== "month") return utcMsOf(at - at % WINDOW_MS[window]);
  const date = new Date(at);
  return utcMsOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth()));
}

/** When the calendar's window (UTC) of the instant is over. */
export function windowEndOf(window: BudgetWindow, at: UtcMs): UtcMs {
  if (window !== "month") return utcMsOf(windowStartOf(window, at) + WINDOW_MS[window]);
  const date = new Date(at);
  return utcMsOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1));
}

/** The most that one call may cost: what every window lets through at once. */
export function maxCost(limits: readonly BudgetLimit[]): number {
  return Math.floor(Math.min(...limits.map(({ burst }) => burst)));
}

/**
 * The bucket of a limit of which only `share` is in use: burst and inflow shrink alike, but a call
 * that fits the whole burst still fits. One that never fits is a mistake: `RangeError`.
 */
export function bucketOf(
  { window, limit, burst }: BudgetLimit,
  { share, cost }: { readonly share: number; readonly cost: number },
): TokenBucket {
  if (cost > burst) {
    throw new RangeError(`Cannot spend ${cost} of ${limit} a ${window}: expected at most ${burst}`);
  }
  const whole = windowBucket({ limit, windowMs: WINDOW_MS[window], burst });
  return {
    capacity: Math.max(cost, whole.capacity * share),
    refillPerMs: whole.refillPerMs * share,
  };
}

/** Budgets that nothing was spent of yet. */
export function freshCounts(limits: readonly BudgetLimit[], now: UtcMs): readonly BudgetCount[] {
  return limits.map((limit) => ({
    bucket: fullBucket(bucketOf(limit, { share: 1, cost: 1 }), now),
    spent: 0,
    windowStart: windowStartOf(limit.window, now),
  }));
}

/** Takes the cost from all windows, or from none if one of them lacks it. */
export function spendBudget(
  limits: readonly BudgetLimit[],
  { counts, cost, share, now }: {
    readonly counts: readonly BudgetCount[];
    readonly cost: number;
    readonly share: number;
    readonly now: UtcMs;
  },
): BudgetSpend {
  const fresh = counts.length === limits.length ? counts : freshCounts(limits, now);
  const takes = limits.map((limit, at) => {
    const state = fresh[at]?.bucket ?? { tokens: 0, at: now };
    return takeTokens(bucketOf(limit, { share, cost }), { state, cost, now });
  });
  if (takes.some(({ isGranted }) => !isGranted)) {
    const retryAt = utcMsOf(Math.max(...takes.map((take) => take.retryAt)));
    return { isGranted: false, retryAt, counts: fresh };
  }
  return {
    isGranted: true,
    retryAt: now,
    counts: limits.map(({ window }, at) => {
      const windowStart = windowStartOf(window, now);
      const spent = spentIn(windowStart, fresh[at]) + cost;
      return { bucket: takes[at]?.state ?? { tokens: 0, at: now }, spent, windowStart };
    }),
  };
}

function spentIn(windowStart: UtcMs, count: BudgetCount | undefined): number {
  return count?.windowStart === windowStart ? count.spent : 0;
}

/** The counts as operators read them: what was spent of each limit in the calendar's window. */
export function budgetStatus(
  limits: readonly BudgetLimit[],
  { counts, now }: { readonly counts: readonly BudgetCount[]; readonly now: UtcMs },
): readonly BudgetStatus[] {
  return limits.map(({ window, limit }, at) => {
    const used = spentIn(windowStartOf(window, now), counts[at]);
    return { window, limit, used, refilledAt: used === 0 ? now : windowEndOf(window, now) };
  });
}
