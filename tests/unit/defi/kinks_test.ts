import { kinkColumns, kinksOf, kinkWords } from "@/services/defi/kinks.ts";
import { DAY_MS } from "@/services/kernel/time.ts";
import { assertEquals } from "@/tests/assert.ts";
import { SAMPLE_START, sampleDay, sampleDays } from "./pool_sample.ts";

const row = (day: number, knownDay = day) => ({ ts: sampleDay(day), knownAt: sampleDay(knownDay) });
const told = (day: number, kink: number, knownDay = day) => ({ ...row(day, knownDay), kink });

const CASES = [
  {
    name: "nothing of the readings before a kink was told",
    rows: [row(0), row(4), row(5), row(9)],
    kinks: [told(5, 0.8)],
    expected: [[NaN, NaN], [NaN, NaN], [0.8, 5], [0.8, 5]],
  },
  {
    name: "the newest of several",
    rows: [row(1), row(3), row(7)],
    kinks: [told(0, 0.8), told(3, 0.9), told(8, 0.7)],
    expected: [[0.8, 0], [0.9, 3], [0.9, 3]],
  },
  {
    name: "none that was learned after the reading",
    rows: [row(2), row(4)],
    kinks: [told(0, 0.8), told(1, 0.9, 3)],
    expected: [[0.8, 0], [0.9, 1]],
  },
  {
    name: "none of a later time to a reading that was itself learned late",
    rows: [row(2, 9)],
    kinks: [told(0, 0.8), told(5, 0.9)],
    expected: [[0.8, 0]],
  },
  { name: "nothing without kinks", rows: [row(0)], kinks: [], expected: [[NaN, NaN]] },
];

for (const { name, rows, kinks, expected } of CASES) {
  Deno.test(`kinkColumns() gives readings ${name}`, () => {
    const { kink, kinkAt } = kinkColumns(rows, kinks);
    assertEquals([...kink], expected.map(([value]) => value));
    assertEquals([...kinkAt], expected.map(([, day = NaN]) => SAMPLE_START + day * DAY_MS));
  });
}

Deno.test("kinksOf() leaves out what is held and what tells none", () => {
  const rows = sampleDays([{ kink: 0.8 }, { kink: null }, { kink: 0.7, availableAt: null }]);
  assertEquals(kinksOf(rows), [{ ts: sampleDay(0), knownAt: sampleDay(0), kink: 0.8 }]);
});

Deno.test("kinkWords() says of when a kink is, and whether that is long ago", () => {
  const percent = (share: number) => `${share * 100}%`;
  const own = { kink: 0.5, kinkAt: sampleDay(0), isKinkFresh: true, asof: sampleDay(3) };
  assertEquals(
    [{ ...own, asof: sampleDay(0) }, own, { ...own, isKinkFresh: false }].map((kink) =>
      kinkWords(kink, percent)
    ),
    ["kink at 50%", "kink at 50% as of 2026-01-01", "kink at 50% as of 2026-01-01, which is old"],
  );
  const assumed = { ...own, kinkAt: null, isKinkFresh: false };
  assertEquals(kinkWords(assumed, percent), "assumed kink at 50%");
});
