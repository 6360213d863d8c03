import { utcMsOf } from "@/services/kernel/time.ts";
import {
  type BudgetLimit,
  budgetStatus,
  defaultBurst,
  freshCounts,
  maxCost,
  spendBudget,
  windowEndOf,
  windowStartOf,
} from "@/services/providers/gate/budget.ts";
import { decodeCounts, encodeCounts } from "@/services/providers/gate/budget_codec.ts";
import { assertClose, assertEquals } from "@/tests/assert.ts";

const NOW = utcMsOf(Date.UTC(2026, 1, 10, 12, 34, 56, 789));
const LIMITS: readonly BudgetLimit[] = [
  { window: "second", limit: 5, burst: 2 },
  { window: "minute", limit: 30, burst: 3 },
];

const bounds = [
  { window: "second", start: Date.UTC(2026, 1, 10, 12, 34, 56), end: [2026, 1, 10, 12, 34, 57] },
  { window: "minute", start: Date.UTC(2026, 1, 10, 12, 34), end: [2026, 1, 10, 12, 35] },
  { window: "day", start: Date.UTC(2026, 1, 10), end: [2026, 1, 11] },
  { window: "month", start: Date.UTC(2026, 1, 1), end: [2026, 2, 1] },
] as const;
for (const { window, start, end: [year, month, day, hour = 0, minute = 0, second = 0] } of bounds) {
  Deno.test(`windowStartOf() and windowEndOf() hold the ${window} of an instant`, () => {
    const end = Date.UTC(year, month, day, hour, minute, second);
    assertEquals([windowStartOf(window, NOW), windowEndOf(window, NOW)], [
      utcMsOf(start),
      utcMsOf(end),
    ]);
  });
}

Deno.test("defaultBurst() is an hour's share of a month, and one call at least", () => {
  assertClose(defaultBurst("month", 10_000), 13.440860215);
  assertEquals(defaultBurst("day", 12), 1);
  assertEquals(maxCost([{ window: "month", limit: 10_000, burst: 13.44 }]), 13);
});

Deno.test("spendBudget() takes from every window or from none", () => {
  const spend = { cost: 2, share: 1, now: NOW };
  const first = spendBudget(LIMITS, { ...spend, counts: freshCounts(LIMITS, NOW) });
  assertEquals(first.isGranted, true);
  assertEquals(first.counts.map(({ bucket, spent }) => [bucket.tokens, spent]), [[0, 2], [1, 2]]);
  const second = spendBudget(LIMITS, { ...spend, counts: first.counts });
  assertEquals(second.isGranted, false);
  // One token of the minute is missing: 28 of them run in within a minute.
  assertEquals(second.retryAt, utcMsOf(NOW + Math.ceil(60_000 / 28)));
  assertEquals(second.counts, first.counts);
});

Deno.test("spendBudget() spends half as fast with half a share, and still serves a whole burst", () => {
  const spend = { cost: 2, share: 0.5, now: NOW, counts: freshCounts(LIMITS, NOW) };
  const first = spendBudget(LIMITS, spend);
  assertEquals(first.isGranted, true);
  const second = spendBudget(LIMITS, { ...spend, counts: first.counts });
  assertEquals(second.retryAt, utcMsOf(NOW + Math.ceil(2 * 60_000 / 14)));
});

Deno.test("budgetStatus() forgets what was spent in an earlier window", () => {
  const spend = { cost: 2, share: 1, now: NOW, counts: freshCounts(LIMITS, NOW) };
  const { counts } = spendBudget(LIMITS, spend);
  const later = utcMsOf(NOW + 1_000);
  assertEquals(budgetStatus(LIMITS, { counts, now: later }), [
    { window: "second", limit: 5, used: 0, refilledAt: later },
    { window: "minute", limit: 30, used: 2, refilledAt: windowEndOf("minute", NOW) },
  ]);
});

Deno.test("decodeCounts() reads what encodeCounts() wrote, less the reserve", () => {
  const { counts } = spendBudget(LIMITS, {
    cost: 2,
    share: 1,
    now: NOW,
    counts: freshCounts(LIMITS, NOW),
  });
  const kept = encodeCounts(LIMITS, { counts, reserve: 3 });
  const read = decodeCounts(kept, { limits: LIMITS, now: NOW });
  assertEquals(read.map(({ bucket, spent }) => [bucket.tokens, spent]), [[-3, 5], [-2, 5]]);
  assertEquals(
    read.map(({ windowStart }) => windowStart),
    counts.map((count) => count.windowStart),
  );
});

Deno.test("decodeCounts() starts full where nothing readable was kept", () => {
  for (const kept of [undefined, null, "x", { minute: { tokens: "many" } }]) {
    assertEquals(decodeCounts(kept, { limits: LIMITS, now: NOW }), freshCounts(LIMITS, NOW));
  }
});

Deno.test("decodeCounts() starts now what was kept by a clock that ran ahead", () => {
  const ahead = freshCounts(LIMITS, utcMsOf(NOW + 3_600_000));
  const read = decodeCounts(encodeCounts(LIMITS, { counts: ahead, reserve: 0 }), {
    limits: LIMITS,
    now: NOW,
  });
  assertEquals(read.map(({ bucket }) => bucket.at), [NOW, NOW]);
});
