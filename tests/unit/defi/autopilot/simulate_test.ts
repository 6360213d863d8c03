import { DAY_MS, HOUR_MS, utcMsOf } from "@/services/kernel/time.ts";
import { poolHistory } from "@/services/defi/pool_history.ts";
import { DEFAULT_POOL_SETTINGS } from "@/services/defi/pool_settings.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";
import { SAMPLE_START, sampleDay, sampleDays, samplePool } from "../pool_sample.ts";
import { dailyPool, sampleConstraints, TOO_MANY_HOURS } from "./pools_sample.ts";
import { simulateAutopilot } from "./whole_simulation.ts";

const days = (count: number, given = {}) => Array.from({ length: count }, () => given);
const looked = (count: number, given = {}) =>
  Array.from({ length: count }, (_, day) => ({ ...given, updatedAt: sampleDay(day) }));

Deno.test("simulateAutopilot() earns what the pool paid, from the step after the decision", () => {
  const pool = dailyPool("a", looked(12, { supplyApy: 0.1 }));
  const { valuesUsd, realizedApy, promisedApy, decisions } = simulateAutopilot(
    [pool],
    sampleConstraints(),
  );
  // Two readings are needed for a volatility: decided on day 1, bought on day 2, 8 days of 10 %.
  assertEquals(decisions.map(({ at, actedAt, kind }) => ({ at, actedAt, kind })), [
    { at: sampleDay(1), actedAt: sampleDay(2), kind: "rebalance" },
  ]);
  assertEquals(valuesUsd.slice(0, 3), [1_000, 1_000, 1_000]);
  assertClose(valuesUsd.at(-1), 1_000 * 1.1 ** (8 / 365));
  assertClose(realizedApy, 1.1 ** 0.8 - 1);
  assertClose(promisedApy, 0.08);
});

Deno.test("simulateAutopilot() pays fees of what is traded, and gas of each trade", () => {
  const pool = dailyPool("a", looked(12, { supplyApy: 1e-9 }));
  const { costUsd, turnoverUsd, valuesUsd } = simulateAutopilot(
    [pool],
    sampleConstraints({ feeBps: 100, gasUsd: 10 }),
  );
  // x + 0.01 x + 10 = 1000
  assertClose(turnoverUsd, 990 / 1.01, 1e-6);
  assertClose(costUsd, 1_000 - 990 / 1.01, 1e-6);
  assertClose(valuesUsd.at(-1), 990 / 1.01, 1e-6);
});

Deno.test("simulateAutopilot() fills up to the cap and leaves the rest in cash", () => {
  const pools = ["a", "b"].map((name) => dailyPool(name, looked(12)));
  const { allocations, idleShare } = simulateAutopilot(
    pools,
    sampleConstraints({ maxWeight: 0.4 }),
  );
  assertEquals(allocations[0]?.weights.map(({ weight }) => weight), [0.4, 0.4]);
  // 2 of 10 days wholly in cash, 8 days by a fifth, a little less as the pools earn.
  assertClose(idleShare, 0.36, 1e-3);
});

Deno.test("simulateAutopilot() changes to a better pool, after the cooldown alone", () => {
  const falling = (day: number) => ({ supplyApy: day < 4 ? 0.2 : 0.02, updatedAt: sampleDay(day) });
  const pools = [
    dailyPool("good", Array.from({ length: 12 }, (_, day) => falling(day))),
    dailyPool("even", looked(12, { supplyApy: 0.1 })),
  ];
  const { decisions } = simulateAutopilot(pools, sampleConstraints({ cooldownMs: 5 * DAY_MS }));
  assertEquals(decisions.map(({ kind, at, actedAt }) => ({ kind, at, actedAt })), [
    { kind: "rebalance", at: sampleDay(1), actedAt: sampleDay(2) },
    { kind: "cooldown", at: sampleDay(4), actedAt: null },
    { kind: "rebalance", at: sampleDay(6), actedAt: sampleDay(7) },
  ]);
  assert(decisions.every(({ targets, at }) => targets.every(({ readingAt }) => readingAt <= at)));
});

Deno.test("simulateAutopilot() closes a pool that is gone at its last value less the penalty", () => {
  const gone = dailyPool("gone", looked(5, { supplyApy: 0.3 }));
  const { valuesUsd, decisions } = simulateAutopilot([gone], sampleConstraints());
  const last = decisions.at(-1);
  assertEquals(
    last?.reason,
    "gone at Aave V3 on Ethereum gave no reading for 3 d: closed at its last value less 10%",
  );
  // Last reading on day 4; more than 3 days without one on day 8.
  assertEquals([last?.kind, last?.at], ["closed", sampleDay(8)]);
  const atEnd = 1_000 * 1.3 ** (2 / 365);
  assertClose(last?.penaltyUsd, atEnd * 0.1);
  assertClose(valuesUsd.at(-1), atEnd * 0.9);
});

Deno.test("simulateAutopilot() does not see a reading before it was learned", () => {
  const late = { supplyApy: 0.5, ingestedAt: sampleDay(9) };
  const pools = [
    dailyPool("late", looked(12, late)),
    dailyPool("even", looked(12)),
  ];
  const { decisions } = simulateAutopilot(pools, sampleConstraints());
  assertEquals(decisions.map(({ at }) => at), [sampleDay(1), sampleDay(9)]);
  assertEquals(decisions[0]?.excluded, { no_reading: 1 });
});

Deno.test("simulateAutopilot() leaves out gaps that were filled afterwards", () => {
  const rows = looked(12).map((row, day) => day === 3 ? { ...row, ingestedAt: sampleDay(9) } : row);
  assertEquals(simulateAutopilot([dailyPool("a", rows)], sampleConstraints()).data.lateReadings, 1);
});

const refusals = [
  { name: "no TVL where one is asked for", given: { tvlUsd: null }, reason: "tvl_unknown" },
  { name: "too small a TVL", given: { tvlUsd: 1e5 }, reason: "tvl_below" },
  { name: "no yield", given: { supplyApy: 0 }, reason: "no_yield" },
  {
    name: "frozen",
    given: { flags: { isStale: false, isFrozen: true, isPaused: false } },
    reason: "frozen",
  },
  {
    name: "paused",
    given: { flags: { isStale: false, isFrozen: false, isPaused: true } },
    reason: "paused",
  },
] as const;
for (const { name, given, reason } of refusals) {
  Deno.test(`simulateAutopilot() does not buy a pool with ${name}`, () => {
    const pools = [dailyPool("bad", looked(12, given)), dailyPool("good", looked(12))];
    const { decisions } = simulateAutopilot(pools, sampleConstraints({ minTvlUsd: 1e6 }));
    assertEquals(decisions[0]?.excluded, { [reason]: 1 });
    assertEquals(decisions[0]?.targets.map(({ poolId }) => poolId), ["aave-v3-ethereum-good"]);
  });
}

Deno.test("simulateAutopilot() leaves a pool whose readings stand still", () => {
  const { decisions } = simulateAutopilot(
    [dailyPool("still", days(12)), dailyPool("even", looked(12, { supplyApy: 0.01 }))],
    sampleConstraints(),
  );
  assertEquals(decisions.at(-1)?.targets[0]?.poolId, "aave-v3-ethereum-even");
  assertEquals(decisions.at(-1)?.excluded, { stale: 1 });
});

Deno.test("simulateAutopilot() compares with buying once", () => {
  const pools = [
    dailyPool("small", looked(12, { supplyApy: 0.2, tvlUsd: 1e6 })),
    dailyPool("large", looked(12, { supplyApy: 0.1, tvlUsd: 1e9 })),
  ];
  const { baselines } = simulateAutopilot(pools, sampleConstraints());
  const ends = Object.fromEntries(
    baselines.map(({ name, valuesUsd }) => [name, valuesUsd?.at(-1)]),
  );
  const grown = (apy: number) => 1_000 * (1 + apy) ** (8 / 365);
  assertClose(ends.equal_weight, (grown(0.2) + grown(0.1)) / 2);
  assertClose(ends.largest_tvl, grown(0.1));
  assertClose(ends.hold, grown(0.2));
});

Deno.test("simulateAutopilot() says what could be had at the last step that could decide", () => {
  const pools = [
    dailyPool("a", looked(12)),
    dailyPool("b", looked(12, { supplyApy: 0 })),
    dailyPool("c", looked(12, { tvlUsd: null })),
  ];
  const { lastLook } = simulateAutopilot(pools, sampleConstraints({ minTvlUsd: 1 }));
  assertEquals(lastLook, {
    at: sampleDay(9),
    eligible: 1,
    excluded: { no_yield: 1, tvl_unknown: 1 },
  });
});

Deno.test("simulateAutopilot() says what it could not compare with", () => {
  const { baselines, promisedApy, idleShare } = simulateAutopilot([], sampleConstraints());
  assertEquals(baselines.map(({ reason }) => reason), Array(3).fill("Nothing was bought"));
  assertEquals([promisedApy, idleShare], [null, 1]);
});

Deno.test("simulateAutopilot() names the worst month", () => {
  const pool = dailyPool("a", looked(62, { supplyApy: 0.1 }));
  const { worstMonth } = simulateAutopilot([pool], sampleConstraints({ end: sampleDay(50) }));
  // January waits two days, February stands for 20: it earns less.
  assertEquals(worstMonth?.month, "2026-02");
});

Deno.test("simulateAutopilot() refuses an empty range, and one of too many steps", () => {
  const short = sampleConstraints({ end: SAMPLE_START });
  assertThrows(() => simulateAutopilot([], short), { type: RangeError, pattern: /1 steps/ });
  const end = utcMsOf(SAMPLE_START + TOO_MANY_HOURS);
  const long = sampleConstraints({ stepMs: HOUR_MS, end });
  assertThrows(() => simulateAutopilot([], long), { type: RangeError, pattern: /4002 steps/ });
});

Deno.test("simulateAutopilot() comes to what a sheet of paper does", () => {
  // Ranked by the supply APY alone: A pays 10 %, B 4 % and from day 5 on 30 %.
  const v0 = { ...DEFAULT_POOL_SETTINGS.v0, w1: 1, w2: 0, w3: 0, w4: 0 };
  const rateOfB = (day: number) => ({ supplyApy: day < 5 ? 0.04 : 0.3, updatedAt: sampleDay(day) });
  const found = simulateAutopilot([
    dailyPool("a", looked(12, { supplyApy: 0.1 })),
    dailyPool("b", Array.from({ length: 12 }, (_, day) => rateOfB(day))),
  ], {
    ...sampleConstraints({ feeBps: 10, gasUsd: 1, cooldownMs: 3 * DAY_MS }),
    settings: { ...DEFAULT_POOL_SETTINGS, v0 },
  });
  // Day 1 decides on A, bought on day 2 of what fee and gas leave: x + 0.001 x + 1 = 1000.
  const bought = 999 / 1.001;
  // Day 5 sees B, day 6 sells A and buys B: y = sold - 0.001 (sold + y) - 2.
  const sold = bought * 1.1 ** (4 / 365);
  const moved = (0.999 * sold - 2) / 1.001;
  const final = moved * 1.3 ** (4 / 365);
  assertClose(found.valuesUsd[2], bought);
  assertClose(found.valuesUsd[6], moved);
  assertClose(found.valuesUsd.at(-1), final);
  assertEquals(
    found.decisions.map(({ at, actedAt, kind }) => [at, actedAt, kind]),
    [
      [sampleDay(1), sampleDay(2), "rebalance"],
      [sampleDay(5), sampleDay(6), "rebalance"],
    ],
  );
  assertClose(found.turnoverUsd, bought + sold + moved);
  assertClose(found.gain.feesUsd, 0.001 * (bought + sold + moved));
  assertEquals(found.gain.gasUsd, 3);
  // All was paid as promised, as neither rate moved while its pool was held.
  assertClose(found.gain.driftUsd, 0);
  assertClose(found.promisedApy, (4 * 0.1 + 4 * 0.3) / 10);
  assertClose(found.realizedApy, (final / 1_000) ** (365 / 10) - 1);
  const [enter] = found.decisions[1]?.targets ?? [];
  assertEquals([enter?.isNew, enter?.rank, enter?.weight], [true, 1, 1]);
  assertClose(enter?.score, 30);
  const [left] = found.decisions[1]?.departures ?? [];
  assertEquals([left?.exclusion, left?.rank], [null, 2]);
});

Deno.test("simulateAutopilot() does not buy what scores nothing, however much it pays", () => {
  // A TVL of 100,000 dollars or less counts for nothing as liquidity, a factor of v1.
  const tiny = dailyPool("tiny", looked(12, { supplyApy: 0.9, tvlUsd: 1e4 }));
  const { decisions } = simulateAutopilot(
    [tiny, dailyPool("old", looked(12))],
    sampleConstraints({ method: "v1" }),
  );
  assertEquals(decisions[0]?.at, sampleDay(1));
  assertEquals(decisions[0]?.excluded, { score_zero: 1 });
});

Deno.test("simulateAutopilot() does not buy what was read only once, and so can't close it as gone", () => {
  const pool = samplePool({ poolAddress: "0xonce" });
  const once = poolHistory(pool, sampleDays([{ supplyApy: 0.9 }], pool));
  const rules = sampleConstraints({ method: "v1", vanishMs: 3 * DAY_MS });
  const alone = simulateAutopilot([once], rules);
  assertEquals([alone.decisions, alone.valuesUsd.at(-1)], [[], 1_000]);
  const { decisions } = simulateAutopilot([once, dailyPool("a", looked(12))], rules);
  assertEquals(decisions.map(({ at, kind }) => ({ at, kind })), [
    { at: sampleDay(1), kind: "rebalance" },
  ]);
  assertEquals(decisions[0]?.excluded, { one_reading: 1 });
});

Deno.test("simulateAutopilot() applies a kink from when it was told, not before", () => {
  const first = (kinkDay: number) => {
    const days = looked(12, { supplyApy: 0.2, utilization: 0.8, kink: null }).map((row, day) => ({
      ...row,
      ...day === kinkDay && { kink: 0.1 },
    }));
    const other = looked(12, { supplyApy: 0.17, utilization: 0.8, kink: null });
    const rules = sampleConstraints({ method: "v1" });
    return simulateAutopilot([dailyPool("a", days), dailyPool("b", other)], rules).decisions;
  };
  const never = first(NaN);
  assertEquals(never.map(({ at }) => at), [sampleDay(1)]);
  const late = first(6);
  // All that was decided before day 6 is the same; on it the pool is far past its kink.
  assertEquals(late[0], never[0]);
  assertEquals(late.map(({ at }) => at), [sampleDay(1), sampleDay(6)]);
  assert(late[1]?.departures.some(({ poolId }) => poolId.endsWith("-a")));
});

Deno.test("simulateAutopilot() does nothing where its costs would take all there is", () => {
  const pools = ["a", "b", "c"].map((name) => dailyPool(name, looked(12)));
  const { decisions, valuesUsd, baselines } = simulateAutopilot(
    pools,
    sampleConstraints({ capitalUsd: 10, gasUsd: 5, maxWeight: 0.5 }),
  );
  assertEquals(decisions.map(({ kind, actedAt }) => [kind, actedAt]), [["unaffordable", null]]);
  assertEquals(valuesUsd.at(-1), 10);
  assertEquals(baselines.map(({ reason }) => reason), Array(3).fill("Nothing was bought"));
});

Deno.test("simulateAutopilot() counts the readings that it stands on", () => {
  const late = { ...sampleConstraints(), end: sampleDay(10) };
  const pool = dailyPool(
    "a",
    looked(12).map((row, day) => ({
      ...row,
      ingestedAt: sampleDay(day > 8 ? 30 : day),
      flags: { isStale: day === 4, isFrozen: false, isPaused: false },
    })),
  );
  assertEquals(simulateAutopilot([pool], late).data, {
    ...{ pools: 1, poolsRead: 1, readings: 11, staleReadings: 1 },
    ...{ unseenReadings: 2, lateReadings: 0, firstAt: sampleDay(0), lastAt: sampleDay(10) },
  });
});
