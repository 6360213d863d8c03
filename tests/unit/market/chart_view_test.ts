import { DAY_MS, type UtcMs } from "@/services/kernel/time.ts";
import { availableRanges, MAX_CHART_BARS, planChart } from "@/services/market/chart_view.ts";
import { type ChartRange, type Interval, intervalMs } from "@/services/market/mod.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { closesUntil, NOW, sampleMarket, seriesOver } from "./market_sample.ts";

const LAST = 3 * 365;
const FINE = [
  seriesOver(LAST - 30, LAST, { interval: "1m" }),
  seriesOver(0, LAST, { interval: "1h" }),
  seriesOver(0, LAST),
];

const plans: { range: ChartRange; interval: Interval }[] = [
  { range: "1h", interval: "1m" },
  { range: "24h", interval: "5m" },
  { range: "7d", interval: "1h" },
  { range: "1m", interval: "4h" },
  { range: "1y", interval: "1d" },
  { range: "all", interval: "1w" },
];
for (const { range, interval } of plans) {
  Deno.test(`planChart() draws ${range} in bars of ${interval} where all are stored`, () => {
    assertEquals(planChart(FINE, { range })?.interval, interval);
  });
}

Deno.test("planChart() draws what there is where only days are stored", () => {
  const daily = [seriesOver(0, 29)];
  assertEquals(planChart(daily, { range: "1h" })?.interval, "1d");
  assertEquals(planChart(daily, { range: "all" })?.interval, "1d");
  assertEquals(planChart([], { range: "all" }), null);
});

Deno.test("planChart() ends with the newest bucket and holds a bounded number of bars", () => {
  const end = Date.UTC(2021, 0, 1) + (LAST + 1) * DAY_MS;
  for (const { range } of plans) {
    for (const interval of ["1m", "1h", "1d", "1w"] as const) {
      const plan = planChart(FINE, { range, interval });
      assert(plan);
      const { from, to } = plan.window;
      assert(to >= end && to - end < intervalMs(interval), `${range} ${interval}`);
      assert((to - from) / intervalMs(interval) <= MAX_CHART_BARS, `${range} ${interval}`);
    }
  }
});

Deno.test("availableRanges() needs room for two bars", () => {
  assertEquals(availableRanges(FINE), ["1h", "24h", "7d", "1m", "1y", "all"]);
  assertEquals(availableRanges([seriesOver(0, 99)]), ["7d", "1m", "1y", "all"]);
  assertEquals(availableRanges([seriesOver(0, 99, { interval: "1h" })]), [
    "24h",
    "7d",
    "1m",
    "1y",
    "all",
  ]);
  assertEquals(availableRanges([]), []);
});

Deno.test("getChart() gives equal values for a bar in whichever window it is seen", async () => {
  const { market, write } = sampleMarket();
  const closes = Array.from({ length: 400 }, (_, at) => 100 + 10 * Math.sin(at / 5));
  await write({ candles: closesUntil(closes) });
  const indicators = ["ema:50", "rsi:14"];
  const year = await market.getChart("bitcoin", { range: "1y", interval: "1d", indicators });
  const month = await market.getChart("bitcoin", { range: "1m", interval: "1d", indicators });
  assertEquals([year.candles.length, month.candles.length], [365, 30]);
  const all = await market.getChart("bitcoin", { range: "all", interval: "1d", indicators });
  for (const line of ["ema:50", "rsi:14"]) {
    assertEquals(month.indicators[line], year.indicators[line]?.slice(-30));
    assertEquals(all.indicators[line]?.slice(-365), year.indicators[line]);
  }
});

Deno.test("getChart() keeps gaps as absent bars, counts them and breaks windows there", async () => {
  const { market, write } = sampleMarket();
  const candles = closesUntil([1, 2, 3, 4, 5, 6, 7]).filter((_, at) => at !== 2 && at !== 3);
  await write({ candles });
  const chart = await market.getChart("bitcoin", {
    range: "7d",
    interval: "1d",
    indicators: ["sma:2"],
  });
  assertEquals([...chart.candles.close], [1, 2, 5, 6, 7]);
  assertEquals(chart.indicators["sma:2"], [null, 1.5, null, 5.5, 6.5]);
  assertEquals(chart.missing, 2);
});

Deno.test("getChart() of an asset without candles is empty and says so", async () => {
  const { market } = sampleMarket();
  const chart = await market.getChart("ethereum", { range: "1y", indicators: ["sma:20"] });
  assertEquals(
    [chart.candles.length, chart.window, chart.provenance, chart.freshness],
    [0, null, null, "missing"],
  );
  assertEquals([chart.availableRanges, chart.availableIntervals], [[], []]);
});

Deno.test("getChart() shows an interval finer than any stored one as empty", async () => {
  const { market, write } = sampleMarket();
  await write({ candles: closesUntil([1, 2, 3]) });
  const chart = await market.getChart("bitcoin", { range: "7d", interval: "1h" });
  assertEquals([chart.candles.length, chart.availableIntervals], [0, ["1d", "1w"]]);
});

Deno.test("getChart() derives the bars of a coarser interval", async () => {
  const { market, write } = sampleMarket();
  const closes = Array.from({ length: 72 }, (_, at) => at);
  await write({ interval: "1h", candles: closesUntil(closes, { interval: "1h" }) });
  const chart = await market.getChart("bitcoin", { range: "7d", interval: "1d" });
  assertEquals([...chart.candles.close], [23, 47, 71]);
  assertEquals([chart.provenance?.derivedFrom, chart.provenance?.asof], ["1h", NOW as UtcMs]);
});
