import fc from "fast-check";
import { breadthLimit, breadthMarks } from "@/components/charts/Breadth.tsx";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";

Deno.test("breadthLimit() is at least 2 % and covers what is common", () => {
  assertEquals(breadthLimit([]), 0.02);
  assertEquals(breadthLimit([0.001, -0.002]), 0.02);
  assertEquals(Math.round(breadthLimit([0.1, -0.05]) * 1e6), 110_000);
});

Deno.test("breadthLimit() is not flattened by one runaway in fifty", () => {
  const changes = [...Array.from({ length: 49 }, () => 0.05), 9];
  assert(breadthLimit(changes) < 0.06);
});

Deno.test("breadthMarks() stands a change beyond the axis at its end", () => {
  const [far, near] = breadthMarks([
    { label: "FAR", change: 5 },
    { label: "ZERO", change: 0 },
  ], 0.1);
  assertClose(far?.share, 0.95);
  assertClose(near?.share, 0.5);
});

Deno.test("breadthMarks() gives the first of two at one place the row nearest to the axis", () => {
  const [first, second] = breadthMarks([
    { label: "ONE", change: 0.01 },
    { label: "TWO", change: 0.01 },
  ], 0.1);
  assertEquals([first?.label, first?.row], ["ONE", 0]);
  assertEquals([second?.label, second?.row], ["TWO", 1]);
});

Deno.test("breadthMarks() keeps every asset and never overlaps two labels of a row", () => {
  const items = fc.array(
    fc.record({
      label: fc.stringMatching(/^[A-Z]{2,6}$/),
      change: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
    }),
    { maxLength: 60 },
  );
  fc.assert(fc.property(items, (given) => {
    const marks = breadthMarks(given, 0.1);
    assertEquals(marks.length, given.length);
    for (const [at, a] of marks.entries()) {
      for (const b of marks.slice(at + 1)) {
        if (a.row === null || a.row !== b.row) continue;
        const gap = Math.abs(a.share - b.share) * 300;
        assert(gap > (a.label.length + b.label.length) / 2 * 7, `${a.label} and ${b.label}`);
      }
    }
  }));
});
