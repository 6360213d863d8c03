import { toColumn } from "@/services/analytics/column.ts";
import { measurePriceRisk, measureSwing } from "@/services/analytics/risk/price_risk.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";

const daily = { periodsPerYear: 365 };

Deno.test("measureSwing() works out a small series by hand", () => {
  // The first price only starts the first return. 2, 4, 4: mean 10/3, squares 8/3, over 3.
  const { priceStddev, volatility, n, returns, missing } = measureSwing(
    new Float64Array([1, 2, 4, 4]),
    { periodsPerYear: 4 },
  );
  assertClose(priceStddev, Math.sqrt(8) / 3);
  // ln 2, ln 2, 0: deviations ln 2 / 3 twice and -2 ln 2 / 3, squares 6/9 (ln 2)^2, over 2, × 4.
  assertClose(volatility, Math.LN2 / Math.sqrt(3) * 2);
  assertEquals([n, returns, missing], [3, 3, 0]);
});

Deno.test("measureSwing() counts gaps: a missing bar takes two returns with it", () => {
  const { priceStddev, n, returns, missing } = measureSwing(
    new Float64Array([5, 5, NaN, 7, 7]),
    daily,
  );
  assertClose(priceStddev, Math.sqrt(8) / 3);
  assertEquals([n, returns, missing], [3, 2, 1]);
});

Deno.test("measureSwing() has no figure without data", () => {
  assertEquals(measureSwing(new Float64Array([NaN, NaN]), daily), {
    priceStddev: null,
    volatility: null,
    n: 0,
    returns: 0,
    missing: 1,
  });
  assertEquals(measureSwing(new Float64Array([1, 2]), daily).volatility, null);
  assertEquals(measureSwing(new Float64Array([3, 3, 3]), daily).volatility, 0);
});

Deno.test("measurePriceRisk() measures an asset from its first known price on", () => {
  const late = measurePriceRisk(new Float64Array([NaN, NaN, 10, 12, 9, 18]), daily);
  const whole = measurePriceRisk(new Float64Array([10, 12, 9, 18]), daily);
  assertEquals(late.measures, whole.measures);
  assertClose(late.measures.cumulative, 0.8);
  assertClose(late.drawdown?.depth, -0.25);
  assertEquals([late.n, late.missing, late.drawdown?.trough], [4, 1, 4]);
  assertEquals(late.currentDrawdown, 0);
});

Deno.test("measurePriceRisk() ends at its last known price", () => {
  const risk = measurePriceRisk(new Float64Array([10, 20, 15, NaN]), daily);
  assertClose(risk.measures.cumulative, 0.5);
  assertClose(risk.currentDrawdown, -0.25);
  assertEquals(risk.missing, 1);
});

Deno.test("measurePriceRisk() regresses on the benchmark's bars of the same time", () => {
  const benchmark = new Float64Array([99, 100, 110, 99, NaN, 99]);
  // Twice the market's returns of +10 % and -10 %; the others have no partner.
  const prices = new Float64Array([NaN, 50, 60, 48, 90, 10]);
  assertClose(measurePriceRisk(prices, { ...daily, benchmark }).measures.beta, 2);
});

Deno.test("measurePriceRisk() measures nothing without prices", () => {
  const { measures, drawdown, currentDrawdown, n } = measurePriceRisk(
    new Float64Array([NaN, NaN]),
    daily,
  );
  assert(Object.values(measures).every((value) => value === null));
  assertEquals([drawdown, currentDrawdown, n], [null, null, 0]);
});

const CASES = sharedData("portfolio/golden_cases.json");
const VECTORS = sharedData("indicators/risk_metric_vectors.json");

/** Prices of which these are the returns, from 100 on. */
function pricesOf(returns: readonly number[]): Float64Array {
  let price = 100;
  return Float64Array.of(100, ...returns.map((change) => price *= 1 + change));
}

Deno.test({
  name: "measureSwing() reproduces the published deviation of log returns",
  ignore: CASES === null,
  async fn() {
    assert(CASES);
    const cases: readonly Record<string, unknown>[] = JSON.parse(await readSharedText(CASES));
    const found = cases.find(({ id }) => id === "pp/volatility") as {
      prices: { returns: string[] };
      expected: { standard_deviation: string };
    } | undefined;
    assert(found);
    const returns = found.prices.returns.map(Number);
    // Its factor is √n, ours √(bars a year).
    const { volatility } = measureSwing(pricesOf(returns), { periodsPerYear: returns.length });
    assertClose(volatility, Number(found.expected.standard_deviation), 1e-11);
  },
});

interface Vector {
  readonly id: string;
  readonly metric: string;
  readonly periods_per_year: number | null;
  readonly params: { readonly risk_free?: number; readonly required_return?: number };
  readonly expected: number | readonly number[];
  readonly tolerance: number;
  readonly returns: readonly (number | null)[];
}

const MEASURES = {
  annual_return: "annualReturn",
  calmar_ratio: "calmar",
  sharpe_ratio: "sharpe",
  downside_risk: "downsideRisk",
  sortino_ratio: "sortino",
} as const;

Deno.test({
  name: "measurePriceRisk() of prices has the published risk of their returns",
  ignore: VECTORS === null,
  async fn() {
    assert(VECTORS);
    const { cases }: { cases: readonly Vector[] } = JSON.parse(await readSharedText(VECTORS));
    let checked = 0;
    for (const { metric, expected, returns, params, tolerance, ...vector } of cases) {
      // A missing first return has no prices; the vectors with one are held on returns.
      if (typeof expected !== "number" || returns.includes(null)) continue;
      const risk = measurePriceRisk(pricesOf([...toColumn(returns)]), {
        periodsPerYear: vector.periods_per_year ?? 365,
        riskFree: params.risk_free,
        requiredReturn: params.required_return,
      });
      const found = metric === "max_drawdown"
        ? risk.drawdown?.depth
        : metric in MEASURES
        ? risk.measures[MEASURES[metric as keyof typeof MEASURES]]
        : null;
      if (found === null) continue;
      assertClose(found, expected, tolerance);
      checked++;
    }
    assert(checked >= 8, `Only ${checked} vectors were checked`);
  },
});
