import fc from "fast-check";
import { deepestDrawdown, drawdownCurve } from "@/services/kernel/drawdown.ts";
import { relativePerformance } from "@/services/analytics/risk/relative_performance.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";

Deno.test("drawdownCurve() measures each value against the highest so far", () => {
  const curve = drawdownCurve(new Float64Array([4, 3, NaN, 5, 4, 6]));
  assertEquals([...curve], [0, -0.25, NaN, 0, 4 / 5 - 1, 0]);
  assertEquals([...drawdownCurve(new Float64Array([0.5, 2]), { peak: 1 })], [-0.5, 0]);
});

type Expected = readonly [
  depth: number,
  peak: number,
  trough: number,
  recovery: number | null,
];
const CASES: readonly { name: string; prices: number[]; expected: Expected | null }[] = [
  { name: "is none without a price", prices: [NaN, NaN], expected: null },
  { name: "is 0 where the line never falls", prices: [NaN, 1, 1, 2], expected: [0, 1, 1, 1] },
  {
    name: "names peak, trough and recovery",
    prices: [8, 10, 5, 9, 10, 11],
    expected: [-0.5, 1, 2, 4],
  },
  { name: "has no recovery while below", prices: [10, 5, 9], expected: [-0.5, 0, 1, null] },
  { name: "takes the deepest of two", prices: [10, 8, 10, 4, 20, 12], expected: [-0.6, 2, 3, 4] },
  { name: "looks across a gap", prices: [10, NaN, 6, NaN, 10], expected: [-0.4, 0, 2, 4] },
];
for (const { name, prices, expected } of CASES) {
  Deno.test(`deepestDrawdown() ${name}`, () => {
    const found = deepestDrawdown(Float64Array.from(prices));
    if (expected === null) return assertEquals(found, null);
    const [depth, ...rows] = expected;
    assertClose(found?.depth, depth);
    assertEquals([found?.peak, found?.trough, found?.recovery], rows);
  });
}

Deno.test("deepestDrawdown() is the lowest point of the curve, at most 0", () => {
  const prices = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(prices, (values) => {
    const found = deepestDrawdown(Float64Array.from(values));
    assert(found && found.peak <= found.trough && found.depth <= 0 && found.depth > -1);
    assertEquals(found.depth, Math.min(...drawdownCurve(Float64Array.from(values))));
    assertClose(found.depth, (values[found.trough] ?? 0) / (values[found.peak] ?? 0) - 1);
  }));
});

Deno.test("relativePerformance() starts at 0 with the first known price and keeps gaps", () => {
  const { change, base, total } = relativePerformance(new Float64Array([NaN, 4, 5, NaN, 3, NaN]));
  assertEquals([...change], [NaN, 0, 0.25, NaN, -0.25, NaN]);
  assertEquals([base, total], [1, -0.25]);
  const nothing = relativePerformance(new Float64Array([NaN]));
  assertEquals([[...nothing.change], nothing.base, nothing.total], [[NaN], null, null]);
});

const CASES_FILE = sharedData("portfolio/golden_cases.json");

Deno.test({
  name: "deepestDrawdown() reproduces the published drawdown of an index",
  ignore: CASES_FILE === null,
  async fn() {
    assert(CASES_FILE);
    const cases: readonly Record<string, unknown>[] = JSON.parse(await readSharedText(CASES_FILE));
    const found = cases.find(({ id }) => id === "pp/drawdown-simple") as {
      prices: { accumulated_returns: string[] };
      expected: { max_drawdown: string };
    } | undefined;
    assert(found);
    const index = Float64Array.from(found.prices.accumulated_returns, (text) => 1 + Number(text));
    assertClose(deepestDrawdown(index)?.depth, -Number(found.expected.max_drawdown), 1e-11);
  },
});
