import fc from "fast-check";
import { assert, assertEquals, assertThrows } from "@/tests/assert.ts";
import { parseChart } from "@/components/api/chart.ts";
import { ClientError } from "@/components/api/client.ts";
import { missingBars, readSeries } from "@/components/charts/candles_data.ts";
import { mergeCandles } from "@/components/charts/candles_merge.ts";
import { legendOf, spokenLegend } from "@/components/charts/candles_legend.ts";
import {
  chartHref,
  chartSearch,
  DEFAULT_QUERY,
  readChartQuery,
  toggleIndicator,
} from "@/components/charts/candles_query.ts";
import { chartAction } from "@/islands/chart/keys.ts";
import { DAY, flat, seriesOf, START } from "./candles.ts";

Deno.test("chartHref() of the default is the plain page; other states can be read", () => {
  assertEquals(chartHref("bitcoin", DEFAULT_QUERY), "/assets/bitcoin");
  const query = { ...DEFAULT_QUERY, range: "24h", scale: "log", indicators: ["sma:5"] } as const;
  assertEquals(chartHref("bitcoin", query), "/assets/bitcoin?range=24h&scale=log&ind=sma:5");
});

Deno.test("readChartQuery() reads back what chartSearch() wrote", () => {
  const some = fc.record({
    range: fc.constantFrom("1h" as const, "7d" as const, "all" as const),
    interval: fc.constantFrom(null, "5m" as const, "1d" as const),
    scale: fc.constantFrom("linear" as const, "log" as const, "percent" as const),
    indicators: fc.uniqueArray(fc.constantFrom("sma:9", "bb:20-2.5", "macd:12-26-9", "rsi:14")),
    view: fc.constantFrom("chart" as const, "table" as const),
  }, { noNullPrototype: true });
  fc.assert(fc.property(some, (query) => {
    assertEquals(readChartQuery(new URLSearchParams(chartSearch(query))), query);
  }));
});

Deno.test("readChartQuery() takes any text for what it is: a known state or the default", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (range, ind) => {
    const query = readChartQuery(new URLSearchParams({ range, ind, interval: ind, scale: range }));
    assert(query.indicators.length <= 10);
  }));
  assertEquals(readChartQuery(new URLSearchParams("ind=sma:20,nope:3,<b>,sma:20")).indicators, [
    "sma:20",
  ]);
});

Deno.test("toggleIndicator() adds at the end and takes out", () => {
  assertEquals(toggleIndicator(["sma:20"], "rsi:14"), ["sma:20", "rsi:14"]);
  assertEquals(toggleIndicator(["sma:20", "rsi:14"], "sma:20"), ["rsi:14"]);
});

const keys = [
  { key: "ArrowLeft", shift: false, expected: { kind: "move", by: -1 } },
  { key: "ArrowRight", shift: true, expected: { kind: "move", by: 10 } },
  { key: "Home", shift: false, expected: { kind: "first" } },
  { key: "End", shift: false, expected: { kind: "last" } },
  { key: "+", shift: true, expected: { kind: "zoom", factor: 0.7 } },
  { key: "Escape", shift: false, expected: { kind: "clear" } },
  { key: "Tab", shift: false, expected: null },
] as const;
for (const { key, shift, expected } of keys) {
  Deno.test(`chartAction() of ${shift ? "Shift " : ""}${key}`, () => {
    assertEquals(chartAction(key, { shift }), expected);
  });
}

Deno.test("legendOf() tells the change against the bar before, and says so in words", () => {
  const series = seriesOf([flat(0, 100), flat(1, 110)], { "sma:2": [null, 105] });
  const candles = mergeCandles(series, 1);
  const legend = legendOf(series, { candles, at: 1 });
  assertEquals(legend.bar.find(({ label }) => label === "")?.value, "+10.00%");
  assertEquals(
    spokenLegend(legend),
    "2 Jan 2021: open 110.00, high 110.00, low 110.00, close 110.00, change +10.00%, " +
      "volume 1.00, SMA 2 105.00",
  );
  assertEquals(legendOf(series, { candles, at: 0 }).indicators[0]?.value, "—");
});

const answer = {
  interval: "1d",
  t: [START, START + DAY, START + 3 * DAY],
  o: [1, 2, 3],
  h: [2, 3, 4],
  l: [1, 2, 3],
  c: [2, 3, 4],
  v: [10, null, 5],
  v_usd: [21, null, null],
  provisional: [2],
  indicators: { "macd:1-2-3.macd": [null, 1, 2], "bb:20-2.5.upper": [1, 2, 3] },
  source: "daily_cmc",
  asof: "2021-01-05T00:00:00Z",
  derived_from: null,
  demo: false,
  freshness: "stale",
  available_ranges: ["1y", "all"],
  available_intervals: ["1d"],
};

Deno.test("parseChart() reads bars, gaps, lines and origin", () => {
  const { data, origin, availableRanges } = parseChart(answer);
  assertEquals(data.gaps, [[2, 1]]);
  assertEquals(missingBars(data.gaps), 1);
  // Dollars as given, unknown, and units × close: 5 × 4.
  assertEquals(data.volume, [21, null, 20]);
  assertEquals([data.isVolumeEstimated, data.isProvisional], [true, true]);
  assertEquals(data.indicators.map(({ key, lines }) => [key, Object.keys(lines)]), [
    ["macd:1-2-3", ["macd"]],
    ["bb:20-2.5", ["upper"]],
  ]);
  assertEquals([...readSeries(data).slot], [0, 1, 3]);
  assertEquals([origin?.source, origin?.asof], ["daily_cmc", START + 4 * DAY]);
  assertEquals(availableRanges, ["1y", "all"]);
});
const BROKEN = {
  interval: "9d",
  t: [START, null, START + 3 * DAY],
  o: [null, 2, 3],
  c: ["4"],
  v_usd: null,
};
for (const [name, broken] of Object.entries(BROKEN)) {
  Deno.test(`parseChart() refuses an answer whose ${name} is not one`, () => {
    assertThrows(() => parseChart({ ...answer, [name]: broken }), { type: ClientError });
  });
}
