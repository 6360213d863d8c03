import { loadMethods, parseMethod, reachOf, type ScoreMethod } from "@/services/scores/method.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";
import { sampleMethod } from "./panel_sample.ts";

const V1 = sampleMethod();

Deno.test("parseMethod() reads method v1 as its definition has it", () => {
  assertEquals(V1.combine, "geometric");
  assertEquals(V1.pillars.map(({ id, weight }) => [id, weight]), [
    ["liquidity", 0.2],
    ["market", 0.15],
    ["risk", 0.25],
    ["network", 0.2],
    ["supply", 0.1],
    ["sentiment", 0.1],
  ]);
  const { min_daily_candles, volume_days, min_median_volume_usd } = V1.universe;
  assertEquals([min_daily_candles, volume_days, min_median_volume_usd], [90, 30, 1_000_000]);
  assertEquals(V1.uncertainty.draws, 200);
});

Deno.test("parseMethod() reads the signal profile, which is data alone", () => {
  assertEquals(sampleMethod("signal").combine, "arithmetic");
});

const [first, ...others] = V1.pillars;
const broken: readonly { name: string; method: Partial<ScoreMethod>; pattern: RegExp }[] = [
  {
    name: "weights that do not add up to 1",
    method: { pillars: others },
    pattern: /the weights add up to 0\.8/,
  },
  {
    name: "a metric that comes twice",
    method: {
      pillars: first
        ? [{ ...first, metrics: [...first.metrics, ...first.metrics] }, ...others]
        : [],
    },
    pattern: /two metrics have one id/,
  },
  {
    name: "letters that do not fall",
    method: { grades: { ...V1.grades, letters: V1.grades.letters.toReversed() } },
    pattern: /the grades do not fall/,
  },
  {
    name: "a band without width",
    method: { uncertainty: { ...V1.uncertainty, band: [0.5, 0.5] } },
    pattern: /the band has no width/,
  },
  {
    name: "a measure that does not exist",
    method: { pillars: [{ ...first, metrics: [{ measure: "luck" }] }] as never },
    pattern: /measure/,
  },
];
for (const { name, method, pattern } of broken) {
  Deno.test(`parseMethod() refuses ${name}`, () => {
    const text = JSON.stringify({ ...V1, ...method });
    assertThrows(() => parseMethod(text), { type: RangeError, pattern });
  });
}

Deno.test("parseMethod() refuses what is no JSON", () => {
  assertThrows(() => parseMethod("{"), { type: RangeError, pattern: /no JSON/ });
});

Deno.test("loadMethods() refuses two files of one version", () => {
  const text = JSON.stringify(V1);
  assertThrows(() => loadMethods([text, text]), { type: RangeError, pattern: /one version/ });
});

Deno.test("reachOf() is the longest window at its longest, and the day before", () => {
  // 200 days and a quarter, and one day for the first return.
  assertEquals(reachOf(V1), 251);
});
