import { dailyHistory } from "@/services/scores/daily_history.ts";
import type { DailyPanel } from "@/services/scores/daily_panel.ts";
import {
  correlationsOn,
  honestyDays,
  rankCorrelation,
  summarizeHonesty,
} from "@/services/scores/honesty.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { sampleDay, sampleMethod } from "./panel_sample.ts";

const METHOD = sampleMethod();

const cases: readonly {
  name: string;
  a: readonly number[];
  b: readonly number[];
  expected: number;
}[] = [
  { name: "is 1 for one order", a: [1, 2, 3, 4, 5], b: [10, 20, 25, 90, 1000], expected: 1 },
  { name: "is -1 for the reverse", a: [1, 2, 3, 4, 5], b: [9, 8, 7, 6, 0], expected: -1 },
  // Ranks 1 2 3 4 5 against 2 1 4 3 5: 1 - 6 * 4 / (5 * 24)
  { name: "is 1 - 6 Σd² / (n (n² - 1))", a: [1, 2, 3, 4, 5], b: [2, 1, 4, 3, 5], expected: 0.8 },
  {
    name: "leaves out pairs that lack a value",
    a: [1, 2, 3, NaN, 4, 5],
    b: [1, 2, 3, -9, 4, 5],
    expected: 1,
  },
  { name: "is missing below five pairs", a: [1, 2, 3, 4], b: [1, 2, 3, 4], expected: NaN },
  {
    name: "is missing where one side is all ties",
    a: [1, 1, 1, 1, 1],
    b: [1, 2, 3, 4, 5],
    expected: NaN,
  },
];
for (const { name, a, b, expected } of cases) {
  Deno.test(`rankCorrelation() ${name}`, () => {
    const found = rankCorrelation(Float64Array.from(a), Float64Array.from(b));
    if (Number.isNaN(expected)) assertEquals(found, NaN);
    else assertClose(found, expected, 1e-12);
  });
}

Deno.test("honestyDays() are a horizon apart, and end a horizon before the last", () => {
  const days = honestyDays({ first: sampleDay(250), to: sampleDay(299), horizon: 7 });
  // 292 = 299 - 7, then 285, 278, 271, 264, 257, 250.
  assertEquals(days, [250, 257, 264, 271, 278, 285, 292].map(sampleDay));
  assertEquals(honestyDays({ first: sampleDay(9), to: sampleDay(38), horizon: 30 }), []);
});

Deno.test("correlationsOn() is 1 for a pillar that orders the returns that follow", () => {
  // Steady growth: whoever rose the most goes on to rise the most.
  const days = 300;
  const assets = Array.from({ length: 8 }, (_, at) => {
    const close = Float64Array.from({ length: days }, (_, day) => 100 * (1 + at / 1e3) ** day);
    const marketCapUsd = close.map((price) => price * 1e6);
    const history = dailyHistory({ close, volumeUsd: close.map(() => 1e9), marketCapUsd });
    const sources = [{ source: "sample", isDemo: false, history }];
    return { assetId: at === 0 ? "bitcoin" : `asset-${at}`, themes: [], sources };
  });
  const panel: DailyPanel = { firstDay: sampleDay(0), days, assets };
  const [correlations] = correlationsOn(panel, {
    method: METHOD,
    horizons: [30],
    day: sampleDay(days - 31),
  });
  assert(correlations);
  const market = METHOD.pillars.findIndex(({ id }) => id === "market");
  assertClose(correlations[market], 1, 1e-12);
  const network = METHOD.pillars.findIndex(({ id }) => id === "network");
  assertEquals(correlations[network], NaN);
});

Deno.test("summarizeHonesty() takes the mean, its standard error and the share above 0", () => {
  const column = (value: number | null) => Array.from({ length: 7 }, () => value);
  const days = [column(0.1), column(0.3), column(null), column(-0.1)];
  const rows = summarizeHonesty(days, { method: METHOD, horizon: 7 });
  assertEquals(rows.map(({ subject }) => subject), [
    ...METHOD.pillars.map(({ id }) => id),
    "overall" as const,
  ]);
  const [row] = rows;
  assertClose(row?.correlation, 0.1, 1e-12);
  // Sample deviation 0.2 over the root of three days.
  assertClose(row?.standardError, 0.2 / Math.sqrt(3), 1e-12);
  assertClose(row?.positive, 2 / 3, 1e-12);
  assertEquals(row?.n, 3);
  const [none] = summarizeHonesty([], { method: METHOD, horizon: 7 });
  assertEquals([none?.correlation, none?.standardError, none?.positive, none?.n], [
    null,
    null,
    null,
    0,
  ]);
});
