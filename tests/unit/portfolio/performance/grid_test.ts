import { assertEquals } from "@/tests/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@/services/kernel/time.ts";
import {
  bucketBegin,
  bucketOf,
  gridBetween,
  gridFrom,
  gridWithTail,
  shownBuckets,
} from "@/services/portfolio/performance/grid.ts";
import { instant } from "./ledger.ts";

const FROM = instant("2025-03-29T12:00:00Z");
const UNTIL = instant("2025-03-31T02:12:00Z");

Deno.test("gridWithTail() goes on in hours and five minutes where a day is not over", () => {
  const { start, ends, whole } = gridWithTail("1d", { from: FROM, until: UNTIL });
  assertEquals(start, instant("2025-03-29"));
  assertEquals(whole, 2);
  assertEquals([...ends].map((end) => new Date(end).toISOString().slice(5, 16)), [
    ...["03-30T00:00", "03-31T00:00", "03-31T01:00", "03-31T02:00", "03-31T02:05", "03-31T02:10"],
  ]);
});

Deno.test("gridWithTail() has no tail at midnight, and none of five minutes", () => {
  const until = instant("2025-03-31");
  assertEquals(gridWithTail("1d", { from: FROM, until }), gridBetween("1d", { from: FROM, until }));
  const fine = { from: FROM, until: UNTIL };
  assertEquals(gridWithTail("5m", fine), gridBetween("5m", fine));
});

Deno.test("bucketOf() finds whole buckets and those of the tail, also of a part of a grid", () => {
  const grid = gridWithTail("1d", { from: FROM, until: UNTIL });
  const later = gridFrom(grid, 1);
  assertEquals([later.start, later.whole], [instant("2025-03-30"), 1]);
  const cases: readonly (readonly [string, number])[] = [
    ["2025-03-28T23:59:59Z", -1],
    ["2025-03-29T00:00:00Z", 0],
    ["2025-03-30T23:59:59Z", 1],
    ["2025-03-31T00:00:00Z", 2],
    ["2025-03-31T01:59:59Z", 3],
    ["2025-03-31T02:04:00Z", 4],
    ["2025-03-31T02:05:00Z", 5],
    ["2025-03-31T02:10:00Z", 6],
    ["2025-04-30T00:00:00Z", 6],
  ];
  for (const [at, bucket] of cases) {
    assertEquals([at, bucketOf(grid, instant(at))], [at, bucket]);
    assertEquals([at, bucketOf(later, instant(at))], [at, bucket < 1 ? -1 : bucket - 1]);
  }
  assertEquals(bucketBegin(grid, 2), instant("2025-03-31"));
});

Deno.test("a day of a change of clocks and 29 February are days of 24 hours like any other", () => {
  // Clocks in Europe go forward on 2025-03-30 and back on 2025-10-26.
  for (const day of ["2025-03-30", "2025-10-26", "2024-02-29", "2024-12-31"]) {
    const from = instant(day);
    const { ends } = gridBetween("1d", { from, until: instant(day.slice(0, 4) + "-12-31") });
    if (ends.length > 0) assertEquals(ends[0], from + DAY_MS);
    const hours = gridBetween("1h", { from, until: (from + DAY_MS) as typeof from });
    assertEquals([hours.ends.length, hours.ends[23]], [24, from + 24 * HOUR_MS]);
  }
});

Deno.test("shownBuckets() shows of a tail its end, and a tail alone as it is", () => {
  const grid = gridWithTail("1d", { from: FROM, until: UNTIL });
  assertEquals([...shownBuckets(grid, { from: 0, to: 5 })], [0, 1, 5]);
  assertEquals([...shownBuckets(grid, { from: 0, to: 1 })], [0, 1]);
  assertEquals([...shownBuckets(grid, { from: 1, to: 4 })], [1, 4]);
  assertEquals([...shownBuckets(grid, { from: 2, to: 4 })], [2, 3, 4]);
  assertEquals(grid.ends[5], UNTIL - 2 * MINUTE_MS);
});
