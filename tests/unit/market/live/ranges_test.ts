import fc from "fast-check";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { gapsIn, pagesOf, subtract } from "@/services/market/live/ranges.ts";
import type { TimeRange } from "@/services/market/ports.ts";
import { assertEquals } from "@/tests/assert.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";

const TODAY = Date.UTC(2026, 0, 1);
const day = (number: number) => utcMsOf(TODAY + number * DAY_MS);
const range = (from: number, to: number): TimeRange => ({ from: utcMsOf(from), to: utcMsOf(to) });

const subtractions: {
  readonly name: string;
  readonly from: TimeRange;
  readonly others: readonly TimeRange[];
  readonly left: readonly TimeRange[];
}[] = [
  { name: "nothing leaves all", from: range(0, 9), others: [], left: [range(0, 9)] },
  { name: "all leaves nothing", from: range(2, 5), others: [range(0, 9)], left: [] },
  {
    name: "a part in the middle leaves two",
    from: range(0, 9),
    others: [range(3, 4)],
    left: [range(0, 3), range(4, 9)],
  },
  {
    name: "the begin leaves the end",
    from: range(0, 9),
    others: [range(0, 4)],
    left: [range(4, 9)],
  },
  {
    name: "the end leaves the begin",
    from: range(0, 9),
    others: [range(6, 12)],
    left: [range(0, 6)],
  },
  {
    name: "neighbours leaves all",
    from: range(3, 6),
    others: [range(0, 3), range(6, 9)],
    left: [range(3, 6)],
  },
  {
    name: "overlapping ranges leaves what neither has",
    from: range(0, 10),
    others: [range(5, 8), range(2, 6)],
    left: [range(0, 2), range(8, 10)],
  },
];
for (const { name, from, others, left } of subtractions) {
  Deno.test(`subtract(): ${name}`, () => assertEquals(subtract(from, others), left));
}

Deno.test("subtract() leaves exactly the instants that no other range holds", () => {
  const someRange = fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 10 }))
    .map(([from, length]) => range(from, from + length));
  const has = (ranges: readonly TimeRange[], at: number) =>
    ranges.filter(({ from, to }) => from <= at && at < to).length;
  fc.assert(fc.property(someRange, fc.array(someRange, { maxLength: 6 }), (whole, others) => {
    const left = subtract(whole, others);
    for (let at = 0; at <= 41; at++) {
      const isLeft = has([whole], at) === 1 && has(others, at) === 0;
      assertEquals(has(left, at), isLeft ? 1 : 0);
    }
  }));
});

const windows: {
  readonly name: string;
  readonly present: readonly number[];
  readonly gaps: readonly (readonly [from: number, to: number, isInside: boolean])[];
}[] = [
  { name: "all of an empty window", present: [], gaps: [[-5, 0, false]] },
  { name: "none in a full window", present: [-5, -4, -3, -2, -1], gaps: [] },
  {
    name: "what lies before, between and after",
    present: [-4, -2],
    gaps: [[-5, -4, false], [-3, -2, true], [-1, 0, false]],
  },
];
for (const { name, present, gaps } of windows) {
  Deno.test(`gapsIn() finds ${name}`, () => {
    const candles = columnsOf(present.map((number) => ({ openTime: day(number), close: 1 })));
    const window = { from: day(-5), to: day(0) };
    assertEquals(
      gapsIn(candles, { window, interval: "1d" }),
      gaps.map(([from, to, isInside]) => ({ range: { from: day(from), to: day(to) }, isInside })),
    );
  });
}

const pages: {
  readonly name: string;
  readonly from: number;
  readonly expected: readonly (readonly [from: number, to: number])[];
}[] = [
  { name: "none of an empty range", from: 0, expected: [] },
  { name: "one of a range of a thousand buckets", from: -1_000, expected: [[-1_000, 0]] },
  {
    name: "the newest first and the rest last",
    from: -2_001,
    expected: [[-1_000, 0], [-2_000, -1_000], [-2_001, -2_000]],
  },
];
for (const { name, from, expected } of pages) {
  Deno.test(`pagesOf() gives ${name}`, () => {
    assertEquals(
      pagesOf({ from: day(from), to: day(0) }, "1d"),
      expected.map(([first, end]) => ({ from: day(first), to: day(end) })),
    );
  });
}
