import fc from "fast-check";
import {
  combinePillars,
  contributionsOf,
  logarithmicMean,
  NEUTRAL,
  roundParts,
  roundScore,
} from "@/services/scores/combine.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";

const HALVES = [{ score: 80, weight: 0.5 }, { score: 20, weight: 0.5 }];

Deno.test("combinePillars() takes the weighted geometric mean", () => {
  // sqrt(80 * 20)
  assertClose(combinePillars(HALVES, "geometric"), 40);
});

Deno.test("combinePillars() takes the weighted arithmetic mean where the method says so", () => {
  assertEquals(combinePillars(HALVES, "arithmetic"), 50);
});

Deno.test("logarithmicMean() is (a - b) / ln(a / b)", () => {
  assertClose(logarithmicMean(80, 50), 30 / Math.log(1.6), 1e-12);
  assertEquals(logarithmicMean(50, 50), 50);
  // Between the geometric and the arithmetic mean, also where the two nearly touch.
  assertClose(logarithmicMean(50.000001, 50), 50.0000005, 1e-12);
});

Deno.test("contributionsOf() splits a geometric mean by its logarithms", () => {
  const pillars = [
    { score: 80, weight: 0.5, percentiles: [80] },
    { score: 20, weight: 0.5, percentiles: [10, 30] },
  ];
  const [[first = 0] = [], [second = 0, third = 0] = []] = contributionsOf(pillars, {
    score: 40,
    combine: "geometric",
  });
  // 0.5 L(40, 50) / L(80, 50) (80 - 50) = 0.5 * 44.8142 / 63.8295 * 30, and likewise.
  assertClose(first, 10.5314, 2e-4);
  assertClose(second, -13.6876, 2e-4);
  assertClose(third, -6.8438, 2e-4);
  assertEquals(NEUTRAL + first + second + third, 40);
});

const Pillars = fc.array(
  fc.record({
    weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
    percentiles: fc.array(fc.double({ min: 0.1, max: 99.9, noNaN: true }), {
      minLength: 1,
      maxLength: 6,
    }),
  }),
  { minLength: 1, maxLength: 6 },
).map((drafts) => {
  const total = drafts.reduce((sum, { weight }) => sum + weight, 0);
  return drafts.map(({ weight, percentiles }) => ({
    percentiles,
    weight: weight / total,
    score: percentiles.reduce((sum, value) => sum + value, 0) / percentiles.length,
  }));
});

for (const combine of ["geometric", "arithmetic"] as const) {
  Deno.test(`contributionsOf() adds up to the ${combine} score to the last bit`, () => {
    fc.assert(fc.property(Pillars, (pillars) => {
      const score = combinePillars(pillars, combine);
      const parts = contributionsOf(pillars, { score, combine }).flat();
      const sum = (values: readonly number[]) =>
        values.reduce((total, one) => total + one, NEUTRAL);
      assertEquals(sum(parts), roundScore(score));
      assertEquals(sum(parts.toReversed()), roundScore(score));
    }));
  });

  Deno.test(`contributionsOf() gives each part of the ${combine} score its sign`, () => {
    fc.assert(fc.property(Pillars, (pillars) => {
      const score = combinePillars(pillars, combine);
      contributionsOf(pillars, { score, combine }).forEach((parts, at) => {
        parts.forEach((part, metric) => {
          const above = (pillars[at]?.percentiles[metric] ?? 0) - NEUTRAL;
          assert(part * Math.sign(above) >= -1 / 1024, `${part} for ${above}`);
        });
      });
    }));
  });
}

Deno.test("roundParts() gives what is left over to the largest remainders", () => {
  const unit = 1 / 1024;
  assertEquals(roundParts([0.4 * unit, 0.7 * unit, 0.9 * unit], 2 * unit), [0, unit, unit]);
  assertEquals(roundParts([-0.5 * unit, -0.5 * unit], -unit), [0, -unit]);
  assertEquals(roundParts([], 0), []);
});
