import { readSeries } from "@/components/charts/candles_data.ts";
import {
  lastBarTime,
  type LiveBar,
  type LiveOutcome,
  withLiveBar,
  withLivePart,
} from "@/components/charts/candles_live.ts";
import { packChart } from "@/components/charts/candles_view.ts";
import { HOUR_MS, MINUTE_MS } from "@/services/kernel/time.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

const START = Date.UTC(2026, 10, 21);

/** Bars at 0, 1 and 3 hours: the third bar of the chart comes after a gap. */
const DATA = packChart({
  interval: "1h",
  openTime: [START, START + HOUR_MS, START + 3 * HOUR_MS],
  open: [10, 11, 12],
  high: [15, 16, 17],
  low: [9, 8, 7],
  close: [11, 12, 13],
  volume: [1, 1, 1],
  volumeUsd: [100, 200, 300],
  lines: { "sma:2": [null, 11.5, 12.5] },
  isProvisional: true,
  rangeEnd: START + 6 * HOUR_MS,
});

function bar(openTime: number, fields: Partial<LiveBar> = {}): LiveBar {
  return {
    openTime,
    open: 12,
    high: 20,
    low: 6,
    close: 19,
    volume: 2,
    isProvisional: true,
    ...fields,
  };
}

function dataOf(outcome: LiveOutcome) {
  assert(outcome.kind === "changed" || outcome.kind === "appended");
  return outcome.data;
}

Deno.test("lastBarTime() counts the gaps in", () => {
  assertEquals(lastBarTime(DATA), START + 3 * HOUR_MS);
  assertEquals(lastBarTime({ ...DATA, close: [] }), null);
});

Deno.test("withLiveBar() moves the last bar and leaves the others", () => {
  const outcome = withLiveBar(DATA, bar(START + 3 * HOUR_MS, { isProvisional: false }));
  assertEquals(outcome.kind, "changed");
  const data = dataOf(outcome);
  assertEquals([data.open, data.high], [[10, 11, 12], [15, 16, 20]]);
  assertEquals([data.low, data.close], [[9, 8, 6], [11, 12, 19]]);
  assertEquals([data.volume, data.isVolumeEstimated], [[100, 200, 38], true]);
  assertEquals([data.isProvisional, data.tail], [false, DATA.tail]);
  assertEquals(DATA.close, [11, 12, 13], "The chart before stays as it was");
});

Deno.test("withLiveBar() begins the next bar, whose indicators are not known yet", () => {
  const outcome = withLiveBar(DATA, bar(START + 4 * HOUR_MS));
  assertEquals(outcome.kind, "appended");
  const data = dataOf(outcome);
  assertEquals(data.close, [11, 12, 13, 19]);
  assertEquals(data.indicators[0]?.lines["value"], [null, 11.5, 12.5, null]);
  assertEquals(data.tail, DATA.tail - 1);
  const series = readSeries(data);
  assertEquals([...series.slot], [0, 1, 3, 4]);
  assertEquals(lastBarTime(data), START + 4 * HOUR_MS);
});

const unplaced: { name: string; openTime: number }[] = [
  { name: "after a missed one", openTime: START + 5 * HOUR_MS },
  { name: "that is not the last", openTime: START + HOUR_MS },
  { name: "between two", openTime: START + 3 * HOUR_MS + MINUTE_MS },
];
for (const { name, openTime } of unplaced) {
  Deno.test(`withLiveBar() has no place for a bar ${name}`, () => {
    assertEquals(withLiveBar(DATA, bar(openTime)), { kind: "unplaced" });
  });
}

const SECOND = { open: 11, high: 16, low: 8, close: 12 };
const LAST = { open: 12, high: 17, low: 7, close: 13 };
const older: { name: string; bar: LiveBar; expected: string }[] = [
  { name: "knows a bar that it has", bar: bar(START + HOUR_MS, SECOND), expected: "known" },
  {
    name: "has to be read again for one that was mended",
    bar: bar(START + HOUR_MS, { ...SECOND, high: 16.5 }),
    expected: "unplaced",
  },
  {
    name: "has to be read again for one that fills a gap",
    bar: bar(START + 2 * HOUR_MS, SECOND),
    expected: "unplaced",
  },
  {
    name: "moves by its last bar as it is",
    bar: bar(START + 3 * HOUR_MS, LAST),
    expected: "changed",
  },
  { name: "begins after older bars", bar: bar(START - HOUR_MS), expected: "known" },
];
for (const { name, bar, expected } of older) {
  Deno.test(`withLiveBar() ${name}`, () => assertEquals(withLiveBar(DATA, bar).kind, expected));
}

Deno.test("withLivePart() leaves earlier parts to the next reading", () => {
  assertEquals(withLivePart(DATA, bar(START + HOUR_MS)), { kind: "known" });
});

Deno.test("withLiveBar() has no place in a chart without bars", () => {
  assertEquals(withLiveBar({ ...DATA, close: [] }, bar(START)), { kind: "unplaced" });
});

Deno.test("withLivePart() counts a part into the last bar, and leaves its volume", () => {
  const part = bar(START + 3 * HOUR_MS + 5 * MINUTE_MS, { high: 16, low: 6, close: 14 });
  const data = dataOf(withLivePart(DATA, part));
  assertEquals([data.high.at(-1), data.low.at(-1), data.close.at(-1)], [17, 6, 14]);
  assertEquals([data.open.at(-1), data.volume.at(-1)], [12, 300]);
});

Deno.test("withLivePart() has no place for a part of the next bar", () => {
  assertEquals(withLivePart(DATA, bar(START + 4 * HOUR_MS)), { kind: "unplaced" });
});
