import fc from "fast-check";
import { DAY_MS } from "@/services/kernel/time.ts";
import { PoolSight } from "@/services/defi/autopilot/pool_sight.ts";
import { simulateAutopilot } from "@/services/defi/autopilot/simulate.ts";
import type { Decision } from "@/services/defi/autopilot/simulation.ts";
import type { StoredSnapshot } from "@/services/defi/pool.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { sampleDay } from "../pool_sample.ts";
import { dailyPool, sampleConstraints } from "./pools_sample.ts";

const DAYS = 25;
/** Rounding of the book, and the growth of a position between two trades. */
const SLACK = 1e-9;

/** One day of a pool; the delay is how long its reading took to be learned. */
const day = fc.record({
  supplyApy: fc.double({ min: -0.05, max: 0.6, noNaN: true }),
  utilization: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  tvlUsd: fc.option(fc.double({ min: 1e4, max: 1e9, noNaN: true })),
  delay: fc.nat({ max: 6 }),
  isThere: fc.boolean(),
});
type Day = typeof day extends fc.Arbitrary<infer T> ? T : never;
const pools = fc.array(fc.array(day, { minLength: DAYS, maxLength: DAYS }), {
  minLength: 1,
  maxLength: 5,
});
const rules = fc.record({
  maxWeight: fc.double({ min: 0.05, max: 1, noNaN: true }),
  cooldownMs: fc.nat({ max: 9 }).map((days) => days * DAY_MS),
  feeBps: fc.nat({ max: 200 }),
  method: fc.constantFrom("v0" as const, "v1" as const),
});

function historiesOf(market: readonly (readonly Day[])[]) {
  return market.map((rows, index) => {
    const readings = rows.flatMap((row, at): Partial<StoredSnapshot>[] => {
      const { delay, isThere, ...figures } = row;
      if (!isThere && at > 2) return [];
      return [{ ...figures, ts: sampleDay(at), ingestedAt: sampleDay(at + delay) }];
    });
    return dailyPool(`p${index}`, readings);
  });
}

const constraintsOf = (given: Parameters<typeof sampleConstraints>[0]) =>
  sampleConstraints({ end: sampleDay(DAYS - 1), ...given });

Deno.test("simulateAutopilot() never plans more than all, nor more than the cap in one pool", () => {
  fc.assert(fc.property(pools, rules, (market, given) => {
    const { decisions, allocations } = simulateAutopilot(
      historiesOf(market),
      constraintsOf(given),
    );
    for (const { targets } of decisions) {
      assert(targets.reduce((sum, { weight }) => sum + weight, 0) <= 1 + SLACK);
      assert(targets.every(({ weight }) => weight <= given.maxWeight + SLACK));
    }
    for (const { weights } of allocations) {
      assert(weights.reduce((sum, { weight }) => sum + weight, 0) <= 1 + SLACK);
    }
  }));
});

Deno.test("simulateAutopilot() never trades inside the cooldown", () => {
  fc.assert(fc.property(pools, rules, (market, given) => {
    const { decisions } = simulateAutopilot(historiesOf(market), constraintsOf(given));
    const acts = decisions.flatMap(({ kind, actedAt }) => kind === "rebalance" ? [actedAt] : []);
    for (const [index, at] of acts.entries()) {
      const before = acts[index - 1];
      if (before !== undefined) assert((at ?? 0) - (before ?? 0) >= given.cooldownMs);
    }
  }));
});

Deno.test("PoolSight never offers a pool for a higher least TVL that a lower one refused", () => {
  const tvl = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(fc.property(pools, tvl, tvl, (market, a, b) => {
    for (const [index, history] of historiesOf(market).entries()) {
      const sight = new PoolSight(history, index);
      const isOffered = (minTvlUsd: number) =>
        typeof sight.judge(sampleDay(DAYS - 1), constraintsOf({ minTvlUsd })) !== "string";
      if (isOffered(Math.max(a, b))) assert(isOffered(Math.min(a, b)));
    }
  }));
});

/** What was decided, without how it came out. */
function choiceOf({ at, kind, reason, targets, eligible, excluded }: Decision) {
  return { at, kind, reason, targets, eligible, excluded };
}

Deno.test("simulateAutopilot() decides the same whatever is learned later", () => {
  const cut = fc.integer({ min: 1, max: DAYS - 2 });
  fc.assert(fc.property(pools, pools, cut, rules, (market, other, at, given) => {
    const changed = market.map((rows, index) =>
      rows.map((row, rowDay) => {
        const isLearned = rowDay + row.delay <= at;
        const replacement = other[index % other.length]?.[rowDay];
        if (isLearned || !replacement) return row;
        // Other figures, and still learned after the cut.
        return { ...replacement, delay: Math.max(replacement.delay, at - rowDay + 1) };
      })
    );
    const known = (days: readonly (readonly Day[])[]) =>
      simulateAutopilot(historiesOf(days), constraintsOf(given)).decisions
        .filter((decision) => decision.at <= sampleDay(at)).map(choiceOf);
    assertEquals(known(changed), known(market));
  }));
});

Deno.test("simulateAutopilot() says the same twice, and values nothing below 0", () => {
  fc.assert(fc.property(pools, rules, (market, given) => {
    const run = () => simulateAutopilot(historiesOf(market), constraintsOf(given));
    const first = run();
    assertEquals(run(), first);
    assert(first.valuesUsd.every((value) => Number.isFinite(value) && value >= 0));
  }));
});
