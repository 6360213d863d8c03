import { type PoolMetrics, poolMetrics, rewardShare } from "@/services/defi/pool_metrics.ts";
import type { Pool, StoredSnapshot } from "@/services/defi/pool.ts";
import { poolHistory } from "@/services/defi/pool_history.ts";
import { DEFAULT_POOL_SETTINGS } from "@/services/defi/pool_settings.ts";
import { HOUR_MS, utcMsOf } from "@/services/kernel/time.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { sampleDay, sampleDays, samplePool } from "./pool_sample.ts";

function metricsOf(
  days: readonly Partial<StoredSnapshot>[],
  given: Partial<Pool> = {},
): PoolMetrics {
  const pool = samplePool(given);
  const metrics = poolMetrics(poolHistory(pool, sampleDays(days, pool)), DEFAULT_POOL_SETTINGS);
  assert(metrics !== null);
  return metrics;
}

Deno.test("poolMetrics() is null of no readings", () => {
  assertEquals(poolMetrics(poolHistory(samplePool(), []), DEFAULT_POOL_SETTINGS), null);
});

Deno.test("poolMetrics() gives the population deviation in percentage points", () => {
  // 4 %, 6 %: each 1 point from the mean.
  const { volatilityPp } = metricsOf([{ supplyApy: 0.04 }, { supplyApy: 0.06 }]);
  assertClose(volatilityPp ?? NaN, 1, 1e-12);
  assertEquals(metricsOf([{}]).volatilityPp, null);
});

Deno.test("poolMetrics() looks back over the window alone", () => {
  const early = Array.from({ length: 10 }, () => ({ supplyApy: 0.5 }));
  const steady = Array.from({ length: 30 }, () => ({ supplyApy: 0.05 }));
  assertEquals(metricsOf([...early, ...steady]).volatilityPp, 0);
});

Deno.test("poolMetrics() gives CV and MAD of 30 days", () => {
  // Mean 4, deviations -3 -2 -1 0 1 2 3: deviation 2; distances from the median 3 2 1 0 1 2 3.
  const { cv30, mad30 } = metricsOf([1, 2, 3, 4, 5, 6, 7].map((supplyApy) => ({ supplyApy })));
  assertClose(cv30 ?? NaN, 0.5);
  assertEquals(mad30, 2);
  assertEquals(metricsOf([{}, {}]).cv30, null);
});

Deno.test("poolMetrics() gives the distance to the kink and what could be taken out", () => {
  const { kinkDistance, withdrawableUsd, isKinkFresh } = metricsOf([{}]);
  assertClose(kinkDistance ?? NaN, 0.12);
  assertClose(withdrawableUsd ?? NaN, 2e7);
  assertEquals(isKinkFresh, true);
});

Deno.test("poolMetrics() takes one repeated daily reading for a round figure, two for a standstill", () => {
  const late = (day: number) => ({ ts: utcMsOf(sampleDay(day) + day * HOUR_MS) });
  const moving = [{ supplyApy: 0.03 }, { supplyApy: 0.028, ...late(1) }];
  assertEquals(metricsOf([...moving, { supplyApy: 0.028, ...late(2) }]).staleSince, null);
  const still = [2, 3].map((day) => ({ supplyApy: 0.028, ...late(day) }));
  assertEquals(metricsOf([...moving, ...still]).staleSince, late(1).ts);
});

Deno.test("poolMetrics() assumes the limit of the settings for a kink that is not known", () => {
  const { kink, kinkAt, isKinkFresh } = metricsOf([{ kink: null }]);
  assertEquals({ kink, kinkAt, isKinkFresh }, { kink: 0.9, kinkAt: null, isKinkFresh: false });
});

const spikes = [
  { name: "a jump by more than the limit", days: [0.5, 0.65], isSpike: true },
  { name: "a fall by more than the limit", days: [0.65, 0.5], isSpike: true },
  { name: "utilization above the limit", days: [0.95, 0.95], isSpike: true },
  { name: "no step within the limits", days: [0.5, 0.55], isSpike: false },
];
for (const { name, days, isSpike } of spikes) {
  Deno.test(`poolMetrics() calls ${name} ${isSpike ? "a" : "no"} spike`, () => {
    const metrics = metricsOf(days.map((utilization) => ({ utilization })));
    assertEquals(metrics.isSpike, isSpike);
  });
}

Deno.test("poolMetrics() trends over 30 days, and over nothing less", () => {
  const days = Array.from({ length: 31 }, (_, day) => ({
    tvlUsd: 1e6 * (1 + day / 30),
    supplyApy: 0.05 + day / 1000,
  }));
  const { tvlTrend30, organicTrend30 } = metricsOf(days);
  assertClose(tvlTrend30 ?? NaN, 1);
  assertClose(organicTrend30 ?? NaN, 0.03);
  assertEquals(metricsOf(days.slice(0, 20)).tvlTrend30, null);
});

Deno.test("poolMetrics() counts the age from what the source first saw", () => {
  assertEquals(metricsOf([{}, {}], { since: sampleDay(-9) }).ageDays, 10);
});

Deno.test("poolMetrics() leaves out what is held", () => {
  assertEquals(metricsOf([{}, { tvlUsd: 9e9, availableAt: null }]).tvlUsd, 1e8);
});

const shares: { supply: number; reward: number | null; share: number | null }[] = [
  { supply: 0.03, reward: 0.01, share: 0.25 },
  { supply: 0, reward: 0.01, share: 1 },
  { supply: 0, reward: 0, share: 0 },
  { supply: 0.03, reward: null, share: null },
];
for (const { supply, reward, share } of shares) {
  Deno.test(`rewardShare() of ${supply} and ${reward} is ${share}`, () => {
    assertEquals(rewardShare(supply, reward), share);
  });
}

const moving = [0.05, 0.051, 0.052, 0.053].map((supplyApy) => ({ supplyApy }));

Deno.test("poolMetrics() finds readings that stand still for more than a day", () => {
  const { staleSince, staleShare } = metricsOf([...moving, ...Array(5).fill(moving.at(-1))]);
  // The first day without a move may be one; from the second on it is old.
  assertEquals(staleSince, sampleDay(3));
  assertClose(staleShare, 4 / 9);
});

Deno.test("poolMetrics() believes a source that says that it looked, or that it did not", () => {
  const looked = Array.from({ length: 5 }, (_, day) => ({ updatedAt: sampleDay(day) }));
  assertEquals(metricsOf(looked).staleSince, null);
  const flags = { isStale: true, isFrozen: false, isPaused: false };
  const { staleSince, staleShare } = metricsOf([...moving, { flags }]);
  assertEquals({ staleSince, staleShare }, { staleSince: sampleDay(4), staleShare: 0.2 });
});

Deno.test("poolMetrics() does not believe a source that went back to an older state", () => {
  const states = [3, 4, 2].map((day) => ({ updatedAt: sampleDay(day) }));
  assertEquals(metricsOf(states).staleSince, sampleDay(2));
  // A state that did not change is one that nobody touched.
  assertEquals(metricsOf(Array(9).fill({ updatedAt: sampleDay(0) })).staleSince, null);
});

Deno.test("poolMetrics() lets a rate that is set by votes, and one of 0, stand still", () => {
  const still = Array(9).fill({});
  assertEquals(metricsOf(still, { kind: "savings" }).staleSince, null);
  assertEquals(metricsOf(Array(9).fill({ supplyApy: 0 })).staleSince, null);
  assertEquals(metricsOf(still).staleSince, sampleDay(0));
});
