import fc from "fast-check";
import { assert, assertEquals } from "@/tests/assert.ts";
import { barGrid, onGrid, usualBarMs } from "@/components/charts/line_grid.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@/services/kernel/time.ts";

const DAY = Date.UTC(2026, 3, 1);

Deno.test("usualBarMs() is the round length nearest to what lies between most readings", () => {
  assertEquals(usualBarMs([]), DAY_MS);
  assertEquals(usualBarMs([DAY]), DAY_MS);
  assertEquals(usualBarMs([0, 59_000, 121_000, 179_000]), MINUTE_MS);
  assertEquals(usualBarMs([0, 6.2 * HOUR_MS, 12.1 * HOUR_MS]), 6 * HOUR_MS);
});

Deno.test("usualBarMs() counts time, not readings: a burst of seconds stays in its day", () => {
  const days = Array.from({ length: 30 }, (_, day) => DAY + day * DAY_MS);
  const seconds = Array.from({ length: 600 }, (_, second) => DAY + 30 * DAY_MS + second * 1_000);
  assertEquals(usualBarMs([...days, ...seconds]), DAY_MS);
});

Deno.test("usualBarMs() widens the bars of readings that would be too many to draw", () => {
  const year = Array.from({ length: 40_000 }, (_, at) => DAY + at * MINUTE_MS);
  assertEquals(usualBarMs(year), 5 * MINUTE_MS);
});

Deno.test("barGrid() keeps readings around midnight in bars of their own", () => {
  const late = [0, 1, 2, 3].map((day) => DAY + day * DAY_MS - MINUTE_MS);
  const times = late.map((at, day) => at + (day % 2) * 2 * MINUTE_MS);
  const grid = barGrid(times, { barMs: DAY_MS });
  assertEquals([...grid.bars], [0, 1, 2, 3]);
  assertEquals(grid.length, 4);
});

Deno.test("barGrid() starts bars at round times, and a missing reading leaves its bar empty", () => {
  const times = [0, 1, 3].map((day) => DAY + day * DAY_MS + 31 * MINUTE_MS);
  const grid = barGrid(times);
  assertEquals([grid.from, grid.barMs, grid.length], [DAY, DAY_MS, 4]);
  assertEquals([...onGrid([1, 2, 4], grid)], [1, 2, NaN, 4]);
});

Deno.test("onGrid() takes the last value that is known of a bar", () => {
  const grid = barGrid([DAY, DAY + HOUR_MS, DAY + 2 * HOUR_MS], { barMs: DAY_MS });
  assertEquals([...onGrid([1, 2, NaN], grid)], [2]);
  assertEquals([...onGrid([], grid)], [NaN]);
});

Deno.test("barGrid() of no readings has no bars; of readings too far apart it is refused", () => {
  assertEquals(barGrid([]).length, 0);
  let refusal: unknown = null;
  try {
    barGrid([0, 200_000 * DAY_MS], { barMs: DAY_MS });
  } catch (error) {
    refusal = error;
  }
  assert(refusal instanceof RangeError);
});

Deno.test("barGrid() gives steady readings a bar each, whatever the time of day they come at", () => {
  const phases = fc.integer({ min: 0, max: DAY_MS - 1 });
  const jitters = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 40 });
  fc.assert(fc.property(phases, jitters, (phase, minutes) => {
    const times = minutes.map((late, day) => DAY + day * DAY_MS + phase + late * MINUTE_MS);
    const grid = barGrid(times, { barMs: DAY_MS });
    assertEquals([...grid.bars], times.map((_, at) => at));
  }));
});
