import fc from "fast-check";
import { fromColumn, fromColumns, toColumn } from "@/services/analytics/column.ts";
import { bollinger } from "@/services/analytics/bollinger.ts";
import {
  computeIndicators,
  createIndicatorStream,
  describeIndicator,
  INDICATOR_SYNTAX,
  parseIndicatorSpec,
  parseIndicatorSpecs,
  warmUp,
} from "@/services/analytics/indicators.ts";
import { sma } from "@/services/analytics/sma.ts";
import { stddev } from "@/services/analytics/stddev.ts";
import { AppError } from "@/services/kernel/errors.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";

type Values = readonly (number | null)[];

function seriesOf(name: string, close: Values, ranges: { high?: Values; low?: Values } = {}) {
  const { series } = computeIndicators([parseIndicatorSpec(name)], {
    close: toColumn(close),
    high: ranges.high && toColumn(ranges.high),
    low: ranges.low && toColumn(ranges.low),
  });
  const columns = series[name];
  assert(columns);
  return fromColumns(columns);
}

const byHand: { name: string; close: Values; expected: unknown }[] = [
  { name: "sma:2", close: [1, 3, null, 5, 7, 9], expected: [null, 2, null, null, 6, 8] },
  { name: "sma:3", close: [1, 2], expected: [null, null] },
  { name: "sma:5", close: [], expected: [] },
  // k = 1/2: seeded with (2 + 4) / 2 = 3 at index 1 for n = 3 it is (2 + 4 + 6) / 3 = 4.
  { name: "ema:3", close: [2, 4, 6, 8, 10], expected: [null, null, 4, 6, 8] },
  { name: "ema:3@first", close: [2, 4, 6, 8], expected: [null, null, 4.5, 6.25] },
  { name: "ema:1", close: [5, null, 7], expected: [5, null, 7] },
  // Changes +2, -1, then +1: averages 1 and 1/2, then (1 + 1) / 2 = 1 and 1/4.
  { name: "rsi:2", close: [1, 3, 2, 3], expected: [null, null, 100 * 2 / 3, 80] },
  { name: "rsi:2", close: [4, 4, 4, 4], expected: [null, null, 100, 100] },
  { name: "rsi:2", close: [1, 2, 3], expected: [null, null, 100] },
  { name: "rsi:2", close: [3, 2, 1], expected: [null, null, 0] },
  { name: "roc:1", close: [2, 3, 0, 5, null, 5], expected: [null, 50, -100, null, null, null] },
  { name: "stddev:2", close: [1, 3, 3, null, 3], expected: [null, 1, 0, null, null] },
  {
    name: "bb:2-2",
    close: [1, 3, 3],
    expected: {
      upper: [null, 4, 3],
      middle: [null, 2, 3],
      lower: [null, 0, 3],
      percent_b: [null, 0.75, null],
      width: [null, 2, 0],
    },
  },
  {
    name: "bb:2-1",
    close: [-1, 1],
    expected: {
      upper: [null, 1],
      middle: [null, 0],
      lower: [null, -1],
      percent_b: [null, 1],
      width: [null, null],
    },
  },
  {
    // EMA 1 is the close; EMA 3 is 2 at index 2, then halves the distance.
    name: "macd:1-3-2",
    close: [1, 2, 3, 6],
    expected: {
      macd: [null, null, 1, 2],
      signal: [null, null, null, 1.5],
      histogram: [null, null, null, 0.5],
    },
  },
  {
    // At index 2 both averages are means of the closes before: 10.5 of the last two, 7 of three.
    name: "macd:2-3-1@talib",
    close: [0, 9, 12],
    expected: { macd: [null, null, 3.5], signal: [null, null, 3.5], histogram: [null, null, 0] },
  },
];
for (const { name, close, expected } of byHand) {
  Deno.test(`computeIndicators() works out ${name} of ${JSON.stringify(close)} by hand`, () => {
    assertEquals(roundedTo12(seriesOf(name, close)), roundedTo12(expected));
  });
}

/** Leaves 12 digits: the last ones depend on the order of additions. */
function roundedTo12(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part) => typeof part === "number" ? Number(part.toFixed(12)) : part),
  );
}

Deno.test("computeIndicators() gives the RSI that StockCharts publishes", () => {
  const close = [
    ...[44.34, 44.09, 44.15, 43.61, 44.33, 44.83, 45.1, 45.42, 45.84, 46.08, 45.89, 46.03],
    ...[45.61, 46.28, 46.28, 46, 46.03, 46.41, 46.22],
  ];
  const rsi = seriesOf("rsi:14", close);
  assert(Array.isArray(rsi));
  const shown = rsi.map((value) => value === null ? null : Math.round(value * 100) / 100);
  assertEquals(shown.slice(0, 14), Array(14).fill(null));
  assertEquals(shown.slice(14), [70.46, 66.25, 66.48, 69.35, 66.29]);
});

const RANGES = { close: [2, 5, 3, 4], high: [3, 6, 4, 5], low: [1, 4, null, 3] };

Deno.test("computeIndicators() measures true ranges over gaps in price, not in time", () => {
  const { close, high } = RANGES;
  assertEquals(seriesOf("tr", close, RANGES), [null, 4, null, null]);
  assertEquals(seriesOf("atr:1@hl", close, RANGES), [2, 4, null, 2]);
  // The close of 5 lies above the next bar: its range reaches up to it.
  assertEquals(seriesOf("atr:2", close, { high, low: [1, 4, 2, 3] }), [null, null, 3.5, 2.75]);
});

Deno.test("computeIndicators() counts the bars that lack something an indicator reads", () => {
  const bars = {
    close: toColumn([1, null, 3]),
    high: toColumn([1, 2, 3]),
    low: toColumn([null, null, 1]),
  };
  const missing = (...names: string[]) =>
    computeIndicators(parseIndicatorSpecs(names), bars).missing;
  assertEquals(missing("sma:1"), 1);
  assertEquals(missing("sma:1", "tr"), 2);
});

Deno.test("computeIndicators() refuses ranges that are absent or of another length", () => {
  const close = new Float64Array(3);
  const spec = [parseIndicatorSpec("atr:2")];
  assertThrows(() => computeIndicators(spec, { close }), {
    type: AppError,
    pattern: /high and low/,
  });
  const low = new Float64Array(2);
  assertThrows(() => computeIndicators(spec, { close, high: close, low }), { type: RangeError });
});

Deno.test("sma() writes to a column that is given, and to none that does not fit", () => {
  const values = Float64Array.of(1, 2, 3);
  const out = new Float64Array(3).fill(7);
  assertEquals(sma(values, { period: 2, out }), out);
  assertEquals(fromColumn(out), [null, 1.5, 2.5]);
  assertThrows(() => sma(values, { period: 2, out: values }), { type: RangeError });
  assertThrows(() => sma(values, { period: 2, out: new Float64Array(2) }), { type: RangeError });
  for (const period of [0, 1.5, 5_001, NaN]) {
    assertThrows(() => sma(values, { period }), { type: RangeError });
  }
});

const SPECS = [
  ...["sma:20", "ema:50", "ema:50@first", "rsi:14", "macd:12-26-9", "macd:12-26-9@first"],
  ...["macd:12-26-9@talib", "bb:20-2", "bb:20-2.5", "atr:14", "atr:14@hl", "tr", "stddev:5000"],
  "roc:1",
];

Deno.test("parseIndicatorSpec() keeps every canonical name", () => {
  for (const name of SPECS) assertEquals(parseIndicatorSpec(name).name, name);
  assertEquals(parseIndicatorSpec("bb:20-2.50").name, "bb:20-2.5");
});

const BAD_NAMES = [
  ...["", "sma", "sma:", "sma:0", "sma:5001", "sma:-1", "sma:1.5", "sma:20@first", "SMA:20"],
  ...["macd:26-12-9", "macd:12-12-9", "macd:12-26", "macd:12-26-9@hl", "bb:20", "bb:20-0"],
  ...["bb:20-101", "tr:14", "atr:14@first", "__proto__", "constructor:1", "sma:20,ema:5"],
];

Deno.test("parseIndicatorSpec() refuses anything else and lists what there is", () => {
  for (const name of BAD_NAMES) {
    const error = assertThrows(() => parseIndicatorSpec(name), { type: AppError });
    assertEquals(error.code, "VALIDATION_FAILED", name);
    for (const syntax of INDICATOR_SYNTAX) assert(error.message.includes(syntax));
  }
  fc.assert(fc.property(fc.string(), (text) => {
    try {
      parseIndicatorSpec(text);
    } catch (error) {
      assert(error instanceof AppError);
    }
  }));
});

Deno.test("parseIndicatorSpecs() takes 1 to 20 names, each once", () => {
  assertEquals(parseIndicatorSpecs(["sma:2", " ema:3 ", "sma:2"]).map(({ name }) => name), [
    "sma:2",
    "ema:3",
  ]);
  const names = Array.from({ length: 21 }, (_, i) => `sma:${i + 1}`);
  assertEquals(parseIndicatorSpecs(names.slice(1)).length, 20);
  assertThrows(() => parseIndicatorSpecs(names), { type: AppError, pattern: /21 indicators/ });
  assertThrows(() => parseIndicatorSpecs([]), { type: AppError });
});

Deno.test("warmUp() is the index of the first value", () => {
  const close = Array.from({ length: 60 }, (_, i) => 100 + i % 7);
  const ranges = { high: close, low: close };
  for (const name of SPECS.filter((spec) => spec !== "stddev:5000")) {
    const series = seriesOf(name, close, ranges);
    const line = Array.isArray(series) ? series : series.macd ?? series.middle ?? [];
    const first = line.findIndex((value) => value !== null);
    assertEquals(warmUp(parseIndicatorSpec(name)), first, name);
  }
});

Deno.test("warmUp() with a seed weight reads on until the start no longer matters", () => {
  const close = Array.from({ length: 2_000 }, (_, i) => 100 + 30 * Math.sin(i / 9) + i % 11);
  for (const name of ["ema:20", "rsi:14", "macd:12-26-9", "sma:20"]) {
    const bars = warmUp(parseIndicatorSpec(name), { seedWeight: 1e-9 });
    const last = (series: ReturnType<typeof seriesOf>) =>
      Array.isArray(series) ? series.at(-1) : series.signal?.at(-1);
    const whole = last(seriesOf(name, close));
    assertClose(last(seriesOf(name, close.slice(-bars - 1))), whole ?? NaN, 1e-6);
  }
  assertEquals(warmUp(parseIndicatorSpec("sma:20"), { seedWeight: 1e-9 }), 19);
  assertThrows(() => warmUp(parseIndicatorSpec("ema:2"), { seedWeight: 0 }), { type: RangeError });
});

Deno.test("describeIndicator() explains every kind and seed", () => {
  for (const name of SPECS) {
    const { label, words, formula, ...rest } = describeIndicator(parseIndicatorSpec(name));
    assertEquals(rest.name, name);
    for (const text of [label, words, formula]) assert(text.length > 1, name);
  }
});

/** A long walk in steps of a factor, with jumps of twelve orders of magnitude. */
function wildSeries(length: number): Float64Array {
  let state = 7;
  let price = 60_000;
  return Float64Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    price *= 1 + (state / 2 ** 32 - 0.5) * 0.02;
    return i % 10_007 === 5_000 ? price * 1e12 : price;
  });
}

Deno.test("sma(), stddev() and bollinger() don't drift over a million points", () => {
  const values = wildSeries(1_000_000);
  const period = 50;
  const means = sma(values, { period });
  const deviations = stddev(values, { period });
  const bands = bollinger(values, { period, multiplier: 2 });
  const isNear = (actual: number | undefined, expected: number) =>
    Math.abs((actual ?? NaN) - expected) <= 1e-9 * Math.abs(expected);
  for (let i = period - 1; i < values.length; i += 13) {
    const window = values.subarray(i - period + 1, i + 1);
    const mean = window.reduce((sum, value) => sum + value, 0) / period;
    const squares = window.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / period);
    assert(isNear(means[i], mean), `mean ${i}`);
    assert(isNear(deviations[i], deviation), `deviation ${i}`);
    assert(isNear(bands.middle[i], mean), `middle ${i}`);
    assert(isNear(bands.width[i], 4 * deviation / mean), `width ${i}`);
  }
});

Deno.test("stddev() keeps its digits where prices hardly move on a high level", () => {
  // Values 1e8 + {0, 1/1024}: both are exact, and half of each gives a deviation of 1/2048.
  const values = Float64Array.from({ length: 6_000 }, (_, i) => 1e8 + (i % 2) / 1024);
  for (const period of [2, 20, 5_000]) {
    const deviations = stddev(values, { period });
    for (let i = period - 1; i < values.length; i += 7) {
      assertClose((deviations[i] ?? NaN) * 2048, 1);
    }
  }
});

Deno.test("createIndicatorStream() agrees with the batch form over a long wild series", () => {
  const close = wildSeries(50_000);
  for (const name of ["sma:5000", "stddev:5000", "ema:5000", "rsi:200"]) {
    const spec = parseIndicatorSpec(name);
    const batch = computeIndicators([spec], { close }).series[name];
    assert(batch instanceof Float64Array);
    const stream = createIndicatorStream(spec);
    close.forEach((value, i) => {
      const point = stream.update({ close: value });
      const expected = batch[i] ?? NaN;
      if (Number.isNaN(expected)) assertEquals(point, null);
      else assert(Math.abs(Number(point) - expected) <= 1e-9 * Math.abs(expected), `${name}[${i}]`);
    });
  }
});
