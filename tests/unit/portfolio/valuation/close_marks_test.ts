import { assertEquals } from "@/tests/assert.ts";
import { DAY_MS, HOUR_MS, utcMsOf } from "@/services/kernel/time.ts";
import type { AssetId, FilledSeries, Interval, TrackedSeries } from "@/services/market/mod.ts";
import { closeMarksOf, closesChangedFrom } from "@/services/portfolio/valuation/close_marks.ts";

function series(
  seriesId: number,
  { version = 1, changes = "", interval = "1d" as Interval, first = 10 * DAY_MS } = {},
): TrackedSeries & FilledSeries {
  return {
    ...{ seriesId, version, changes, interval, source: "s", assetId: "bitcoin" as AssetId },
    ...{ rows: 1, updatedAt: utcMsOf(0) },
    firstOpenTime: utcMsOf(first),
    lastOpenTime: utcMsOf(first),
  };
}

const cases = [
  { name: "nothing where nothing changed", now: [series(1)], from: null },
  {
    name: "the end of the first candle that changed",
    now: [series(1, { version: 2, changes: `2:${20 * DAY_MS}` })],
    from: 21 * DAY_MS,
  },
  {
    name: "the end of the first candle of a series that came",
    now: [series(1), series(2, { interval: "1h", first: 30 * DAY_MS })],
    from: 30 * DAY_MS + HOUR_MS,
  },
  { name: "the end of the first candle of a series that went", now: [], from: 11 * DAY_MS },
];
for (const { name, now, from } of cases) {
  Deno.test(`closesChangedFrom() tells ${name}`, () => {
    assertEquals(closesChangedFrom(closeMarksOf([series(1)]), now), from);
  });
}
