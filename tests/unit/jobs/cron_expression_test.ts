import fc from "fast-check";
import { latestCronMinute, parseCron } from "@/jobs/cron_expression.ts";
import { DAY_MS, MINUTE_MS, parseUtcMs, type UtcMs, utcMsOf } from "@/services/kernel/time.ts";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";

function at(text: string): UtcMs {
  const instant = parseUtcMs(text);
  assert(instant !== null, text);
  return instant;
}

// 2026-11-21 is a Saturday.
const cases: readonly { expression: string; now: string; expected: string | null }[] = [
  { expression: "* * * * *", now: "2026-11-21T10:07:59Z", expected: "2026-11-21T10:07:00Z" },
  { expression: "20 3 * * *", now: "2026-11-21T03:20:00Z", expected: "2026-11-21T03:20:00Z" },
  { expression: "20 3 * * *", now: "2026-11-21T03:19:59Z", expected: "2026-11-20T03:20:00Z" },
  { expression: "*/15 * * * *", now: "2026-11-21T10:44:00Z", expected: "2026-11-21T10:30:00Z" },
  { expression: "5/20 * * * *", now: "2026-11-21T10:44:00Z", expected: "2026-11-21T10:25:00Z" },
  { expression: "0 9-17/4 * * *", now: "2026-11-21T16:00:00Z", expected: "2026-11-21T13:00:00Z" },
  { expression: "1,31 0 * * *", now: "2026-11-21T00:30:00Z", expected: "2026-11-21T00:01:00Z" },
  { expression: "0 0 * * 6", now: "2026-11-21T12:00:00Z", expected: "2026-11-21T00:00:00Z" },
  { expression: "0 0 * * 7", now: "2026-11-22T12:00:00Z", expected: "2026-11-22T00:00:00Z" },
  { expression: "0 0 * * 0", now: "2026-11-22T12:00:00Z", expected: "2026-11-22T00:00:00Z" },
  { expression: "0 0 * * 1-5", now: "2026-11-21T12:00:00Z", expected: null },
  { expression: "0 0 1 * *", now: "2026-11-21T12:00:00Z", expected: null },
  { expression: "0 0 1 * 6", now: "2026-11-21T12:00:00Z", expected: "2026-11-21T00:00:00Z" },
  { expression: "0 0 29 2 *", now: "2028-02-29T23:59:59Z", expected: "2028-02-29T00:00:00Z" },
];
for (const { expression, now, expected } of cases) {
  Deno.test(`latestCronMinute() of "${expression}" at ${now} is ${expected}`, () => {
    const latest = latestCronMinute(parseCron(expression), at(now));
    assertEquals(latest, expected === null ? null : at(expected));
  });
}

Deno.test("latestCronMinute() is a whole minute that began within the day before", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: DAY_MS, max: 4e12 }),
    (minute, hour, now) => {
      const latest = latestCronMinute(parseCron(`${minute} ${hour} * * *`), utcMsOf(now));
      assert(latest !== null);
      assertEquals(latest % MINUTE_MS, 0);
      assert(latest <= now && now - latest < DAY_MS);
      assertEquals([new Date(latest).getUTCHours(), new Date(latest).getUTCMinutes()], [
        hour,
        minute,
      ]);
    },
  ));
});

const bad = [
  "",
  "* * * *",
  "* * * * * *",
  "60 * * * *",
  "* 24 * * *",
  "* * 0 * *",
  "* * * 13 *",
  "* * * * 8",
  "5-1 * * * *",
  "*/0 * * * *",
  "-1 * * * *",
  "1, * * * *",
  "MON * * * *",
  "1.5 * * * *",
];
for (const expression of bad) {
  Deno.test(`parseCron() refuses "${expression}"`, () => {
    assertThrows(() => parseCron(expression), { type: RangeError });
  });
}
