import fc from "fast-check";
import { toColumn } from "@/services/analytics/column.ts";
import type {
  BarColumns,
  IndicatorColumns,
  IndicatorPoint,
  IndicatorSpec,
} from "@/services/analytics/indicator.ts";
import {
  computeIndicators,
  createIndicatorStream,
  parseIndicatorSpec,
} from "@/services/analytics/indicators.ts";
import { assert, assertEquals } from "@/tests/assert.ts";

/** Relative: what the batch and the streaming form may differ by. */
const TOLERANCE = 1e-9;

const NAMES = [
  ...["sma:1", "sma:2", "sma:5", "sma:20", "ema:1", "ema:3", "ema:10", "ema:7@first"],
  ...["rsi:1", "rsi:2", "rsi:14", "roc:1", "roc:12", "stddev:1", "stddev:4", "stddev:20"],
  ...["macd:3-6-4", "macd:12-26-9", "macd:3-6-1", "macd:2-5-3@first", "macd:3-6-4@talib"],
  ...["bb:2-2", "bb:20-2", "bb:5-2.5", "tr", "atr:1", "atr:14", "atr:5@hl"],
];

/** Bars around any price level, flat or wild, with missing parts. */
const bars = fc.record({
  level: fc.constantFrom(1e-9, 0.01, 1, 60_000, 1e8),
  swing: fc.constantFrom(0, 1e-6, 0.01, 0.5, 0.99),
  rows: fc.array(
    fc.record({
      move: fc.double({ min: -1, max: 1, noNaN: true }),
      up: fc.double({ min: 0, max: 1, noNaN: true }),
      down: fc.double({ min: 0, max: 1, noNaN: true }),
      missing: fc.oneof(
        { weight: 20, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom("close", "high", "low") },
      ),
    }),
    { maxLength: 160, size: "max" },
  ),
}).map(({ level, swing, rows }) => {
  const close: (number | null)[] = [];
  const high: (number | null)[] = [];
  const low: (number | null)[] = [];
  for (const { move, up, down, missing } of rows) {
    const price = level * (1 + swing * move);
    close.push(missing === "close" ? null : price);
    high.push(missing === "high" ? null : price * (1 + 0.1 * swing * up));
    low.push(missing === "low" ? null : price * (1 - 0.1 * swing * down));
  }
  return { close, high, low };
});

type Rows = typeof bars extends fc.Arbitrary<infer T> ? T : never;

function columnsOf({ close, high, low }: Rows): BarColumns {
  return { close: toColumn(close), high: toColumn(high), low: toColumn(low) };
}

function pointAt(columns: IndicatorColumns, i: number): Record<string, number> {
  if (columns instanceof Float64Array) return { value: columns[i] ?? NaN };
  return Object.fromEntries(Object.entries(columns).map(([name, line]) => [name, line[i] ?? NaN]));
}

function linesOf(point: IndicatorPoint): Record<string, number | null> {
  return point === null || typeof point === "number" ? { value: point } : point;
}

function assertSamePoint(actual: number | null, expected: number, where: string): void {
  if (Number.isNaN(expected)) {
    assertEquals(actual, null, where);
  } else {
    const gap = Math.abs((actual ?? NaN) - expected);
    assert(gap <= TOLERANCE * Math.abs(expected), `${where}: ${actual} is not ${expected}`);
  }
}

function assertStreamsLikeBatch(spec: IndicatorSpec, rows: Rows): void {
  const columns = computeIndicators([spec], columnsOf(rows)).series[spec.name];
  assert(columns);
  const stream = createIndicatorStream(spec);
  for (let i = 0; i < rows.close.length; i++) {
    const { close, high, low } = rows;
    const bar = { close: close[i] ?? null, high: high[i] ?? null, low: low[i] ?? null };
    const lines = linesOf(stream.update(bar));
    const expected = pointAt(columns, i);
    assertEquals(Object.keys(lines), Object.keys(expected));
    for (const [line, value] of Object.entries(lines)) {
      assertSamePoint(value, expected[line] ?? NaN, `${spec.name} ${line}[${i}]`);
    }
  }
}

for (const name of NAMES) {
  Deno.test(`createIndicatorStream() of ${name} agrees with the batch form through gaps`, () => {
    const spec = parseIndicatorSpec(name);
    fc.assert(fc.property(bars, (rows) => assertStreamsLikeBatch(spec, rows)), { numRuns: 60 });
  });
}

Deno.test("createIndicatorStream() keeps streams apart", () => {
  const spec = parseIndicatorSpec("sma:2");
  const [first, second] = [createIndicatorStream(spec), createIndicatorStream(spec)];
  first.update({ close: 1 });
  second.update({ close: 10 });
  assertEquals(first.update({ close: 3 }), 2);
  assertEquals(second.update({ close: 30 }), 20);
});

Deno.test("createIndicatorStream() treats a bar without high and low as missing for the ATR", () => {
  const stream = createIndicatorStream(parseIndicatorSpec("atr:1@hl"));
  assertEquals(stream.update({ close: 1, high: 3, low: 1 }), 2);
  assertEquals(stream.update({ close: 1 }), null);
  assertEquals(stream.update({ close: 2, high: 4, low: 1 }), 3);
});
