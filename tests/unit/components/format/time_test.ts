import {
  formatAgo,
  formatDay,
  formatLocal,
  formatMonthTick,
  formatPeriod,
  formatSpan,
  formatUtc,
  isoInstant,
} from "@/components/format/time.ts";
import { assertEquals } from "@/tests/assert.ts";

const AT = Date.UTC(2021, 6, 6, 23, 59, 12);

Deno.test("formatUtc() names the day, the minute and the zone", () => {
  assertEquals(formatUtc(AT), "6 Jul 2021 23:59 UTC");
  assertEquals(formatDay(AT), "6 Jul 2021");
});

const locals: readonly [number, string][] = [
  [0, "6 Jul 2021 23:59 UTC"],
  [120, "7 Jul 2021 01:59 UTC+2"],
  [330, "7 Jul 2021 05:29 UTC+5:30"],
  [-240, "6 Jul 2021 19:59 UTC\u22124"],
];
for (const [offset, expected] of locals) {
  Deno.test(`formatLocal() at ${offset} minutes from UTC is ${expected}`, () => {
    assertEquals(formatLocal(AT, offset), expected);
  });
}

const spans: readonly [number, string][] = [
  [-5, "0 s"],
  [12_900, "12 s"],
  [60_000, "1 min"],
  [3_599_999, "59 min"],
  [3_600_000, "1 h"],
  [47 * 3_600_000, "47 h"],
  [48 * 3_600_000, "2 d"],
  [729 * 86_400_000, "729 d"],
  [730 * 86_400_000, "2 y"],
];
for (const [span, expected] of spans) {
  Deno.test(`formatSpan() of ${span} ms is ${expected}`, () => {
    assertEquals(formatSpan(span), expected);
  });
}

Deno.test("formatAgo() is relative under an hour only", () => {
  assertEquals(formatAgo(AT, AT + 12_000), "12 s ago");
  assertEquals(formatAgo(AT, AT + 3_599_000), "59 min ago");
  assertEquals(formatAgo(AT, AT + 3_600_000), null);
  assertEquals(formatAgo(AT, AT - 60_000), null);
});

Deno.test("formatMonthTick() shows the year in January", () => {
  assertEquals(formatMonthTick(Date.UTC(2021, 0, 1)), "2021");
  assertEquals(formatMonthTick(Date.UTC(2021, 1, 1)), "Feb");
});

Deno.test("isoInstant() is what a datetime attribute takes", () => {
  assertEquals(isoInstant(AT), "2021-07-06T23:59:12Z");
});

Deno.test("formatPeriod() sets the unit apart, and leaves what is no period alone", () => {
  assertEquals(["24h", "90d", "1y", "all"].map(formatPeriod), ["24 h", "90 d", "1 y", "all"]);
});
