import { z } from "zod";
import { type UtcMs, utcMsOf } from "../../kernel/time.ts";
import type { JsonValue } from "../../ports/jobs.ts";
import { type BudgetCount, type BudgetLimit, freshCounts } from "./budget.ts";

const Instant = z.number().int().nonnegative().transform(utcMsOf);
const Count = z.object({
  tokens: z.number(),
  at: Instant,
  spent: z.number().nonnegative(),
  window_start: Instant,
});

/** The counts as they are kept, by window, as if `reserve` more had been spent of each. */
export function encodeCounts(
  limits: readonly BudgetLimit[],
  { counts, reserve }: { readonly counts: readonly BudgetCount[]; readonly reserve: number },
): JsonValue {
  return Object.fromEntries(limits.flatMap(({ window }, index) => {
    const count = counts[index];
    if (!count) return [];
    const { bucket: { tokens, at }, spent, windowStart } = count;
    const kept = { tokens: tokens - reserve, at, spent: spent + reserve };
    return [[window, { ...kept, window_start: windowStart }]];
  }));
}

/**
 * The counts that were kept; of windows without any, full ones. What was kept by a clock that ran
 * ahead starts at `now`, or its budget would not refill until then.
 */
export function decodeCounts(
  kept: JsonValue | undefined,
  { limits, now }: { readonly limits: readonly BudgetLimit[]; readonly now: UtcMs },
): readonly BudgetCount[] {
  const windows = z.record(z.string(), z.unknown()).safeParse(kept).data ?? {};
  return freshCounts(limits, now).map((fresh, index) => {
    const count = Count.safeParse(windows[limits[index]?.window ?? ""]).data;
    if (!count) return fresh;
    const at = utcMsOf(Math.min(count.at, now));
    const { tokens, spent, window_start: windowStart } = count;
    return { bucket: { tokens, at }, spent, windowStart };
  });
}
