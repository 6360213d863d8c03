import { changeRatio, finiteOrNull, nanIfNull } from "@/services/kernel/numbers.ts";
import { assertEquals } from "@/tests/assert.ts";

const finites: { given: number | null | undefined; expected: number | null }[] = [
  { given: 0, expected: 0 },
  { given: -1.5, expected: -1.5 },
  { given: NaN, expected: null },
  { given: Infinity, expected: null },
  { given: -Infinity, expected: null },
  { given: null, expected: null },
  { given: undefined, expected: null },
];
for (const { given, expected } of finites) {
  Deno.test(`finiteOrNull() of ${given} is ${expected}`, () => {
    assertEquals(finiteOrNull(given), expected);
  });
}

Deno.test("nanIfNull() turns absence into NaN and keeps zero", () => {
  assertEquals([nanIfNull(null), nanIfNull(undefined), nanIfNull(0)], [NaN, NaN, 0]);
});

const changes: { from: number | null; to: number | null; expected: number | null }[] = [
  { from: 100, to: 150, expected: 0.5 },
  { from: 100, to: 0, expected: -1 },
  { from: 0, to: 5, expected: null },
  { from: -1, to: 5, expected: null },
  { from: NaN, to: 5, expected: null },
  { from: 5, to: NaN, expected: null },
  { from: null, to: 5, expected: null },
  { from: 5, to: null, expected: null },
  { from: 5e-324, to: 1e308, expected: null },
];
for (const { from, to, expected } of changes) {
  Deno.test(`changeRatio() from ${from} to ${to} is ${expected}`, () => {
    assertEquals(changeRatio(from, to), expected);
  });
}
