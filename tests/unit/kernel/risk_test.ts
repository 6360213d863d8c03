import { toColumn } from "@/services/analytics/column.ts";
import { growthOfReturns } from "@/services/kernel/returns.ts";
import { measureRisk, type RiskMeasures, type RiskOptions } from "@/services/kernel/risk.ts";
import { assert, assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";
import { readSharedText, sharedData } from "@/tests/shared_data.ts";

function riskOf(returns: readonly (number | null)[], options: RiskOptions = {}): RiskMeasures {
  return measureRisk(growthOfReturns(toColumn(returns)), options);
}

const NOTHING: RiskMeasures = {
  cumulative: null,
  annualReturn: null,
  volatility: null,
  downsideRisk: null,
  sharpe: null,
  sortino: null,
  calmar: null,
  maxDrawdown: null,
  var95: null,
  es95: null,
  beta: null,
  n: 0,
  missing: 0,
};

Deno.test("measureRisk() measures nothing of no returns and of none present", () => {
  assertEquals(riskOf([]), NOTHING);
  assertEquals(riskOf([null, null]), { ...NOTHING, missing: 2 });
});

Deno.test("measureRisk() of one return knows its size and no deviation", () => {
  const risk = riskOf([-0.1], { periodsPerYear: 1 });
  assertClose(risk.cumulative, -0.1);
  assertClose(risk.annualReturn, -0.1);
  assertClose(risk.downsideRisk, 0.1);
  assertClose(risk.sortino, -1);
  assertClose(risk.maxDrawdown, -0.1);
  assertClose(risk.calmar, -1);
  assertClose(risk.var95, 0.1);
  assertEquals([risk.volatility, risk.sharpe, risk.n], [null, null, 1]);
});

Deno.test("measureRisk() divides by no deviation of equal returns", () => {
  const risk = riskOf(Array(9).fill(0.01));
  assertEquals([risk.volatility, risk.sharpe, risk.sortino, risk.calmar], [0, null, null, null]);
  assertEquals(risk.maxDrawdown, 0);
});

Deno.test("measureRisk() works out a small series by hand", () => {
  // Mean 0.02, deviations ±0.1 and 0: sample variance 0.02 / 2 = 0.01.
  const risk = riskOf([0.12, -0.08, 0.02], { periodsPerYear: 4, riskFree: 0.01 });
  assertClose(risk.volatility, 0.2);
  assertClose(risk.sharpe, 0.2);
  assertClose(risk.cumulative, 1.12 * 0.92 * 1.02 - 1);
  assertClose(risk.maxDrawdown, -0.08);
  assertClose(risk.downsideRisk, Math.sqrt(0.0064 / 3 * 4));
});

Deno.test("measureRisk() counts the start as a peak and a total loss as -100 %", () => {
  assertClose(riskOf([-0.5, 0.5]).maxDrawdown, -0.5);
  const ruin = riskOf([0.1, -1, 0.5]);
  assertEquals([ruin.cumulative, ruin.annualReturn, ruin.maxDrawdown], [-1, -1, -1]);
});

Deno.test("measureRisk() takes the 5 % quantile from a return that happened", () => {
  // 41 returns: index floor(0.05 * 40) = 2, so the third worst.
  const returns = Array.from({ length: 41 }, (_, i) => (i - 20) / 100);
  const risk = riskOf(returns);
  assertClose(risk.var95, 0.18);
  assertClose(risk.es95, 0.19);
  assertClose(riskOf(returns.slice(1)).var95, 0.18);
});

Deno.test("measureRisk() regresses on the periods that both have", () => {
  const market = toColumn([0.01, -0.02, 0.03, null, 0.5]);
  assertClose(riskOf([0.02, -0.04, 0.06, 0.9, null], { benchmark: market }).beta, 2);
  assertEquals(riskOf([0.1, 0.2], { benchmark: toColumn([0.1, 0.1]) }).beta, null);
  assertThrows(() => riskOf([0.1], { benchmark: market }), { type: RangeError });
});

interface Case {
  readonly id: string;
  readonly metric: string;
  readonly periods_per_year: number | null;
  readonly params: { readonly risk_free?: number; readonly required_return?: number };
  readonly expected: number | readonly number[];
  readonly tolerance: number;
  readonly returns: readonly (number | null)[];
}

const METRICS: Readonly<Record<string, keyof RiskMeasures>> = {
  annualised_volatility: "volatility",
  annual_return: "annualReturn",
  calmar_ratio: "calmar",
  max_drawdown: "maxDrawdown",
  sharpe_ratio: "sharpe",
  downside_risk: "downsideRisk",
  sortino_ratio: "sortino",
};
const VECTORS = sharedData("indicators/risk_metric_vectors.json");

Deno.test({
  name: "measureRisk() reproduces every published reference figure",
  ignore: VECTORS === null,
  async fn() {
    assert(VECTORS);
    const { cases }: { cases: readonly Case[] } = JSON.parse(await readSharedText(VECTORS));
    assert(cases.length > 0);
    for (const { id, metric, periods_per_year, params, expected, tolerance, returns } of cases) {
      if (typeof expected === "number") {
        const name = METRICS[metric];
        assert(name, `${id} has an unknown metric`);
        const risk = riskOf(returns, {
          periodsPerYear: periods_per_year ?? undefined,
          riskFree: params.risk_free,
          requiredReturn: params.required_return,
        });
        assertClose(risk[name], expected, tolerance);
      } else {
        const start = metric === "cumulative_value_from_100" ? 100 : 1;
        const { path } = growthOfReturns(toColumn(returns));
        const shown = Array.from(path, (unit) => start === 100 ? 100 * unit : unit - 1);
        expected.forEach((value, i) => assertClose(shown[i], value, tolerance));
      }
    }
  },
});
