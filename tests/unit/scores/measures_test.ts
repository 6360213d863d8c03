import { dailyHistory } from "@/services/scores/daily_history.ts";
import { measure } from "@/services/scores/measures.ts";
import type { Measure } from "@/services/scores/method.ts";
import { assertClose, assertEquals } from "@/tests/assert.ts";

function history(
  { close, volumeUsd = close, marketCapUsd = close }: {
    close: readonly number[];
    volumeUsd?: readonly number[];
    marketCapUsd?: readonly number[];
  },
) {
  return dailyHistory({
    close: Float64Array.from(close),
    volumeUsd: Float64Array.from(volumeUsd),
    marketCapUsd: Float64Array.from(marketCapUsd),
  });
}

const FALLING = history({ close: [100, 90, 81, 72.9, 65.61, 59.049] });

const cases: readonly {
  kind: Measure;
  of: Parameters<typeof history>[0];
  days: number;
  market?: ReturnType<typeof history>;
  expected: number;
}[] = [
  { kind: "log_return", of: { close: [50, 100, 110, 99] }, days: 2, expected: Math.log(0.99) },
  {
    kind: "relative_strength",
    of: { close: [100, 100, 120] },
    market: history({ close: [10, 10, 11] }),
    days: 2,
    expected: Math.log(1.2 / 1.1),
  },
  // 99 / 103 - 1
  { kind: "distance_to_mean", of: { close: [100, 110, 99] }, days: 3, expected: -4 / 103 },
  {
    kind: "log_median_volume",
    of: { close: [1, 1, 1, 1], volumeUsd: [9e9, 1e6, 4e6, 2e6] },
    days: 3,
    expected: Math.log(2e6),
  },
  // (0.1 / 1 M + 0.1 / 2 M) / 2, for a million
  {
    kind: "amihud",
    of: { close: [100, 110, 99], volumeUsd: [1, 1e6, 2e6] },
    days: 2,
    expected: 0.075,
  },
  // Two values deviate by half their gap: sample variance = gap² / 2.
  {
    kind: "volatility",
    of: { close: [100, 110, 99] },
    days: 2,
    expected: Math.log(1.1 / 0.9) / Math.SQRT2 * Math.sqrt(365),
  },
  { kind: "max_drawdown", of: { close: [500, 100, 110, 99, 105] }, days: 4, expected: 0.1 },
  { kind: "max_drawdown", of: { close: [1, 2, 3] }, days: 3, expected: 0 },
  // The lower of two returns, +10 % and -10 %.
  { kind: "var95", of: { close: [100, 110, 99] }, days: 2, expected: 0.1 },
  // 3 of 4 days are there.
  { kind: "gap_rate", of: { close: [100, NaN, 99, 98] }, days: 4, expected: 0.25 },
  // Days before the first close are missing too.
  { kind: "gap_rate", of: { close: [99, 98] }, days: 4, expected: 0.5 },
  // Units: 10, then 11.
  {
    kind: "dilution",
    of: { close: [100, 50, 200], marketCapUsd: [1000, 0, 2200] },
    days: 2,
    expected: 0.1,
  },
];
for (const { kind, of, days, market = history(of), expected } of cases) {
  Deno.test(`measure() computes ${kind} over ${days} days`, () => {
    const input = { history: history(of), market, days, minPresent: 0.5 };
    assertClose(measure(kind, input), expected, 1e-12);
  });
}

Deno.test("measure() takes downside_beta over the days on which the market fell", () => {
  // The market moves by -10 %, -20 %, +50 %, -10 %, -20 %, -10 %; the asset by twice that when it falls.
  const moves = [-0.1, -0.2, 0.5, -0.1, -0.2, -0.1];
  const path = (factor: (move: number) => number) =>
    moves.reduce<readonly number[]>(
      (prices, move) => [...prices, (prices.at(-1) ?? 0) * (1 + factor(move))],
      [1000],
    );
  const market = history({ close: path((move) => move) });
  const twice = history({ close: path((move) => move < 0 ? 2 * move : 0.01) });
  const input = { history: twice, market, days: 6, minPresent: 1 };
  assertClose(measure("downside_beta", input), 2, 1e-9);
});

const MISSING: readonly { name: string; kind: Measure; close: readonly number[] }[] = [
  { name: "the day itself has no close", kind: "log_return", close: [1, 2, 3, NaN] },
  { name: "the day it starts from has no close", kind: "log_return", close: [1, NaN, 3, 4] },
  { name: "too few days are there", kind: "volatility", close: [NaN, NaN, 3, 4] },
  { name: "the history is too short", kind: "log_return", close: [3, 4] },
  { name: "nothing is there", kind: "gap_rate", close: [NaN, NaN, NaN] },
  { name: "no source of it is stored", kind: "fee_share", close: [1, 2, 3, 4] },
];
for (const { name, kind, close } of MISSING) {
  Deno.test(`measure() has no ${kind} where ${name}`, () => {
    const input = { history: history({ close }), market: FALLING, days: 2, minPresent: 0.8 };
    assertEquals(measure(kind, input), NaN);
  });
}
