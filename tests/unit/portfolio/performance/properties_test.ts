import fc from "fast-check";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import type { LotRow } from "@/services/portfolio/lots.ts";
import { utcMsOf } from "@/services/kernel/time.ts";
import { gridOfInstants } from "@/services/portfolio/performance/grid.ts";
import { convertHistory } from "@/services/portfolio/performance/history.ts";
import { measurePortfolio } from "@/services/portfolio/performance/measure.ts";
import { dailyGrid, historyOf, ledger, type RowCase } from "./ledger.ts";

const DAYS = 30;
const ASSETS = ["bitcoin", "ethereum", "solana"] as const;
const price = fc.double({ min: 50, max: 5_000, noNaN: true });
const steadyCloses = fc.array(price, { minLength: DAYS, maxLength: DAYS });
const holeyCloses = fc.array(fc.option(price, { freq: 6 }), { minLength: DAYS, maxLength: DAYS });

function dayOf(day: number): string {
  return new Date(Date.UTC(2025, 0, 1 + day, 12)).toISOString();
}

/** Buckets that end where rows may stand, at noon. */
const GRID_OF_ROWS = gridOfInstants(
  utcMsOf(Date.UTC(2025, 0, 1)),
  Array.from({ length: DAYS }, (_, day) => Date.UTC(2025, 0, 1 + day, 12)),
);

const anyRow: fc.Arbitrary<RowCase> = fc.record({
  day: fc.integer({ min: 1, max: DAYS - 1 }),
  action: fc.constantFrom(
    ...["BUY", "BUY", "SELL", "TRANSFER_IN", "TRANSFER_OUT", "STAKING_REWARD", "AIRDROP"] as const,
  ),
  asset: fc.constantFrom(...ASSETS),
  quantity: fc.integer({ min: 10_000, max: 1_000_000 }),
  price: fc.option(fc.integer({ min: 50, max: 5_000 }), { freq: 4 }),
  account: fc.constantFrom("a", "b"),
}).map(({ day, action, asset, quantity, price, account }) => [
  dayOf(day),
  action,
  asset,
  (quantity / 1_000).toFixed(3),
  price === null ? null : String(price),
  { account },
]);

const anyLedger = fc.array(anyRow, { minLength: 1, maxLength: 60, size: "max" }).map(ledger);
const anyMarket = fc.record({
  bitcoin: holeyCloses,
  ethereum: steadyCloses,
  solana: holeyCloses,
});

Deno.test("contributions add up to the return, and gains to the gain, in any currency", () => {
  fc.assert(fc.property(anyLedger, anyMarket, steadyCloses, (rows, closes, rates) => {
    const history = historyOf(rows, { from: "2025-01-01", closes });
    const byInstants = historyOf(rows, { from: "2025-01-01", closes, grid: GRID_OF_ROWS });
    for (const own of [history, byInstants, convertHistory(history, Float64Array.from(rates))]) {
      const measured = measurePortfolio(own);
      if (measured === null) continue;
      const { twr, residual, contributions, gain, invested, withdrawn } = measured;
      assert(twr !== null && residual !== null);
      // A portfolio of cents that became thousands and cents again keeps the digits of its peak.
      const size = Math.max(...measured.series.cumulative.filter(Number.isFinite)) + 1;
      assert(Math.abs(residual) <= 1e-9 * size, `residual ${residual} of ${size}`);
      const gains = contributions.reduce((total, own) => total + own.gain, 0);
      const money = 1 + invested + withdrawn + Math.abs(gain);
      assert(Math.abs(gains - gain) <= 1e-9 * money, `${gains}, not ${gain}`);
      const whole = measured.months.reduce(
        (unit, month) => unit * (1 + (month.timeWeightedReturn ?? 0)),
        1,
      );
      assertClose(whole, 1 + twr, 1e-9);
    }
  }));
});

Deno.test("deposits and withdrawals at the market's price never change TWR", () => {
  const step = fc.record({
    day: fc.integer({ min: 2, max: DAYS - 1 }),
    isDeposit: fc.boolean(),
    quantity: fc.integer({ min: 1, max: 2_000 }),
  });
  const anySteps = fc.array(step, { maxLength: 20 });
  const anyGrid = fc.constantFrom(GRID_OF_ROWS, dailyGrid("2025-01-01", DAYS));
  fc.assert(fc.property(steadyCloses, anySteps, anyGrid, (closes, steps, grid) => {
    const first: RowCase = [dayOf(1), "TRANSFER_IN", "bitcoin", "50000"];
    const moved = steps.map(({ day, isDeposit, quantity }): RowCase => [
      dayOf(day),
      isDeposit ? "TRANSFER_IN" : "TRANSFER_OUT",
      "bitcoin",
      String(quantity),
    ]);
    const given = { from: "2025-01-01", closes: { bitcoin: closes }, grid };
    const still = measurePortfolio(historyOf(ledger([first]), given));
    const busy = measurePortfolio(historyOf(ledger([first, ...moved]), given));
    assertClose(1 + (busy?.twr ?? NaN), 1 + (still?.twr ?? NaN), 1e-9);
  }));
});

Deno.test("a portfolio of one asset without flows has the asset's return and drawdown", () => {
  fc.assert(fc.property(steadyCloses, (closes) => {
    const rows = ledger([[dayOf(1), "TRANSFER_IN", "bitcoin", "3"]]);
    const closesOf = Float64Array.from(closes);
    const history = historyOf(rows, { from: "2025-01-01", closes: { bitcoin: closes } });
    const measured = measurePortfolio(history, {
      benchmark: { assetId: rows[0]?.assetId as LotRow["assetId"], closes: closesOf },
    });
    const own = (closes.at(-1) ?? NaN) / (closes[1] ?? NaN);
    assertClose(1 + (measured?.twr ?? NaN), own, 1e-9);
    // The same money in the same asset is worth the same.
    assertClose(measured?.benchmark?.valueInstead ?? NaN, measured?.value ?? NaN, 1e-9);
    let peak = 0;
    const falls = closes.slice(1).map((close) => close / (peak = Math.max(peak, close)) - 1);
    assertClose(measured?.risk.maxDrawdown ?? NaN, Math.min(...falls), 1e-9);
  }));
});

Deno.test("a portfolio's return is in order of nothing but time: rows may come in any order", () => {
  fc.assert(fc.property(anyLedger, anyMarket, (rows, closes) => {
    const given = { from: "2025-01-01", closes };
    const forth = measurePortfolio(historyOf(rows, given));
    const back = measurePortfolio(historyOf(rows.toReversed(), given));
    assertEquals(back?.twr === undefined, forth?.twr === undefined);
    if (forth && back) {
      assertClose(back.twr ?? NaN, forth.twr ?? NaN, 1e-9);
      assertClose(back.value, forth.value, 1e-9);
    }
  }));
});
