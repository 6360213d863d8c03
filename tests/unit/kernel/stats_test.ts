import fc from "fast-check";
import {
  mean,
  populationDeviation,
  regressionSlope,
  sampleDeviation,
} from "@/services/kernel/stats.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";

const means: { name: string; values: number[]; expected: number | null }[] = [
  { name: "no values", values: [], expected: null },
  { name: "one value", values: [7], expected: 7 },
  { name: "three values", values: [1, 2, 6], expected: 3 },
  { name: "values that swallow each other", values: [1, 1e100, 1, -1e100], expected: 0.5 },
  { name: "ten tenths", values: Array(10).fill(0.1), expected: 0.1 },
];
for (const { name, values, expected } of means) {
  Deno.test(`mean() of ${name} is ${expected}`, () => {
    assertEquals(mean(Float64Array.from(values)), expected);
  });
}

const deviations: { name: string; values: number[]; expected: number | null }[] = [
  { name: "no values", values: [], expected: null },
  { name: "one value", values: [7], expected: null },
  { name: "equal values", values: [0.1, 0.1, 0.1], expected: 0 },
  // Mean 5; squares 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 7.
  { name: "eight values", values: [2, 4, 4, 4, 5, 5, 7, 9], expected: Math.sqrt(32 / 7) },
  // Deviations -1, 0, 1 around 1e15 + 1: the mean's square would lose them.
  { name: "values far from zero", values: [1e15, 1e15 + 1, 1e15 + 2], expected: 1 },
];
for (const { name, values, expected } of deviations) {
  Deno.test(`sampleDeviation() of ${name} is ${expected}`, () => {
    const actual = sampleDeviation(Float64Array.from(values));
    if (expected === null) assertEquals(actual, null);
    else assertClose(actual, expected, 1e-15);
  });
}

Deno.test("sampleDeviation() does not change when all values move", () => {
  const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), {
    minLength: 2,
    maxLength: 50,
  });
  fc.assert(fc.property(values, fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (given, shift) => {
    const moved = sampleDeviation(Float64Array.from(given, (value) => value + shift));
    const original = sampleDeviation(Float64Array.from(given));
    assert(original !== null);
    assertClose(moved, original, 1e-12);
  }));
});

Deno.test("populationDeviation() divides by all values", () => {
  assertEquals(populationDeviation(new Float64Array()), null);
  assertEquals(populationDeviation(new Float64Array([7])), 0);
  assertEquals(populationDeviation(new Float64Array([0.1, 0.1, 0.1])), 0);
  // Mean 5, squares 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 8.
  assertClose(populationDeviation(new Float64Array([2, 4, 4, 4, 5, 5, 7, 9])), 2, 1e-15);
});

const slopes: { name: string; values: number[]; factor: number[]; expected: number | null }[] = [
  { name: "no pairs", values: [], factor: [], expected: null },
  { name: "one pair", values: [1], factor: [2], expected: null },
  { name: "a factor that never moves", values: [1, 2, 3], factor: [0.1, 0.1, 0.1], expected: null },
  { name: "a line", values: [5, 7, 9], factor: [1, 2, 3], expected: 2 },
  { name: "a falling line", values: [3, 2, 1], factor: [10, 20, 30], expected: -0.1 },
  // Factor deviates by -1, 0, 1, the values by -2, 1, 1: covariance 3 over variance 2.
  { name: "scattered points", values: [1, 4, 4], factor: [1, 2, 3], expected: 1.5 },
];
for (const { name, values, factor, expected } of slopes) {
  Deno.test(`regressionSlope() of ${name} is ${expected}`, () => {
    const actual = regressionSlope(Float64Array.from(values), Float64Array.from(factor));
    if (expected === null) assertEquals(actual, null);
    else assertClose(actual, expected, 1e-15);
  });
}

Deno.test("regressionSlope() refuses columns of unequal length", () => {
  assertThrows(() => regressionSlope(new Float64Array(2), new Float64Array(3)), {
    type: RangeError,
    pattern: /^Cannot pair 2 values with 3/,
  });
});
