import { assertEquals } from "@/tests/assert.ts";
import {
  candleFrom,
  mergeCandles,
  mergeFactor,
  nearestCandle,
} from "@/components/charts/candles_merge.ts";
import { type Bar, flat, seriesOf } from "./candles.ts";
import fc from "fast-check";

const bars: readonly Bar[] = [
  { day: 0, open: 10, high: 12, low: 9, close: 11, volumeUsd: 5 },
  { day: 1, open: 11, high: 15, low: 10, close: 14, volumeUsd: 7 },
  { day: 2, open: 14, high: 14, low: 8, close: 9 },
  { day: 5, open: 9, high: 10, low: 9, close: 10, volumeUsd: 2 },
];

const factors = [
  { slots: 200, width: 800, expected: 1, why: "four pixels each" },
  { slots: 365, width: 820, expected: 2, why: "1.34 rounded up to 2" },
  { slots: 365, width: 266, expected: 5, why: "4.12 rounded up to 5" },
  { slots: 100_000, width: 800, expected: 500, why: "375 rounded up to 500" },
  { slots: 0, width: 800, expected: 1, why: "nothing needs no merging" },
];
for (const { slots, width, expected, why } of factors) {
  Deno.test(`mergeFactor() gives ${expected} for ${slots} slots on ${width} px: ${why}`, () => {
    assertEquals(mergeFactor(slots, width), expected);
  });
}

Deno.test("mergeCandles() keeps first open, highest high, lowest low, last close, sum of volume", () => {
  // Day 18,628 is even, so days 0 and 1 share a group, 2 stands with 3, and 5 with 4.
  const merged = mergeCandles(seriesOf(bars, { "sma:2": [null, 12.5, 11.5, 9.5] }), 2);
  assertEquals([...merged.slot], [0, 2, 4]);
  assertEquals([...merged.open], [10, 14, 9]);
  assertEquals([...merged.high], [15, 14, 10]);
  assertEquals([...merged.low], [9, 8, 9]);
  assertEquals([...merged.close], [14, 9, 10]);
  assertEquals([...merged.volume], [12, NaN, 2]);
  assertEquals(merged.indicators[0]?.lines["value"], new Float64Array([12.5, 11.5, 9.5]));
});

Deno.test("mergeCandles() stands groups at multiples from the epoch, not from the first bar", () => {
  // 18,628 = 5 × 3,725 + 3: the first group of five began three days before.
  assertEquals([...mergeCandles(seriesOf(bars), 5).slot], [-3, 2]);
});

Deno.test("mergeCandles() leaves nothing out: volumes and extremes are the same at any factor", () => {
  const prices = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 80 });
  fc.assert(fc.property(prices, fc.integer({ min: 1, max: 50 }), (values, factor) => {
    const series = seriesOf(values.map((price, day) => flat(day, price)));
    const merged = mergeCandles(series, factor);
    assertEquals(merged.volume.reduce((sum, value) => sum + value, 0), values.length);
    assertEquals(Math.max(...merged.high), Math.max(...values));
    assertEquals(Math.min(...merged.low), Math.min(...values));
    assertEquals(merged.close.at(-1), values.at(-1));
  }));
});

Deno.test("candleFrom() finds the first candle at or after a slot", () => {
  const merged = mergeCandles(seriesOf(bars), 1);
  assertEquals([-1, 0, 1, 3, 5, 6].map((slot) => candleFrom(merged, slot)), [0, 0, 1, 3, 3, 4]);
});

Deno.test("nearestCandle() takes the nearer neighbour of a gap, and none of an empty view", () => {
  const merged = mergeCandles(seriesOf(bars), 1);
  const all = { start: 0, end: 4 };
  // The middles of the bars are at 0.5, 1.5, 2.5 and 5.5.
  assertEquals([0, 2.9, 3.9, 4.1, 9].map((slot) => nearestCandle(merged, slot, all)), [
    0,
    2,
    2,
    3,
    3,
  ]);
  assertEquals(nearestCandle(merged, 1, { start: 2, end: 2 }), null);
});
