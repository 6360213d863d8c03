import fc from "fast-check";
import { gaugeLines, gaugeSpan, withReading } from "@/components/gauges/gauge_lines.ts";
import { HOUR_MS, MINUTE_MS } from "@/services/kernel/time.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const START = Date.UTC(2026, 0, 1);
const LINES = { lines: [{ key: "fast", label: "Fast" }], unit: "gwei", resolution: "1m" } as const;
const reading = (minute: number, fast: number | null = minute, lateMs = 0) => ({
  t: START + minute * MINUTE_MS + lateMs,
  values: { fast },
});
const valuesOf = (set: ReturnType<typeof gaugeLines>) => set.lines[0]?.values;

Deno.test("gaugeLines() leaves a minute that was missed as a gap, however late readings come", () => {
  const set = gaugeLines([reading(0, 1, 500), reading(1, 2, 900), reading(3, 4, 700)], LINES);
  assertEquals([set.stepMs, set.length], [MINUTE_MS, 4]);
  assertEquals(valuesOf(set), [1, 2, null, 4]);
});

Deno.test("gaugeLines() draws hours as hours", () => {
  const hours = [0, 1, 2].map((hour) => ({ t: START + hour * HOUR_MS, values: { fast: hour } }));
  const set = gaugeLines(hours, { ...LINES, resolution: "1h" });
  assertEquals([set.stepMs, set.from], [HOUR_MS, START]);
  assertEquals(valuesOf(set), [0, 1, 2]);
});

Deno.test("gaugeLines() shows as a gap what was not read since", () => {
  const set = gaugeLines([reading(0), reading(1)], { ...LINES, until: reading(4).t + 20_000 });
  assertEquals(valuesOf(set), [0, 1, null, null, null]);
  assertEquals(gaugeLines([reading(0), reading(1)], { ...LINES, until: START }).length, 2);
});

const SET = gaugeLines([0, 1, 2].map((minute) => reading(minute)), LINES);

Deno.test("withReading() moves on by a bar and forgets the oldest", () => {
  const next = withReading(SET, reading(3));
  assertEquals([next.from, next.length], [START + MINUTE_MS, 3]);
  assertEquals(valuesOf(next), [1, 2, 3]);
});

Deno.test("withReading() leaves minutes that were missed as gaps", () => {
  assertEquals(valuesOf(withReading(SET, reading(4))), [2, null, 4]);
  const later = withReading(SET, reading(1_000));
  assertEquals(valuesOf(later), [null, null, 1_000]);
  assertEquals(later.from, START + 998 * MINUTE_MS);
});

Deno.test("withReading() puts a reading of the last bar in its place, and takes no older one", () => {
  assertEquals(valuesOf(withReading(SET, reading(2, 9, 20_000))), [0, 1, 9]);
  assertEquals(withReading(SET, reading(1, 9)), SET);
  assertEquals(valuesOf(withReading(SET, reading(3, null))), [1, 2, null]);
});

Deno.test("withReading() ends at the newest reading, whatever comes", () => {
  const minutes = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(minutes, (given) => {
    const set = given.reduce((before, minute) => withReading(before, reading(minute)), SET);
    const newest = Math.max(2, ...given);
    assertEquals(set.length, 3);
    assertEquals(set.from + 2 * set.stepMs, START + newest * MINUTE_MS);
    assertEquals(valuesOf(set)?.at(-1), newest);
  }));
});

Deno.test("gaugeSpan() gives newest, least, median and most of what is known", () => {
  const readings = [4, null, 1, 3, 2].map((fast, minute) => reading(minute, fast));
  assertEquals(gaugeSpan(readings, "fast"), { last: 2, least: 1, median: 2.5, most: 4 });
  assertEquals(gaugeSpan([reading(0, 7)], "fast"), { last: 7, least: 7, median: 7, most: 7 });
  assert(gaugeSpan([reading(0, null)], "fast") === null);
  assert(gaugeSpan([], "fast") === null);
});
