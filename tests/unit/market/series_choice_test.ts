import { DAY_MS, HOUR_MS, MINUTE_MS, type UtcMs } from "@/services/kernel/time.ts";
import {
  asofOfSeries,
  availableIntervals,
  chooseQuoteSeries,
  chooseSeries,
  isDemoMarketShown,
  isDerivable,
  visibleSeries,
} from "@/services/market/series_choice.ts";
import { assertEquals } from "@/tests/assert.ts";
import { NOW, seriesOver } from "./market_sample.ts";

const ORIGIN = Date.UTC(2021, 0, 1);
const day = (at: number) => ORIGIN + at * DAY_MS as UtcMs;

type Query = Parameters<typeof chooseSeries>[1];
const choices: {
  name: string;
  series: Parameters<typeof chooseSeries>[0];
  query: Query;
  expected: string | null;
}[] = [
  { name: "is null without series", series: [], query: { interval: "1d" }, expected: null },
  {
    name: "is null where only coarser candles are stored",
    series: [seriesOver(0, 9, { interval: "1w" })],
    query: { interval: "1d" },
    expected: null,
  },
  {
    name: "takes real data before demo data of any length",
    series: [seriesOver(0, 99, { source: "demo" }), seriesOver(0, 1, { source: "real" })],
    query: { interval: "1d", range: { from: day(0), to: day(99) } },
    expected: "real 1d",
  },
  {
    name: "takes the larger overlap before a stored interval",
    series: [
      seriesOver(0, 4, { source: "stored" }),
      seriesOver(0, 9, { source: "finer", interval: "1h" }),
    ],
    query: { interval: "1d", range: { from: day(0), to: day(10) } },
    expected: "finer 1d from 1h",
  },
  {
    name: "measures an open range up to the newest candle of all",
    series: [seriesOver(0, 9, { source: "older" }), seriesOver(8, 12, { source: "newer" })],
    query: { interval: "1d", range: { from: day(8) } },
    expected: "newer 1d",
  },
  {
    name: "takes stored candles before derived ones",
    series: [
      seriesOver(0, 9, { source: "a", interval: "1h" }),
      seriesOver(0, 9, { source: "b" }),
    ],
    query: { interval: "1d" },
    expected: "b 1d",
  },
  {
    name: "derives from the coarsest finer interval",
    series: [
      seriesOver(0, 9, { source: "a", interval: "5m" }),
      seriesOver(0, 9, { source: "b", interval: "1h" }),
    ],
    query: { interval: "1d" },
    expected: "b 1d from 1h",
  },
  {
    name: "takes spot before futures",
    series: [
      seriesOver(0, 9, { source: "binance_futures" }),
      seriesOver(0, 9, { source: "binance_spot" }),
    ],
    query: { interval: "1d" },
    expected: "binance_spot 1d",
  },
  {
    name: "takes the given priority before the newest candle",
    series: [seriesOver(0, 20, { source: "b" }), seriesOver(0, 9, { source: "a" })],
    query: { interval: "1d", priority: (source) => source === "a" ? 0 : 1 },
    expected: "a 1d",
  },
  {
    name: "takes the newest last candle, where no range is asked for",
    series: [seriesOver(0, 9, { source: "a" }), seriesOver(5, 10, { source: "b" })],
    query: { interval: "1d" },
    expected: "b 1d",
  },
  {
    name: "takes more rows, then the first name",
    series: [
      seriesOver(0, 9, { source: "c" }),
      seriesOver(0, 9, { source: "b", rows: 11 }),
      seriesOver(0, 9, { source: "a", rows: 11 }),
    ],
    query: { interval: "1d" },
    expected: "a 1d",
  },
];
for (const { name, series, query, expected } of choices) {
  Deno.test(`chooseSeries() ${name}`, () => {
    for (const order of [series, series.toReversed()]) {
      const choice = chooseSeries(order, query);
      const origin = choice?.derivedFrom ? ` from ${choice.derivedFrom}` : "";
      assertEquals(choice && `${choice.series.source} ${choice.interval}${origin}`, expected);
    }
  });
}

Deno.test("chooseSeries() stays with the longest history while venues write by turns", () => {
  const bars = (source: string, fields: { firstOpenTime: UtcMs; lastOpenTime: UtcMs }) =>
    seriesOver(0, 9, { source, interval: "5m", ...fields });
  const bucket = 5 * MINUTE_MS;
  const long = bars("long", { firstOpenTime: day(0), lastOpenTime: NOW });
  const short = bars("short", { firstOpenTime: day(1), lastOpenTime: NOW + bucket as UtcMs });
  for (const range of [undefined, { from: NOW - DAY_MS as UtcMs }]) {
    const query = { interval: "5m", ...range && { range } } as const;
    assertEquals(chooseSeries([short, long], query)?.series.source, "long");
    // An hour is more than a turn.
    const ahead = { ...short, lastOpenTime: NOW + HOUR_MS as UtcMs };
    assertEquals(chooseSeries([ahead, long], query)?.series.source, "short");
  }
});

Deno.test("chooseQuoteSeries() takes the newest moment, then the finest candles", () => {
  const daily = seriesOver(0, 9, { source: "daily" });
  const hourly = seriesOver(0, 9, { source: "hourly", interval: "1h" });
  const newer = seriesOver(9, 10, { source: "newer" });
  assertEquals(chooseQuoteSeries([daily, hourly])?.source, "hourly");
  assertEquals(chooseQuoteSeries([daily, hourly, newer])?.source, "newer");
  assertEquals(chooseQuoteSeries([]), null);
});

Deno.test("chooseQuoteSeries() stays with the longest history while venues write by turns", () => {
  const open = { interval: "5m", lastOpenTime: NOW } as const;
  const writtenAt = (seconds: number) => ({ updatedAt: NOW + seconds * 1_000 as UtcMs });
  const long = seriesOver(0, 9, { source: "long", ...open, ...writtenAt(10) });
  const short = seriesOver(8, 9, { source: "short", ...open, ...writtenAt(20) });
  const rolledUp = seriesOver(0, 9, { source: "long", lastOpenTime: NOW, ...writtenAt(30) });
  assertEquals(chooseQuoteSeries([short, rolledUp, long]), long);
});

Deno.test("chooseQuoteSeries() does not take an open day for newer than its last write", () => {
  const open = { lastOpenTime: NOW, updatedAt: NOW + 5 * HOUR_MS as UtcMs };
  const daily = seriesOver(0, 9, { source: "daily", ...open });
  const lastOpenTime = NOW + 5 * HOUR_MS as UtcMs;
  const hourly = seriesOver(0, 9, {
    source: "hourly",
    interval: "1h",
    lastOpenTime,
    updatedAt: lastOpenTime + HOUR_MS / 2 as UtcMs,
  });
  assertEquals(asofOfSeries(daily), NOW + 5 * HOUR_MS);
  assertEquals(chooseQuoteSeries([daily, hourly])?.source, "hourly");
});

Deno.test("visibleSeries() hides demo series as soon as any real candle is stored", () => {
  const demo = seriesOver(0, 9, { source: "demo" });
  const real = seriesOver(0, 9, { source: "real" });
  const empty = { ...real, rows: 0, firstOpenTime: null, lastOpenTime: null };
  const names = (...args: Parameters<typeof visibleSeries>) =>
    visibleSeries(...args).map(({ source }) => source).join();
  assertEquals(names([demo, empty], "auto"), "demo");
  assertEquals(names([demo, real], "auto"), "real");
  assertEquals(names([demo, real], "off"), "real");
  assertEquals(names([demo, real], "on"), "demo,real");
});

Deno.test("isDemoMarketShown() until any real candle is stored, unless a setting says", () => {
  const demo = { source: "demo", rows: 9 };
  const real = { source: "real", rows: 9 };
  const shown = (all: Parameters<typeof isDemoMarketShown>[0]) =>
    (["auto", "on", "off"] as const).map((mode) => isDemoMarketShown(all, mode));
  assertEquals(shown([]), [true, true, false]);
  assertEquals(shown([demo]), [true, true, false]);
  assertEquals(shown([demo, { ...real, rows: 0 }]), [true, true, false]);
  assertEquals(shown([demo, real]), [false, true, false]);
  assertEquals(shown([real]), [false, true, false]);
});

Deno.test("isDerivable() holds from finer to coarser only", () => {
  assertEquals(isDerivable("1h", "1d"), true);
  assertEquals(isDerivable("4h", "1w"), true);
  assertEquals(isDerivable("1d", "1d"), false);
  assertEquals(isDerivable("1d", "1h"), false);
});

Deno.test("availableIntervals() lists the finest stored interval and all coarser ones", () => {
  const series = [seriesOver(0, 9), seriesOver(0, 9, { interval: "4h" })];
  assertEquals(availableIntervals(series), ["4h", "1d", "1w"]);
});
