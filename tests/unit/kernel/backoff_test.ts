import fc from "fast-check";
import { backoffMs } from "@/services/kernel/backoff.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";

const cases = [
  { attempt: 1, drawn: 0, expected: 0 },
  { attempt: 1, drawn: 0.5, expected: 500 },
  { attempt: 2, drawn: 0.5, expected: 1_000 },
  { attempt: 6, drawn: 0.5, expected: 16_000 },
  { attempt: 7, drawn: 0.5, expected: 30_000 },
  { attempt: 1_000, drawn: 0.999, expected: 59_940 },
];
for (const { attempt, drawn, expected } of cases) {
  Deno.test(`backoffMs() is ${expected} ms before try ${attempt} when ${drawn} is drawn`, () => {
    assertEquals(backoffMs({ attempt, random: () => drawn }), expected);
  });
}

Deno.test("backoffMs() keeps to its limits, whatever is drawn", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 100 }),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    (attempt, drawn) => {
      const delayMs = backoffMs({ attempt, random: () => drawn }, { baseMs: 10, capMs: 500 });
      assert(delayMs >= 0 && delayMs <= Math.min(500, 10 * 2 ** (attempt - 1)));
    },
  ));
});

Deno.test("backoffMs() refuses an attempt before the first", () => {
  assertThrows(() => backoffMs({ attempt: 0, random: () => 0 }), { type: RangeError });
});
