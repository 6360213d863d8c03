import fc from "fast-check";
import { type IntervalPart, intervalSteps, type Span } from "@/components/charts/interval_steps.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";

const END = { endLabel: "Net", endWords: "What is left" };

function part(key: string, range: Span): IntervalPart {
  return { key, label: key, range, words: "" };
}

Deno.test("intervalSteps() of known parts are bars from the sum before to the sum after", () => {
  const steps = intervalSteps([part("base", [8, 8]), part("gas", [-2, -2])], END);
  assertEquals(steps.map(({ sure }) => sure), [
    { left: 0, width: 100 },
    { left: 75, width: 25 },
    { left: 0, width: 75 },
  ]);
  assertEquals(steps.map(({ maybe }) => maybe), [null, null, null]);
  assertEquals(steps.at(-1)?.range, [6, 6]);
});

Deno.test("intervalSteps() fill what is sure and outline what may be", () => {
  const [base, past, end] = intervalSteps([part("base", [10, 10]), part("past", [-8, 0])], END);
  assertEquals(base?.maybe, null);
  assertEquals(past?.sure.width, 0);
  assertEquals(past?.maybe, { left: 20, width: 80 });
  assertEquals(end?.sure, { left: 0, width: 20 });
  assertEquals(end?.maybe, { left: 20, width: 80 });
  assertEquals(end?.total, [2, 10]);
});

Deno.test("intervalSteps() of nothing is a sum of nothing", () => {
  const steps = intervalSteps([], END);
  assertEquals(steps.map(({ range }) => range), [[0, 0]]);
  assertEquals(steps[0]?.sure, { left: 0, width: 0 });
});

Deno.test("intervalSteps() stay on their axis and add up", () => {
  const value = fc.integer({ min: -100, max: 100 });
  const spans = fc.array(fc.tuple(value, value), { maxLength: 8 });
  fc.assert(fc.property(spans, (ranges) => {
    const parts = ranges.map(([a, b], at) => part(`${at}`, [Math.min(a, b), Math.max(a, b)]));
    const steps = intervalSteps(parts, END);
    for (const { sure, maybe } of steps) {
      for (const { left, width } of [sure, maybe ?? sure]) {
        assert(left >= -1e-9 && width >= 0 && left + width <= 100 + 1e-9, `${left} ${width}`);
      }
    }
    const least = parts.reduce((sum, { range }) => sum + range[0], 0);
    assertClose(steps.at(-1)?.range[0] ?? NaN, least);
  }));
});
