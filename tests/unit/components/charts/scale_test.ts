import fc from "fast-check";
import {
  extentOf,
  linePath,
  niceTicks,
  position,
  shortLinePath,
} from "@/components/charts/scale.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const X = { from: 0, to: 3, start: 0, end: 30 };
const Y = { from: 0, to: 10, start: 20, end: 0 };

Deno.test("position() maps a domain to pixels, and a point domain to the middle", () => {
  assertEquals(position(Y, 5), 10);
  assertEquals(position(Y, 0), 20);
  assertEquals(position({ from: 4, to: 4, start: 0, end: 20 }, 4), 10);
});

Deno.test("extentOf() ignores what is missing", () => {
  assertEquals(extentOf([null, 3, -1, NaN]), [-1, 3]);
  assertEquals(extentOf([null]), null);
});

Deno.test("niceTicks() are round and inside the domain", () => {
  assertEquals(niceTicks([-10, 10], 4), [-10, -5, 0, 5, 10]);
  assertEquals(niceTicks([0, 0.3], 3), [0, 0.1, 0.2, 0.3]);
  assertEquals(niceTicks([5, 5], 4), []);
});

Deno.test("linePath() lifts the pen at a missing value", () => {
  assertEquals(linePath([0, null, 5, 10], { x: X, y: Y }), "M0 20M20 10L30 0");
});

Deno.test("shortLinePath() draws the same points in steps", () => {
  assertEquals(shortLinePath([0, 5, null, 10], { x: X, y: Y }), "M0 20l10-10M30 0");
});

Deno.test("shortLinePath() never drifts from the rounded points", () => {
  const values = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), {
    minLength: 2,
    maxLength: 90,
  });
  fc.assert(fc.property(values, (series) => {
    const x = { ...X, to: series.length - 1 };
    const steps = shortLinePath(series, { x, y: Y }).match(/-?[\d.]+/g)?.map(Number) ?? [];
    const sumOf = (part: 0 | 1) =>
      steps.reduce((sum, step, at) => at % 2 === part ? sum + step : sum, 0);
    assert(Math.abs(sumOf(0) - 30) < 1e-6);
    assert(Math.abs(sumOf(1) - position(Y, series.at(-1) ?? 0)) <= 0.05 + 1e-6);
  }));
});
