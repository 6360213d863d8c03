import { parsePeriod } from "@/services/analytics/risk/period.ts";
import {
  alignCloses,
  planWindow,
  stampOf,
  type StoredAsset,
  type WindowQuery,
} from "@/services/analytics/risk/price_window.ts";
import { AppError } from "@/services/kernel/errors.ts";
import { DAY_MS, HOUR_MS, type UtcMs } from "@/services/kernel/time.ts";
import type { AssetId, FilledSeries } from "@/services/market/mod.ts";
import { assertEquals, assertThrows } from "@/tests/assert.ts";
import { columnsOf } from "@/tests/fakes/memory_candle_store.ts";
import { NOW, seriesOver } from "@/tests/unit/market/market_sample.ts";

const ORIGIN = Date.UTC(2021, 0, 1);
const day = (at: number) => ORIGIN + at * DAY_MS as UtcMs;

function asset(...series: readonly FilledSeries[]): StoredAsset {
  const label = { assetId: "bitcoin" as AssetId, symbol: "BTC", name: "Bitcoin", themes: [] };
  return { label, series: series.map((one, at) => ({ ...one, seriesId: at + 1 })) };
}

function plan(
  assets: readonly StoredAsset[],
  period: string,
  { companions = [], ...query }:
    & Omit<WindowQuery, "span">
    & { readonly companions?: readonly StoredAsset[] } = {},
) {
  const span = { ms: parsePeriod(period).ms };
  return planWindow(assets, { query: { span, ...query }, now: NOW, companions });
}

Deno.test("planWindow() ends with the newest closed bar and holds the one before it as well", () => {
  const { base, end, bars, interval } = plan([asset(seriesOver(0, 99))], "30d");
  assertEquals([interval, bars, end, base], ["1d", 30, day(100), day(69)]);
});

Deno.test("planWindow() ends at asof, at the last bar closed by then", () => {
  const stored = [asset(seriesOver(0, 99))];
  assertEquals(plan(stored, "30d", { asof: day(50) }).end, day(50));
  assertEquals(plan(stored, "30d", { asof: day(50) + HOUR_MS as UtcMs }).end, day(50));
  assertEquals(plan(stored, "30d", { asof: day(50) - 1 as UtcMs }).end, day(49));
  assertEquals(plan(stored, "30d", { asof: day(100) }).end, day(100));
});

Deno.test("planWindow() ends at asof also where no candle reaches it, but never after now", () => {
  const stored = [asset(seriesOver(0, 99))];
  assertEquals(plan(stored, "30d", { asof: day(120) }).end, day(120));
  assertEquals(plan(stored, "30d", { asof: NOW + DAY_MS as UtcMs }).end, NOW);
});

Deno.test("planWindow() ends no later than now, whatever bar is open", () => {
  const open = seriesOver(0, 0, { firstOpenTime: day(0), lastOpenTime: NOW });
  assertEquals(plan([asset(open)], "30d").end, NOW);
});

Deno.test("planWindow() of several assets ends with the newest of them, companions aside", () => {
  const [older, newer] = [asset(seriesOver(0, 49)), asset(seriesOver(0, 99))];
  assertEquals(plan([older, newer], "30d").end, day(100));
  const besides = plan([older], "30d", { companions: [newer] });
  assertEquals([besides.end, besides.assets.length], [day(50), 2]);
});

Deno.test("planWindow() takes hours below 30 days, if every asset has them in the window", () => {
  const hours = seriesOver(90, 99, { interval: "1h" });
  const [both, daily] = [asset(seriesOver(0, 99), hours), asset(seriesOver(0, 99))];
  const shapeOf = ({ interval, bars }: { interval: string; bars: number }) => [interval, bars];
  assertEquals(shapeOf(plan([both], "7d")), ["1h", 168]);
  assertEquals(shapeOf(plan([both], "30d")), ["1d", 30]);
  assertEquals(shapeOf(plan([both, daily], "7d")), ["1d", 7]);
  assertEquals(shapeOf(plan([both], "7d", { asof: day(50) })), ["1d", 7]);
  assertEquals(shapeOf(plan([both, daily], "24h")), ["1h", 24]);
  assertEquals(shapeOf(plan([both], "7d", { interval: "4h" })), ["4h", 42]);
  assertEquals(shapeOf(plan([asset()], "7d")), ["1h", 168]);
});

Deno.test("planWindow() is not swayed by what a series became after asof", () => {
  const asof = day(50);
  const chosen = (a: Partial<FilledSeries>, b: Partial<FilledSeries>) =>
    plan(
      [
        asset(seriesOver(0, 60, { source: "a", ...a }), seriesOver(0, 60, { source: "b", ...b })),
      ],
      "30d",
      { asof },
    ).assets[0]?.series?.source;
  const later = { lastOpenTime: day(99), rows: 1_000 };
  assertEquals([chosen({}, {}), chosen({}, later), chosen(later, {})], ["a", "a", "a"]);
});

Deno.test("planWindow() finds no series that does not reach into the window", () => {
  const stored = [asset(seriesOver(0, 9)), asset(seriesOver(60, 99))];
  const sources = ({ assets }: { assets: readonly { series: unknown }[] }) =>
    assets.map(({ series }) => series !== null);
  assertEquals(sources(plan(stored, "30d")), [false, true]);
  assertEquals(sources(plan(stored, "30d", { asof: day(20) })), [true, false]);
});

Deno.test("planWindow() since a start begins with the bar that holds it", () => {
  const since = day(70) + 5 * HOUR_MS as UtcMs;
  const { base, bars, end } = planWindow([asset(seriesOver(0, 99))], {
    query: { span: { since } },
    now: NOW,
  });
  assertEquals([base, bars, end], [day(70), 29, day(100)]);
});

Deno.test("planWindow() aligns weeks to Mondays", () => {
  const { base, end, bars } = plan([asset(seriesOver(0, 99))], "4w", { interval: "1w" });
  // 2021-04-05 is a Monday, 2021-04-11 the hundredth day's end.
  assertEquals([base, end, bars], [day(59), day(94), 4]);
});

Deno.test("planWindow() refuses too few bars, too many and times before 1970", () => {
  const stored = [asset(seriesOver(0, 99))];
  const refuse = (run: () => unknown, pattern: RegExp) =>
    assertThrows(run, { type: AppError, pattern });
  refuse(() => plan(stored, "24h", { interval: "1d" }), /at least 2 bars/);
  refuse(() => plan(stored, "20y"), /at most 4999 bars of 1d for 1 asset/);
  const many = Array.from({ length: 50 }, () => asset(seriesOver(0, 99)));
  assertEquals(plan(many, "1999d").bars, 1_999);
  refuse(() => plan(many, "2000d"), /at most 1999 bars of 1d for 50 assets/);
  refuse(() => plan(stored, "30d", { asof: -1 as UtcMs }), /1970-01-01 or later/);
  const since = (at: UtcMs) => () =>
    planWindow(stored, { query: { span: { since: at }, interval: "1d" }, now: NOW });
  refuse(since(-1 as UtcMs), /1970-01-01 or later/);
  refuse(since(day(99)), /Cannot measure this start/);
});

Deno.test("alignCloses() leaves a row empty for each missing bar and drops what lies outside", () => {
  const window = plan([asset(seriesOver(0, 9))], "4d", { interval: "1d" });
  const candles = columnsOf([4, 5, 7, 8, 10].map((at) => ({ openTime: day(at), close: at })));
  assertEquals([...alignCloses(candles, window)], [5, NaN, 7, 8, NaN]);
});

Deno.test("stampOf() changes with the series, the bars and the interval", () => {
  const stamps = [
    plan([asset(seriesOver(0, 99))], "30d"),
    plan([asset(seriesOver(0, 99, { version: 2 }))], "30d"),
    plan([asset(seriesOver(0, 99, { updatedAt: 5 as UtcMs }))], "30d"),
    plan([asset(seriesOver(0, 98))], "30d"),
    plan([asset(seriesOver(0, 99))], "31d"),
    plan([asset(seriesOver(0, 99))], "30d", { interval: "1w" }),
    plan([asset()], "30d"),
  ].map(stampOf);
  assertEquals(new Set(stamps).size, stamps.length);
});

for (const text of ["", "0d", "30", "d", "-1d", "1.5d", "10000d", "1m", "1D", "1d ", "NaNd"]) {
  Deno.test(`parsePeriod() refuses "${text}"`, () => {
    assertThrows(() => parsePeriod(text), { type: AppError, pattern: /Cannot read period/ });
  });
}

Deno.test("parsePeriod() reads hours, days, weeks and years of 365 days", () => {
  const lengths = ["24h", "30d", "2w", "1y"].map((text) => parsePeriod(text).ms / DAY_MS);
  assertEquals(lengths, [1, 30, 14, 365]);
});
