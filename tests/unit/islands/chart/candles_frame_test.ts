import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { candleX, frameOf, paneTicks, slotAt, slotX } from "@/components/charts/candles_frame.ts";
import { tailOf } from "@/components/charts/candles_data.ts";
import { paneValue, paneY } from "@/components/charts/candles_panes.ts";
import { bandRuns, linePathOf } from "@/components/charts/candles_paths.ts";
import { summarizeCandles } from "@/components/charts/candles_summary.ts";
import { type Bar, DAY, flat, seriesOf } from "./candles.ts";

const rising: readonly Bar[] = Array.from({ length: 10 }, (_, day) => ({
  day,
  open: 100 + day,
  high: 102 + day,
  low: 99 + day,
  close: 101 + day,
  volumeUsd: 1_000 * (day + 1),
}));

function priceOf(mode: "linear" | "log" | "percent", bars = rising) {
  const frame = frameOf(seriesOf(bars), { width: 674, mode });
  const pane = frame.panes[0];
  assert(pane !== undefined);
  return { frame, pane };
}

Deno.test("frameOf() gives each of ten slots 60 of 600 px, candles in their middles", () => {
  const { frame } = priceOf("linear");
  assertEquals(frame.plotWidth, 600);
  assertEquals([0, 9].map((at) => candleX(frame, at)), [30, 570]);
  assertEquals(slotX(frame, 5), 300);
  assertEquals(slotAt(frame, 300), 5);
});

Deno.test("frameOf() keeps the place of a missing day empty", () => {
  const { frame } = priceOf("linear", rising.filter(({ day }) => day !== 4));
  assertEquals(frame.candles.length, 9);
  assertEquals([3, 4].map((at) => candleX(frame, at)), [210, 330]);
});

Deno.test("frameOf() keeps the axis to the end of the range, and says where the bars end", () => {
  const frame = frameOf(seriesOf(rising, {}, { endDay: 20 }), { width: 674, mode: "linear" });
  // Ten bars and ten empty days on 600 px.
  assertEquals(frame.window, { from: 0, to: 20 });
  assertEquals(frame.tail, { from: 300, to: 600, label: "No bars after 10 Jan 2021" });
  assertEquals(priceOf("linear").frame.tail, null);
});

const tails: { name: string; days: number[]; endDay: number | null; expected: number }[] = [
  { name: "is nothing without a range", days: [0, 1], endDay: null, expected: 0 },
  { name: "is nothing where the last bar reaches the end", days: [0, 1], endDay: 2, expected: 0 },
  { name: "counts the days after the last bar", days: [0, 1, 4], endDay: 7, expected: 2 },
  { name: "is no longer than the bars", days: [0, 1, 4], endDay: 700, expected: 5 },
  { name: "is nothing behind no bars", days: [], endDay: 7, expected: 0 },
];
for (const { name, days, endDay, expected } of tails) {
  Deno.test(`tailOf() ${name}`, () => {
    const openTime = days.map((day) => day * DAY);
    const rangeEnd = endDay === null ? null : endDay * DAY;
    assertEquals(tailOf(openTime, { intervalMs: DAY, rangeEnd }), expected);
  });
}

Deno.test("frameOf() starts bars of volume at zero and holds all marks inside their pane", () => {
  const { frame, pane } = priceOf("linear");
  const volume = frame.panes[1];
  assert(volume !== undefined && volume.kind === "volume");
  assert(volume.min < 0 && paneY(volume, 0) < volume.top + volume.height);
  assert(paneY(pane, 111) > pane.top && paneY(pane, 99) < pane.top + pane.height);
});

Deno.test("frameOf() measures per cent from the first close in view", () => {
  const { pane } = priceOf("percent");
  const zero = pane.ticks.find(({ label }) => label === "0%");
  assertClose(zero?.value, 101);
  assertClose(pane.ticks.find(({ label }) => label === "+4%")?.value, 105.04);
});

Deno.test("frameOf() spaces equal ratios equally on a logarithmic axis", () => {
  const { pane } = priceOf("log", [flat(0, 1), flat(1, 10), flat(2, 100)]);
  assert(pane.isLog);
  const [one, ten, hundred] = [1, 10, 100].map((value) => paneY(pane, value));
  assertClose((one ?? 0) - (ten ?? 0), (ten ?? 0) - (hundred ?? 0));
});

Deno.test("frameOf() draws on a linear axis what a logarithm can't show", () => {
  assertEquals(priceOf("log", [flat(0, 0), flat(1, 10)]).pane.isLog, false);
});

for (const mode of ["linear", "log"] as const) {
  Deno.test(`paneValue() is the inverse of paneY() on a ${mode} axis`, () => {
    const { pane } = priceOf(mode);
    for (const value of [99, 104.5, 111]) assertClose(paneValue(pane, paneY(pane, value)), value);
  });
}

Deno.test("paneTicks() leaves out the label that the tag of the last close would cover", () => {
  const { frame, pane } = priceOf("linear");
  // The last close is 110; one of the round values stands exactly there.
  assertEquals(paneTicks(frame, pane).find(({ value }) => value === 110)?.label, "");
});

Deno.test("frameOf() merges 100,000 bars into candles of at least three pixels", () => {
  const bars = Array.from({ length: 100_000 }, (_, day) => flat(day, 1 + day % 7));
  const frame = frameOf(seriesOf(bars), { width: 874, mode: "linear" });
  assertEquals(frame.candles.factor, 500);
  assert(frame.plotWidth / (frame.end - frame.start) >= 3);
});

Deno.test("linePathOf() and bandRuns() break at a missing value and at a missing bar", () => {
  const bars = [0, 1, 2, 3, 6].map((day) => flat(day, 100));
  const line = [1, null, 3, 4, 5];
  const { frame, pane } = priceOf("linear", bars);
  const values = new Float64Array(line.map((value) => value ?? NaN));
  assertEquals(linePathOf(frame, pane, { values }).split("M").length - 1, 3);
  assertEquals(bandRuns(frame, { upper: values, lower: values }), [[0, 1], [2, 4], [4, 5]]);
});

Deno.test("summarizeCandles() says range, change, extremes and what is missing", () => {
  const bars = rising.filter(({ day }) => day !== 4);
  assertEquals(
    summarizeCandles("Bitcoin", seriesOf(bars)),
    "Bitcoin, 9 bars of 1d from 1 Jan 2021 to 10 Jan 2021: +8.91%, from a close of 101.00 to " +
      "110.00 USD; highest 111.00 on 10 Jan 2021; lowest 99.000 on 1 Jan 2021; 1 bar missing.",
  );
  assertEquals(
    summarizeCandles("Bitcoin", seriesOf([flat(0, 100)])),
    "Bitcoin, 1 bar of 1d on 1 Jan 2021: close 100.00 USD; highest 100.00 on 1 Jan 2021; " +
      "lowest 100.00 on 1 Jan 2021; no bar missing.",
  );
  assertEquals(summarizeCandles("Bitcoin", seriesOf([])), "Bitcoin: no candles in this range.");
});
