import {
  changeRatio,
  finiteOrNull,
  nanIfNull,
  percentDecimals,
} from "@/services/kernel/numbers.ts";
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

const RANGES = [
  { range: [0.032, 0.0375], decimals: 2 },
  { range: [0.03231, 0.03234], decimals: 3 },
  { range: [-0.000_004, 0], decimals: 4 },
  { range: [0.04, 0.04 + 1e-12], decimals: 2 },
  { range: [-1e-12, 1e-12], decimals: 2 },
] as const;
for (const { range, decimals } of RANGES) {
  Deno.test(`percentDecimals() tells ${range[0]} and ${range[1]} apart by ${decimals} decimals`, () => {
    assertEquals(percentDecimals(range), decimals);
  });
}
