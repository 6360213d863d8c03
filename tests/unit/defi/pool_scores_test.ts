import fc from "fast-check";
import type { ScoreInputs } from "@/services/defi/pool_readings.ts";
import {
  scoreV0,
  scoreV1,
  stabilityScore,
  utilizationFactor,
} from "@/services/defi/pool_scores.ts";
import { poolScores } from "@/services/defi/explain_score.ts";
import { poolHistory } from "@/services/defi/pool_history.ts";
import { poolMetrics } from "@/services/defi/pool_metrics.ts";
import { DEFAULT_POOL_SETTINGS, readPoolSettings } from "@/services/defi/pool_settings.ts";
import { assert, assertClose, assertEquals, assertMatch, assertThrows } from "@/tests/assert.ts";
import { sampleDay, sampleDays, samplePool } from "./pool_sample.ts";

const settings = DEFAULT_POOL_SETTINGS;
const INPUTS: ScoreInputs = {
  supplyApy: 0.06,
  borrowApy: 0.08,
  incentiveApy: 0.02,
  utilization: 0.8,
  utilizationChange: 0.01,
  hasJumped: false,
  isSpike: false,
  tvlUsd: 1e7,
  withdrawableUsd: 2e6,
  kink: 0.9,
  isKinkFresh: true,
  volatilityPp: 2,
  cv30: 0.5,
  ageDays: 180,
  staleShare: 0,
  isStale: false,
  isFrozen: false,
  isPaused: false,
};

const stabilities: { given: Partial<ScoreInputs>; score: number | null }[] = [
  { given: {}, score: 80 }, // 100 - 10 x 2
  { given: { isSpike: true }, score: 60 }, // less 20
  { given: { volatilityPp: 20 }, score: 0 }, // held at 0
  { given: { volatilityPp: 0 }, score: 100 },
  { given: { volatilityPp: null }, score: null },
];
for (const { given, score } of stabilities) {
  Deno.test(`stabilityScore() is ${score} of ${JSON.stringify(given)}`, () => {
    assertEquals(stabilityScore({ ...INPUTS, ...given }, settings), score);
  });
}

Deno.test("scoreV0() adds up yields in percentage points", () => {
  // 6 + 0.1 x 80 + 0.5 x 2 - 0.2 x 8 = 13.4
  assertClose(scoreV0(INPUTS, settings) ?? NaN, 13.4);
  // Without incentives and debt: 6 + 8.
  assertClose(scoreV0({ ...INPUTS, incentiveApy: null, borrowApy: null }, settings) ?? NaN, 14);
  assertEquals(scoreV0({ ...INPUTS, volatilityPp: null }, settings), null);
});

Deno.test("scoreV1() is the weighted geometric mean of its factors", () => {
  // Yield 0.06 + 0.02 x 0.7 = 0.074 against 0.04; stability 1/2; liquidity: 100 k to 1 B is four
  // decades, 10 M is half of them, times 1 - 10 k / 2 M; maturity 1 - 1/e.
  const expected = 100 * (0.074 / 0.114) ** 0.25 * 0.5 ** 0.2 * Math.sqrt(0.5 * 0.995) ** 0.2 *
    1 ** 0.25 * (1 - 1 / Math.E) ** 0.1;
  assertClose(scoreV1("single", { inputs: INPUTS, settings }) ?? NaN, expected, 1e-9);
});

Deno.test("scoreV1() shares the weight of what is missing, down to the least coverage", () => {
  const inputs = { ...INPUTS, utilization: null, withdrawableUsd: null };
  const expected = 100 * ((0.074 / 0.114) ** 0.25 * 0.5 ** 0.2 * 0.5 ** 0.2 *
        (1 - 1 / Math.E) ** 0.1) ** (1 / 0.9);
  assertClose(scoreV1("single", { inputs, settings }) ?? NaN, expected, 1e-9);
  // Stability and liquidity gone as well leaves 0.5.
  const bare = { ...inputs, cv30: null, tvlUsd: null };
  assertEquals(scoreV1("single", { inputs: bare, settings }), null);
});

Deno.test("scoreV1() does not rate a pool whose readings are mostly old", () => {
  assertEquals(scoreV1("single", { inputs: { ...INPUTS, staleShare: 0.5 }, settings }), null);
});

Deno.test("scoreV1() can't be bought off: one factor of 0 is a score of 0", () => {
  const inputs = { ...INPUTS, supplyApy: 0, incentiveApy: 0 };
  assertEquals(scoreV1("single", { inputs, settings }), 0);
});

Deno.test("scoreV1() lies from 0 to 100 and rises with yield, TVL and steadiness", () => {
  const arbitrary = fc.record({
    supplyApy: fc.double({ min: 0, max: 5, noNaN: true }),
    tvlUsd: fc.double({ min: 1e5, max: 1e11, noNaN: true }),
    cv30: fc.double({ min: 0, max: 10, noNaN: true }),
  });
  fc.assert(fc.property(arbitrary, (given) => {
    const score = (change: Partial<ScoreInputs>) =>
      scoreV1("pegged", { inputs: { ...INPUTS, ...given, ...change }, settings }) ?? NaN;
    const base = score({});
    assert(base >= 0 && base <= 100);
    assert(score({ supplyApy: given.supplyApy + 0.01 }) >= base);
    assert(score({ tvlUsd: given.tvlUsd * 2 }) >= base);
    assert(score({ cv30: given.cv30 + 0.1 }) <= base);
  }));
});

const factors = [[0.5, 1], [0.9, 1], [0.95, 0.6], [1, 0.2], [1.5, 0.2]] as const;
for (const [utilization, factor] of factors) {
  Deno.test(`utilizationFactor() is ${factor} at ${utilization} with a kink at 0.9`, () => {
    assertClose(utilizationFactor(utilization, 0.9), factor);
  });
}

Deno.test("poolScores() explains both methods, and the explanation adds up", () => {
  const pool = samplePool();
  const days = Array.from({ length: 40 }, (_, day) => ({ supplyApy: 0.05 + (day % 5) / 1000 }));
  const metrics = poolMetrics(poolHistory(pool, sampleDays(days, pool)), settings);
  assert(metrics !== null);
  const { v0, v1 } = poolScores(pool, { metrics, settings });
  assertClose(v0.parts.reduce((sum, { result }) => sum + (result ?? 0), 0), v0.score ?? NaN, 1e-9);
  const weights = v1.parts.reduce((sum, { weight }) => sum + weight, 0);
  const product = v1.parts.reduce((sum, { result, weight }) => sum * (result ?? NaN) ** weight, 1);
  assertClose(100 * product ** (1 / weights), v1.score ?? NaN, 1e-9);
  assertEquals(v1.coverage, 1);
});

Deno.test("poolScores() counts utilization for no coverage on a kink assumed or half a year old", () => {
  const pool = samplePool();
  const days = Array.from({ length: 200 }, (_, day) => ({
    supplyApy: 0.05 + (day % 5) / 1000,
    kink: day === 0 ? 0.92 : null,
  }));
  const scoresAt = (length: number, rows = days) => {
    const history = poolHistory(pool, sampleDays(rows.slice(0, length), pool));
    const metrics = poolMetrics(history, settings);
    assert(metrics !== null);
    return { metrics, scores: poolScores(pool, { metrics, settings }) };
  };
  // Of day 180 the kink is 180 days old, which it may be.
  const [fresh, old] = [scoresAt(181), scoresAt(182)];
  assertEquals([fresh.metrics.kink, fresh.metrics.isKinkFresh], [0.92, true]);
  assertEquals([old.metrics.kink, old.metrics.kinkAt], [0.92, sampleDay(0)]);
  assertClose(fresh.scores.v1.coverage - old.scores.v1.coverage, 0.1, 1e-9);
  const part = old.scores.v1.parts.find(({ name }) => name === "utilization");
  assertEquals([part?.result, part?.isSure], [1, false]);
  assertMatch(part?.formula ?? "", /kink at 92% as of 2026-01-01, which is old/);
  const assumed = scoresAt(10, days.slice(1));
  assertEquals([assumed.metrics.kink, assumed.metrics.kinkAt], [0.9, null]);
});

Deno.test("scoreV1() does not rate what covers enough by an old kink alone", () => {
  const inputs = { ...INPUTS, tvlUsd: null, withdrawableUsd: null, cv30: null };
  // Yield, structure, utilization and maturity: 0.6 of the weights.
  assert(scoreV1("single", { inputs, settings }) !== null);
  const old = { ...inputs, isKinkFresh: false };
  assertEquals(scoreV1("single", { inputs: old, settings }), null);
});

Deno.test("readPoolSettings() takes what is set and has a default for the rest", () => {
  const read = readPoolSettings('{"window":10,"v0":{"a":1}}');
  assertEquals(read, { ...settings, window: 10, v0: { ...settings.v0, a: 1 } });
  assertEquals(readPoolSettings(null), settings);
});

Deno.test("readPoolSettings() names every problem", () => {
  assertThrows(() => readPoolSettings('{"window":1,"v9":{}}'), { pattern: /window/ });
  assertThrows(() => readPoolSettings("{"), { pattern: /expected JSON/ });
});
