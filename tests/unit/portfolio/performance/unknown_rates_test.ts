import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { convertHistory } from "@/services/portfolio/performance/history.ts";
import {
  type MeasureOptions,
  measurePortfolio,
  type PortfolioPerformance,
} from "@/services/portfolio/performance/measure.ts";
import { historyOf, instant, ledger, type RowCase } from "./ledger.ts";

const FIRST: RowCase = ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "1", "100"];
const SECOND: RowCase = ["2025-01-03T12:00:00Z", "BUY", "bitcoin", "1", "80"];

/** From the end of 2024 on, a day each; units of a currency for a dollar, NaN where unknown. */
function measure(
  rows: readonly RowCase[],
  closes: readonly (number | null)[],
  { rates, ...options }: MeasureOptions & { readonly rates: readonly number[] },
): PortfolioPerformance {
  const dollars = historyOf(ledger(rows), { from: "2024-12-31", closes: { bitcoin: closes } });
  const measured = measurePortfolio(convertHistory(dollars, Float64Array.from(rates)), options);
  assert(measured !== null);
  return measured;
}

const CLOSES = [null, 100, 90, 80, 95, 38];

Deno.test("a flow of which nobody knows the rate leaves no return of a range that holds it", () => {
  const measured = measure([FIRST, SECOND], CLOSES, { rates: [1, 1, 1, NaN, 1, 1] });
  const { value, deposited, gain, roi, twr, xirr, modifiedDietz, drawdown, risk } = measured;
  assertEquals([value, deposited, gain], [76, NaN, NaN]);
  assertEquals([roi, twr, xirr, modifiedDietz, drawdown], [null, null, null, null, null]);
  assertEquals([risk.cumulative, risk.annualReturn, risk.maxDrawdown], [null, null, null]);
  assertEquals(measured.contributions.map(({ toReturn }) => toReturn), [NaN]);
  assertEquals(measured.months.map(({ timeWeightedReturn }) => timeWeightedReturn), [null]);
  // Up to the day before it is known, and no longer.
  assertEquals([...measured.series.cumulative].map((own) => Math.round(own * 100)), [
    ...[0, 0, -10, NaN, NaN, NaN],
  ]);
});

Deno.test("a day without a rate in which nothing flows changes no return over it", () => {
  const { twr, gain, drawdown, residual } = measure([FIRST], [null, 100, 90, 80, 95, 97], {
    rates: [1, 1, 1, NaN, 1, 1],
  });
  assertEquals(gain, -3);
  assertClose(twr, -0.03);
  // What it fell to on the day without a rate is not known.
  assertClose(drawdown?.depth ?? NaN, -0.1);
  assertClose(residual ?? NaN, 0, 1e-9);
});

Deno.test("ranges beside a flow whose rate is unknown are measured as ever", () => {
  const rates = [1, 1, 1, NaN, 1, 1];
  const before = measure([FIRST, SECOND], CLOSES, { rates, to: instant("2025-01-03") });
  assertClose(before.twr, -0.1);
  const after = measure([FIRST, SECOND], CLOSES, { rates, from: instant("2025-01-05") });
  assertClose(after.twr, 38 / 95 - 1);
  assertEquals([after.openingValue, after.deposited, after.gain], [190, 0, -114]);
});

Deno.test("months after one that holds a flow of unknown rate have their returns", () => {
  const days = 31 + 28;
  const closes = Array.from(
    { length: 1 + days },
    (_, day) => day === 0 ? null : day === days ? 110 : 100,
  );
  const rates = closes.map((_, day) => day === 3 ? NaN : 1);
  const { months, twr } = measure([FIRST, SECOND], closes, { rates });
  const [january, february] = months.slice(-2);
  assertEquals([twr, january?.timeWeightedReturn, january?.month], [null, null, 1]);
  assertClose(february?.timeWeightedReturn ?? NaN, 0.1);
});
