import { intervalOf, readingOf } from "@/routes/scores/(_components)/honesty_reading.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";

const CASES = [
  { correlation: 0.05, standardError: 0.02, reading: "weak, the same way" },
  { correlation: -0.05, standardError: 0.02, reading: "weak, the other way" },
  { correlation: 0.05, standardError: 0.05, reading: "no relation seen" },
  { correlation: 0, standardError: 0.01, reading: "no relation seen" },
  { correlation: null, standardError: null, reading: "not measured" },
  { correlation: 0.3, standardError: null, reading: "not measured" },
];
for (const { correlation, standardError, reading } of CASES) {
  Deno.test(`readingOf() ${correlation} with an error of ${standardError} is: ${reading}`, () => {
    assertEquals(readingOf({ correlation, standardError }), reading);
  });
}

Deno.test("intervalOf() reaches 1.96 standard errors to either side and not beyond 1", () => {
  const [low = NaN, high = NaN] = intervalOf({ correlation: 0.1, standardError: 0.05 }) ?? [];
  assertClose(low, 0.002, 1e-12);
  assertClose(high, 0.198, 1e-12);
  const wide = intervalOf({ correlation: 0.9, standardError: 0.1 });
  assert(wide !== null);
  assertEquals(wide[1], 1);
});
