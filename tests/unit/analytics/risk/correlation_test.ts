import fc from "fast-check";
import { cellOf, correlate, rollingCorrelation } from "@/services/analytics/risk/correlation.ts";
import { correlationMatrix } from "@/services/analytics/risk/correlation_matrix.ts";
import { logReturns } from "@/services/analytics/risk/log_returns.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";

/** 1, -1, 1, -1, … of which `share` in 8 have the sign turned: r is known from the counts. */
function signs(length: number, isTurned: (i: number) => boolean = () => false): Float64Array {
  return Float64Array.from({ length }, (_, i) => (i % 2 === 0 ? 1 : -1) * (isTurned(i) ? -1 : 1));
}

Deno.test("logReturns() are one fewer than the prices, missing beside a gap", () => {
  const returns = logReturns(new Float64Array([1, Math.E, NaN, 2, 2, 0, 5, -1]));
  assertEquals([...returns].map((value) => Math.round(value)), [1, NaN, NaN, 0, NaN, NaN, NaN]);
  assertEquals([logReturns(new Float64Array(1)).length, logReturns(new Float64Array()).length], [
    0,
    0,
  ]);
});

Deno.test("correlate() works out a table of signs by hand", () => {
  // Of 32 rows 8 differ, evenly over both signs: (24 - 8) / 32.
  const turned = signs(32, (i) => i % 8 < 2);
  const { r, n, ci95 } = correlate(signs(32), turned);
  assertEquals(n, 32);
  assertClose(r, 0.5);
  assert(ci95);
  // atanh 0.5 = ln 3 / 2; ± 1.959963984540054 / sqrt 29; tanh of both.
  const reach = 1.959963984540054 / Math.sqrt(29);
  for (const [at, sign] of [[0, -1], [1, 1]] as const) {
    const power = 3 * Math.exp(2 * sign * reach);
    assertClose(ci95[at], (power - 1) / (power + 1));
  }
});

Deno.test("correlate() knows lines that move together, against each other and not at all", () => {
  const line = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i));
  const scaled = (factor: number) => line.map((value) => 5 + factor * value);
  assertClose(correlate(line, scaled(3)).r, 1);
  assertClose(correlate(line, scaled(-3)).r, -1);
  const flat = new Float64Array(40).fill(0.1);
  assertEquals(correlate(line, flat), { r: null, n: 40, ci95: null });
  assertEquals(correlate(flat, flat).r, null);
});

Deno.test("correlate() says nothing below 30 common points, and counts them", () => {
  const line = Float64Array.from({ length: 30 }, (_, i) => Math.sin(i));
  assertEquals(correlate(line, line).n, 30);
  assertClose(correlate(line, line).r, 1);
  const gappy = line.with(7, NaN);
  assertEquals(correlate(line, gappy), { r: null, n: 29, ci95: null });
  assertEquals(correlate(new Float64Array(), new Float64Array()), { r: null, n: 0, ci95: null });
});

Deno.test("correlate() leaves rows out that either lacks, and nothing else", () => {
  const a = signs(40);
  const b = signs(40, (i) => i % 8 < 2);
  // The rows without a pair would spoil any sum that took them in.
  const holed = Float64Array.from([...a, NaN, 900, ...a]);
  const other = Float64Array.from([...b, 700, NaN, ...b]);
  assertEquals(correlate(holed, other).n, 80);
  assertClose(correlate(holed, other).r, correlate(a, b).r ?? NaN);
});

Deno.test("correlate() keeps its digits far from zero", () => {
  const a = signs(32).map((value) => 1e9 + value * 1e-3);
  const b = signs(32, (i) => i % 8 < 2).map((value) => 1e9 + value * 1e-3);
  assertClose(correlate(a, b).r, 0.5, 1e-6);
});

Deno.test("correlationMatrix() is symmetric, has ones on its diagonal and is that of each pair", () => {
  const value = fc.double({ min: -1, max: 1, noNaN: true });
  const cell = fc.oneof({ weight: 9, arbitrary: value }, {
    weight: 1,
    arbitrary: fc.constant(NaN),
  });
  const columns = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 60 }))
    .chain(([size, rows]) =>
      fc.array(fc.array(cell, { minLength: rows, maxLength: rows }), {
        minLength: size,
        maxLength: size,
      })
    )
    .map((all) => all.map((one) => Float64Array.from(one)));
  fc.assert(fc.property(columns, (all) => {
    const matrix = correlationMatrix(all);
    all.forEach((a, row) =>
      all.forEach((b, column) => {
        const found = cellOf(matrix, { row, column });
        assertEquals(found, cellOf(matrix, { row: column, column: row }));
        assertEquals(found, row === column ? found : correlate(a, b));
        assert(found.r === null || Math.abs(found.r) <= 1);
        if (row === column && found.r !== null) assertEquals(found.r, 1);
        if (found.ci95) {
          const [low, high] = found.ci95;
          assert(-1 <= low && low <= (found.r ?? NaN) && (found.r ?? NaN) <= high && high <= 1);
        }
      })
    );
  }));
});

Deno.test("correlationMatrix() agrees with the plain formula on gapped columns", () => {
  const value = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -1000, max: 1000 }).map((x) => x / 1000) },
    { weight: 1, arbitrary: fc.constant(NaN) },
  );
  const pair = fc.array(fc.tuple(value, value), { minLength: 35, maxLength: 90 });
  fc.assert(fc.property(pair, (rows) => {
    const common = rows.filter(([x, y]) => !Number.isNaN(x + y));
    const [a, b] = [0, 1].map((side) => Float64Array.from(rows, (row) => row[side] ?? NaN));
    assert(a && b);
    const { r, n } = correlate(a, b);
    assertEquals(n, common.length);
    const sum = (of: (x: number, y: number) => number) =>
      common.reduce((total, [x, y]) => total + of(x, y), 0);
    const [meanX, meanY] = [sum((x) => x) / n, sum((_, y) => y) / n];
    const covariance = sum((x, y) => (x - meanX) * (y - meanY));
    const [spreadX, spreadY] = [
      sum((x) => (x - meanX) ** 2),
      sum((_, y) => (y - meanY) ** 2),
    ];
    if (n >= 30 && spreadX > 1e-6 && spreadY > 1e-6) {
      assertClose(r, covariance / Math.sqrt(spreadX * spreadY));
    }
  }));
});

Deno.test("correlationMatrix() keeps the digits of common rows beside far larger others", () => {
  // What one column has without the other is 1e12 times what both have.
  const a = signs(48, (i) => i % 8 < 2).map((value, i) => i < 16 ? 1e9 : 1e-3 * value);
  const b = signs(48).map((value, i) => i < 16 ? NaN : 5 + 1e-3 * value);
  const c = signs(48).map((value, i) => i < 15 ? -1e6 : i === 15 ? NaN : 1e-3 * value);
  const matrix = correlationMatrix([a, b, c]);
  for (const [row, column] of [[0, 1], [1, 2]] as const) {
    const inside = [a, b, c].map((one) => one.subarray(16));
    const expected = correlate(
      inside[row] ?? new Float64Array(),
      inside[column] ?? new Float64Array(),
    );
    assertEquals(cellOf(matrix, { row, column }).n, 32);
    assertClose(cellOf(matrix, { row, column }).r, expected.r ?? NaN, 1e-12);
  }
});

Deno.test("correlationMatrix() refuses columns of two lengths", () => {
  assertThrows(() => correlationMatrix([new Float64Array(3), new Float64Array(2)]), {
    type: RangeError,
  });
});

Deno.test("rollingCorrelation() is the correlation of each window", () => {
  const a = Float64Array.from({ length: 80 }, (_, i) => Math.sin(i * i)).with(50, NaN);
  const b = Float64Array.from({ length: 80 }, (_, i) => Math.cos(3 * i) + Math.sin(i * i));
  const { r, n } = rollingCorrelation(a, b, { window: 31 });
  assertEquals([...r.subarray(0, 30)].every(Number.isNaN), true);
  assertEquals([n[0], n[29], n[30], n[50], n[79]], [1, 30, 31, 30, 30]);
  for (const end of [31, 45, 51, 80]) {
    const window = correlate(a.subarray(end - 31, end), b.subarray(end - 31, end));
    assertClose(r[end - 1], window.r ?? NaN);
  }
});
