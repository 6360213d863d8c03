import fc from "fast-check";
import { waterfallSteps } from "@/components/charts/waterfall_steps.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";

const LABELS = { start: 50, startLabel: "Neutral start", endLabel: "Score" };
const part = (value: number, at = 0) => ({ key: `part-${at}`, label: `Part ${at}`, value });

Deno.test("waterfallSteps() leads from the start over the parts to their sum", () => {
  const steps = waterfallSteps([part(30, 0), part(-20, 1)], LABELS);
  assertEquals(steps.map(({ label, value }) => [label, value]), [
    ["Neutral start", 50],
    ["Part 0", 30],
    ["Part 1", -20],
    ["Score", 60],
  ]);
  // The axis goes from 0 to 80, the largest sum on the way.
  assertEquals(steps.map(({ left, width, to }) => [left, width, to]), [
    [0, 62.5, 62.5],
    [62.5, 37.5, 100],
    [75, 25, 75],
    [0, 75, 75],
  ]);
});

Deno.test("waterfallSteps() has room below 0 where a sum goes there", () => {
  const [first, second, last] = waterfallSteps([part(-100)], LABELS);
  assertEquals([first?.left, first?.width], [50, 50]);
  assertEquals([second?.left, second?.width], [0, 100]);
  assertEquals([last?.left, last?.width, last?.value], [0, 50, -50]);
});

Deno.test("waterfallSteps() of no parts is the start twice", () => {
  assertEquals(waterfallSteps([], LABELS).map(({ value }) => value), [50, 50]);
});

Deno.test("waterfallSteps() stays on its axis and begins each part where the last one ended", () => {
  const parts = fc.array(fc.double({ min: -40, max: 40, noNaN: true }), { maxLength: 8 });
  fc.assert(fc.property(parts, (values) => {
    const steps = waterfallSteps(values.map(part), LABELS);
    for (const [at, { kind, left, width, to, value }] of steps.entries()) {
      assert(left >= -1e-9 && left + width <= 100 + 1e-9);
      const before = steps[at - 1];
      if (kind !== "part" || before === undefined) continue;
      assertClose(value >= 0 ? left : left + width, before.to, 1e-9);
      assertClose(value >= 0 ? left + width : left, to, 1e-9);
    }
  }));
});
