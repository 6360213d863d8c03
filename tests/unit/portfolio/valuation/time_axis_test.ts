import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { resolutionAt, timeAxis } from "@/services/portfolio/valuation/time_axis.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";

Deno.test("timeAxis() takes ascending times up to the present, in parts of one resolution", () => {
  const now = utcMsOf(1_000 * DAY_MS + 1);
  const times = [now - 200 * DAY_MS, now - 100 * DAY_MS, now - 2 * DAY_MS, now - 1, now];
  const axis = timeAxis(times, { now });
  assertEquals(axis.parts, [
    { resolution: "1d", start: 0, end: 2 },
    { resolution: "1h", start: 2, end: 3 },
    { resolution: "5m", start: 3, end: 5 },
  ]);
  assertEquals(times.map((_, index) => resolutionAt(axis, index)), ["1d", "1d", "1h", "5m", "5m"]);
  assertEquals([...axis.ends].map((end) => end % DAY_MS), [0, 0, 0, 0, 0]);
  assertEquals(timeAxis([], { now }).parts, []);
  for (const wrong of [[2, 1], [NaN], [now + 1]]) {
    assertThrows(() => timeAxis(wrong, { now }), { type: RangeError });
  }
  assertThrows(() => resolutionAt(axis, 5), { type: RangeError });
});
