import fc from "fast-check";
import { DAY_MS } from "@/services/kernel/time.ts";
import { PoolSight } from "@/services/defi/autopilot/pool_sight.ts";
import type { Decision } from "@/services/defi/autopilot/simulation.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { sampleDay } from "../pool_sample.ts";
import { dailyPool, sampleConstraints } from "./pools_sample.ts";
import { simulateAutopilot, simulateSources } from "./whole_simulation.ts";

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

function readingsOf(rows: readonly Day[]) {
  return rows.flatMap((row, at) => {
    const { delay, isThere, ...figures } = row;
    if (!isThere && at > 2) return [];
    return [{ ...figures, ts: sampleDay(at), ingestedAt: sampleDay(at + delay) }];
  });
}

function historiesOf(market: readonly (readonly Day[])[]) {
  return market.map((rows, index) => dailyPool(`p${index}`, readingsOf(rows)));
}

function run(
  market: readonly (readonly Day[])[],
  given: Parameters<typeof sampleConstraints>[0],
) {
  return simulateAutopilot(historiesOf(market), constraintsOf(given));
}

const constraintsOf = (given: Parameters<typeof sampleConstraints>[0]) =>
  sampleConstraints({ end: sampleDay(DAYS - 1), ...given });

Deno.test("simulateAutopilot() never plans more than all, nor more than the cap in one pool", () => {
  fc.assert(fc.property(pools, rules, (market, given) => {
    const { decisions, allocations } = run(market, given);
    for (const { targets } of decisions) {
      assert(targets.reduce((sum, { weight }) => sum + weight, 0) <= 1 + SLACK);
      assert(targets.every(({ weight }) => weight <= given.maxWeight + SLACK));
    }
    const closedAt = new Set(
      decisions.filter(({ kind }) => kind === "closed").map(({ at }) => at),
    );
    for (const { at, weights } of allocations) {
      assert(weights.reduce((sum, { weight }) => sum + weight, 0) <= 1 + SLACK);
      // What is lost with a pool that is gone lifts the share of the others; nothing is bought.
      if (closedAt.has(at)) continue;
      assert(weights.every(({ weight }) => weight <= given.maxWeight + SLACK));
    }
  }));
});

Deno.test("simulateAutopilot() never trades inside the cooldown", () => {
  fc.assert(fc.property(pools, rules, (market, given) => {
    const { decisions } = run(market, given);
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
      const sight = new PoolSight([{ name: "sample", history }], {
        index,
        constraints: constraintsOf({}),
      });
      const isOffered = (minTvlUsd: number) =>
        typeof sight.judge(sampleDay(DAYS - 1), constraintsOf({ minTvlUsd })) !== "string";
      if (isOffered(Math.max(a, b))) assert(isOffered(Math.min(a, b)));
    }
  }));
});

Deno.test("simulateAutopilot() stands on readings alone that were there and known by then", () => {
  fc.assert(fc.property(pools, rules, (market, given) => {
    for (const { at, targets, departures } of run(market, given).decisions) {
      for (const { readingAt, knownAt } of [...targets, ...departures]) {
        assert(readingAt !== null && knownAt !== null && readingAt <= knownAt && knownAt <= at);
      }
    }
  }));
});

/** What was decided, without how it came out. */
function choiceOf({ at, kind, reason, targets, departures, eligible, excluded }: Decision) {
  const seen = targets.map(({ poolId, source, readingAt, knownAt, score, rank, netApy }) => ({
    ...{ poolId, source, readingAt, knownAt, score, rank, netApy },
  }));
  return { at, kind, reason, seen, departures, eligible, excluded };
}

/** Every decision up to a day, of which the last may wait to be carried out. */
function decidedBy(market: readonly (readonly Day[])[], { at, given }: {
  readonly at: number;
  readonly given: Parameters<typeof sampleConstraints>[0];
}) {
  return run(market, given).decisions.filter((decision) => decision.at <= sampleDay(at))
    .map(choiceOf);
}

const cut = fc.integer({ min: 1, max: DAYS - 2 });

Deno.test("simulateAutopilot() decides the same whatever is learned later", () => {
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
    assertEquals(decidedBy(changed, { at, given }), decidedBy(market, { at, given }));
  }));
});

Deno.test("simulateAutopilot() decides the same where the future is cut off", () => {
  fc.assert(fc.property(pools, cut, rules, (market, at, given) => {
    const known = market.map((rows, index) =>
      dailyPool(`p${index}`, readingsOf(rows).filter((row) => row.ingestedAt <= sampleDay(at)))
    );
    const { decisions } = simulateAutopilot(known, constraintsOf(given));
    const told = decisions.filter((decision) => decision.at <= sampleDay(at)).map(choiceOf);
    assertEquals(told, decidedBy(market, { at, given }));
  }));
});

Deno.test("simulateAutopilot() chooses among sources by what was known by then alone", () => {
  const twice = fc.array(fc.tuple(pools, pools), { minLength: 1, maxLength: 2 });
  const sourced = (market: readonly (readonly (readonly Day[])[])[], until: number) =>
    market.map((sources, index) =>
      sources.map((rows, source) => ({
        name: `s${source}`,
        history: dailyPool(
          `p${index}`,
          readingsOf(rows).filter(({ ingestedAt }) => ingestedAt <= until),
        ),
      }))
    );
  fc.assert(fc.property(twice, cut, rules, (pairs, at, given) => {
    const market = pairs.map((pair) => pair.flatMap((sources) => sources.slice(0, 2)));
    const told = (until: number) =>
      simulateSources(sourced(market, until), constraintsOf(given)).decisions
        .filter((decision) => decision.at <= sampleDay(at)).map(choiceOf);
    assertEquals(told(sampleDay(at)), told(Infinity));
  }));
});

Deno.test("simulateAutopilot() tells the gain in parts that add up to it", () => {
  fc.assert(fc.property(pools, rules, (market, given) => {
    const { gain, valuesUsd, costUsd, decisions } = run(market, { ...given, gasUsd: 3 });
    const { promisedUsd, driftUsd, feesUsd, gasUsd, penaltiesUsd } = gain;
    assertClose(costUsd, feesUsd + gasUsd + penaltiesUsd);
    assertClose((valuesUsd.at(-1) ?? 0) - 1_000, promisedUsd + driftUsd - costUsd, 1e-8);
    const traded = decisions.reduce((sum, { turnoverUsd }) => sum + turnoverUsd, 0);
    assertClose(feesUsd, traded * given.feeBps / 10_000, 1e-8);
  }));
});

Deno.test("simulateAutopilot() says the same twice, and values nothing below 0", () => {
  fc.assert(fc.property(pools, rules, (market, given) => {
    const first = run(market, given);
    assertEquals(run(market, given), first);
    assert(first.valuesUsd.every((value) => Number.isFinite(value) && value >= 0));
  }));
});
