import type { UtcMs } from "@/services/kernel/time.ts";
import { consolidate } from "@/services/market/live/consolidation.ts";
import { assertEquals } from "@/tests/assert.ts";

const NOW = 1_700_000_000_000 as UtcMs;

/** `[venue, price, age in ms]` */
type Row = readonly [venue: string, priceUsd: number, ageMs: number];

const CASES: readonly {
  name: string;
  rows: readonly Row[];
  expected: { price: number; ageMs: number; venues: string[]; excluded: string[] } | null;
}[] = [
  { name: "is none of no venue", rows: [], expected: null },
  {
    name: "is the trade of one venue",
    rows: [["a", 100, 0]],
    expected: { price: 100, ageMs: 0, venues: ["a"], excluded: [] },
  },
  {
    name: "is the mean of two, dated by the newer",
    rows: [["b", 102, 5_000], ["a", 100, 20]],
    expected: { price: 101, ageMs: 20, venues: ["a", "b"], excluded: [] },
  },
  {
    name: "is the mean of two to the digit",
    rows: [["a", 99.95, 0], ["b", 99.84, 0]],
    expected: { price: 99.895, ageMs: 0, venues: ["a", "b"], excluded: [] },
  },
  {
    name: "is the middle one of three",
    rows: [["a", 100, 1], ["b", 104, 1], ["c", 101, 1]],
    expected: { price: 101, ageMs: 1, venues: ["a", "b", "c"], excluded: [] },
  },
  {
    name: "counts a trade of exactly 10 s and none older",
    rows: [["a", 100, 10_000], ["b", 103, 10_001]],
    expected: { price: 100, ageMs: 10_000, venues: ["a"], excluded: ["b old"] },
  },
  {
    name: "is none where all are old",
    rows: [["a", 100, 10_001], ["b", 101, 60_000]],
    expected: null,
  },
  {
    name: "leaves out a venue more than 5 % off, and dates by those that stay",
    rows: [["a", 100, 400], ["b", 101, 300], ["c", 107, 0]],
    expected: { price: 100.5, ageMs: 300, venues: ["a", "b"], excluded: ["c off_median"] },
  },
  {
    name: "keeps a venue exactly 5 % off",
    rows: [["a", 100, 0], ["b", 100, 0], ["c", 105, 0]],
    expected: { price: 100, ageMs: 0, venues: ["a", "b", "c"], excluded: [] },
  },
  {
    name: "of two that lie far apart, believes neither",
    rows: [["a", 100, 0], ["b", 120, 0]],
    expected: null,
  },
];

for (const { name, rows, expected } of CASES) {
  Deno.test(`consolidate() ${name}`, () => {
    const trades = rows.map(([venue, priceUsd, ageMs]) => ({
      venue,
      priceUsd,
      at: NOW - ageMs as UtcMs,
    }));
    const made = consolidate(trades, NOW);
    assertEquals(
      made && {
        price: made.priceUsd,
        ageMs: NOW - made.asof,
        venues: made.venues.map(({ venue }) => venue),
        excluded: made.excluded.map(({ venue, reason }) => `${venue} ${reason}`),
      },
      expected,
    );
  });
}
