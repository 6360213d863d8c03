import { poolHistory } from "@/services/defi/pool_history.ts";
import { fittedBorrowApy, rateCurve } from "@/services/defi/rate_curve.ts";
import { apyFromApr, ratesAt, SECONDS_A_YEAR } from "@/services/defi/yields.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { sampleDays, samplePool } from "./pool_sample.ts";

const MODEL = { base: 0.01, slope1: 0.055, slope2: 0.4, kink: 0.92, reserveFactor: 0.1 };

function historyOf(utilizations: readonly number[], noise: (at: number) => number = () => 0) {
  const pool = samplePool();
  const days = utilizations.map((utilization, at) => {
    const { borrowRate, supplyRate } = ratesAt(utilization, MODEL);
    const apy = (rate: number) => apyFromApr(rate, SECONDS_A_YEAR);
    return { utilization, borrowApy: apy(borrowRate + noise(at)), supplyApy: apy(supplyRate) };
  });
  return poolHistory(pool, sampleDays(days, pool));
}

const CALM = Array.from({ length: 20 }, (_, at) => 0.5 + at / 50);

Deno.test("rateCurve() finds the slopes that the readings were made with", () => {
  const { fit, points } = rateCurve(historyOf([...CALM, 0.95, 0.99]), { from: 0, kink: 0.92 });
  assert(fit !== null);
  assertClose(fit.base, 0.01, 1e-9);
  assertClose(fit.slope1, 0.055, 1e-9);
  assertClose(fit.slope2 ?? NaN, 0.4, 1e-9);
  assert(fit.meanGap < 1e-9);
  assertEquals(points.length, 22);
  // Base and first slope are all that is paid at the kink.
  assertClose(fittedBorrowApy(fit, 0.92) ?? NaN, apyFromApr(0.065, SECONDS_A_YEAR), 1e-9);
  assertClose(fittedBorrowApy(fit, 1) ?? NaN, apyFromApr(0.465, SECONDS_A_YEAR), 1e-9);
});

Deno.test("rateCurve() knows nothing past a kink that no reading passed", () => {
  const { fit } = rateCurve(historyOf(CALM), { from: 0, kink: 0.92 });
  assert(fit !== null);
  assertEquals([fit.slope2, fittedBorrowApy(fit, 0.95)], [null, null]);
});

Deno.test("rateCurve() has no curve for readings that follow none, few readings, or no kink", () => {
  const wild = historyOf(CALM, (at) => at % 2 === 0 ? 0.05 : 0);
  assertEquals(rateCurve(wild, { from: 0, kink: 0.92 }).fit, null);
  assertEquals(rateCurve(historyOf([0.5, 0.6]), { from: 0, kink: 0.92 }).fit, null);
  assertEquals(rateCurve(historyOf(CALM), { from: 0, kink: 1 }).fit, null);
  assertEquals(rateCurve(historyOf(CALM), { from: Infinity, kink: 0.9 }).points, []);
});
