import fc from "fast-check";
import { utcMsOf } from "@/services/kernel/time.ts";
import { candleAt } from "@/services/market/candle.ts";
import { candleFault } from "@/services/market/candle_checks.ts";
import { parseKlines } from "@/services/providers/binance/parse.ts";
import { candlesOf, type ReadRow } from "@/services/providers/candle_rows.ts";
import { parseCandles } from "@/services/providers/coinbase/parse.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { rangeOf } from "./market_kit.ts";

const MONDAY = Date.UTC(2026, 0, 5);
const STEP = 300_000;

function row(openTime: number, { high = 12, volume = 5 } = {}): ReadRow {
  const candle = { open: 10, high, low: 9, close: 11, volume, volumeUsd: NaN };
  return {
    kind: "candle",
    candle: { openTime: utcMsOf(openTime), ...candle },
    raw: [openTime, high, volume],
  };
}

Deno.test("candlesOf sorts rows, drops repeats and what lies outside the range", () => {
  const rows = [MONDAY + STEP, MONDAY, MONDAY + 2 * STEP, MONDAY, MONDAY - STEP].map((at) =>
    row(at)
  );
  const { candles, quarantined } = candlesOf(rows, {
    interval: "5m",
    range: rangeOf(MONDAY, MONDAY + 2 * STEP),
    now: utcMsOf(MONDAY + STEP + 1),
  });
  assertEquals([...candles.openTime], [MONDAY, MONDAY + STEP]);
  assertEquals([0, 1].map((at) => candleAt(candles, at).state), ["final", "provisional"]);
  assertEquals(quarantined, []);
});

Deno.test("candlesOf quarantines what cannot be a candle of the interval", () => {
  const rows = [
    row(MONDAY, { high: 1 }),
    row(MONDAY, { volume: -1 }),
    row(MONDAY + 24 * 3_600_000),
    row(MONDAY + 8 * 7 * 24 * 3_600_000),
  ];
  const { candles, quarantined } = candlesOf(rows, {
    interval: "1w",
    range: rangeOf(0, MONDAY * 2),
    now: utcMsOf(MONDAY + 1),
  });
  assertEquals(candles.length, 0);
  assertEquals(quarantined.map(({ line, reason, text }) => [line, reason, text.length > 0]), [
    [1, "high 1 is below low 9", true],
    [2, "volume -1 is negative", true],
    [
      3,
      "2026-01-06T00:00:00Z is not the start of a 1w candle: expected Monday 00:00 UTC",
      true,
    ],
    [4, "2026-03-02T00:00:00Z lies in the future", true],
  ]);
});

Deno.test("candlesOf keeps at most 500 characters of a quarantined row", () => {
  const bad: ReadRow = { kind: "bad", reason: "no candle", raw: "x".repeat(10_000) };
  const { quarantined } = candlesOf([bad], {
    interval: "5m",
    range: rangeOf(0, MONDAY),
    now: utcMsOf(MONDAY),
  });
  assertEquals(quarantined[0]?.text.length, 500);
});

Deno.test("no answer, however wrong, throws or gives a candle that cannot be", () => {
  const now = utcMsOf(MONDAY);
  const amount = fc.oneof(fc.double(), fc.integer(), fc.double().map(String), fc.jsonValue());
  const time = fc.oneof(
    fc.integer({ min: 0, max: 20 }).map((step) => MONDAY - step * STEP),
    fc.integer({ min: 0, max: 20 }).map((step) => MONDAY / 1000 - step * 300),
    amount,
  );
  const price = fc.oneof(
    fc.double({ min: 0.1, max: 2 }).map(String),
    fc.double({ min: 1, max: 2 }),
    amount,
  );
  const line = fc.tuple(time, price, price, price, price, price, time, price);
  const body = fc.array(fc.oneof(line, fc.jsonValue()), { maxLength: 12 });
  fc.assert(
    fc.property(body, (rows) => {
      for (const parse of [parseKlines, parseCandles]) {
        const { candles, quarantined } = candlesOf(parse(rows), {
          interval: "5m",
          range: rangeOf(0, MONDAY + STEP),
          now,
        });
        assert(candles.length + quarantined.length <= rows.length);
        for (let at = 0; at < candles.length; at++) {
          const { open, high, low, close, ...amounts } = candleAt(candles, at);
          const fault = candleFault({ open, high, low, close }, {
            volume: amounts.volume ?? NaN,
            volumeUsd: amounts.volumeUsd ?? NaN,
            marketCapUsd: NaN,
          });
          assertEquals(fault, null);
          assert([open, high, low, close].every(Number.isFinite));
        }
      }
    }),
    { numRuns: 1000 },
  );
});
