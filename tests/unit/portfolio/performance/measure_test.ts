import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import {
  measurePortfolio,
  type PortfolioPerformance,
} from "@/services/portfolio/performance/measure.ts";
import { type CloseCase, historyOf, instant, ledger, type RowCase } from "./ledger.ts";

function measure(
  rows: readonly RowCase[],
  closes: CloseCase,
  range: { readonly from?: string; readonly to?: string } = {},
): PortfolioPerformance {
  const history = historyOf(ledger(rows), { from: "2024-12-31", closes });
  const measured = measurePortfolio(history, {
    ...range.from === undefined ? {} : { from: instant(range.from) },
    ...range.to === undefined ? {} : { to: instant(range.to) },
  });
  assert(measured !== null);
  assert(Math.abs(measured.residual ?? 0) < 1e-9, `residual ${measured.residual}`);
  const gains = measured.contributions.reduce((total, { gain }) => total + gain, 0);
  assertClose(gains, measured.gain, 1e-9);
  return measured;
}

Deno.test("measurePortfolio() links at each deposit: 100 to 120, 50 more, to 160", () => {
  // 1 unit at 100; at 120 another 50 / 120 units; then 160 / (170 / 120) a unit.
  const { twr, gain, deposited, value } = measure([
    ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "1", "100"],
    ["2025-01-02T12:00:00Z", "BUY", "bitcoin", "0.5", "100"],
  ], { bitcoin: [null, 100, 100, 120] });
  assertEquals([deposited, value, gain], [150, 180, 30]);
  assertClose(twr, 0.2);

  const check = measure([
    ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "12", "10"],
    ["2025-01-02T12:00:00Z", "BUY", "bitcoin", "5", "12"],
  ], { bitcoin: [null, 10, 12, 11.2941176470588] });
  // 120 -> 144, then 60 more, then 204 -> 192: 1.2 x 16 / 17, as 120 + 50 at 160.
  assertClose(check.twr, 0.12941176, 1e-8);
});

Deno.test("measurePortfolio() reproduces the worked XIRR, Modified Dietz and ROI", () => {
  const closes = Array.from({ length: 366 }, () => 1);
  closes[365] = 160 / 150;
  const { xirr, modifiedDietz, roi, from, to } = measure([
    ["2025-01-01", "BUY", "bitcoin", "100", "1"],
    ["2025-07-02", "BUY", "bitcoin", "50", "1"],
  ], { bitcoin: closes });
  assertEquals([from, to], [instant("2025-01-01"), instant("2026-01-01")]);
  assertClose(xirr, 0.08026584, 1e-8);
  assertClose(modifiedDietz, 0.07995619, 1e-8);
  assertClose(roi, 0.06666667, 1e-8);
});

Deno.test("measurePortfolio() takes a swap at one instant for no flow", () => {
  const { twr, deposited, withdrawn, risk } = measure([
    ["2025-01-01T10:00:00Z", "BUY", "bitcoin", "1", "100"],
    ["2025-01-02T10:00:00Z", "SELL", "bitcoin", "1", "110"],
    ["2025-01-02T10:00:00Z", "BUY", "ethereum", "11", "10"],
  ], { bitcoin: [null, 100, 110, 50], ethereum: [null, 9, 10, 12] });
  assertEquals([deposited, withdrawn], [100, 0]);
  assertClose(twr, 1.1 * 1.2 - 1);
  assertEquals(risk.missing, 0);
});

Deno.test("measurePortfolio() takes a transfer between own accounts for no flow", () => {
  const { twr, deposited, withdrawn, series } = measure([
    ["2025-01-01", "BUY", "bitcoin", "1", "100"],
    ["2025-01-02T23:00:00Z", "TRANSFER_OUT", "bitcoin", "1"],
    ["2025-01-03T01:00:00Z", "TRANSFER_IN", "bitcoin", "1", null, { account: "b" }],
  ], { bitcoin: [null, 100, 110, 121] });
  assertEquals([deposited, withdrawn], [100, 0]);
  assertClose(twr, 0.21);
  assertEquals([...series.nav], [0, 100, 110, 121]);
});

Deno.test("measurePortfolio() values transfers from and to outside at the price of their time", () => {
  const { twr, deposited, withdrawn, gain } = measure([
    ["2025-01-01", "TRANSFER_IN", "bitcoin", "2"],
    ["2025-01-03", "TRANSFER_OUT", "bitcoin", "1"],
  ], { bitcoin: [null, 100, 110, 120, 60] });
  assertEquals([deposited, withdrawn, gain], [200, 120, -20]);
  assertClose(twr, -0.4);
});

Deno.test("measurePortfolio() counts income as earned and fees as lost, in money or in assets", () => {
  const income = measure([
    ["2025-01-01", "BUY", "ethereum", "10", "10"],
    ["2025-01-02", "STAKING_REWARD", "ethereum", "1"],
  ], { ethereum: [null, 10, 10] });
  assertClose(income.twr, 0.1);
  assertEquals([income.deposited, income.gain], [100, 10]);

  const fees = measure([
    ["2025-01-01", "BUY", "ethereum", "10", "10"],
    ["2025-01-01", "FEE", "usd", "-25", null, { parent: 0 }],
    ["2025-01-02", "FEE", "ethereum", "-1"],
  ], { ethereum: [null, 10, 10] });
  // 125 paid for 100, then a tenth is lost.
  assertClose(fees.twr, 0.8 * 0.9 - 1);
  assertEquals([fees.deposited, fees.gain, fees.value], [125, -35, 90]);
  assertEquals(fees.contributions.map(({ assetId, gain }) => [assetId, gain]), [["ethereum", -35]]);
});

Deno.test("measurePortfolio() goes on after everything was sold", () => {
  const { twr, value, gain, risk } = measure([
    ["2025-01-01T01:00:00Z", "BUY", "bitcoin", "1", "100"],
    ["2025-01-02T01:00:00Z", "SELL", "bitcoin", "1", "150"],
    ["2025-01-04T01:00:00Z", "BUY", "bitcoin", "1", "200"],
  ], { bitcoin: [null, 100, 150, 10, 200, 220] });
  assertClose(twr, 1.5 * 1.1 - 1);
  assertEquals([value, gain], [220, 70]);
  // The day out of the market is no return of 0.
  assertEquals(risk.n, 4);
});

Deno.test("measurePortfolio() leaves out buckets without a price and never fills them", () => {
  const { twr, series, missingBuckets, risk, unpriced } = measure([
    ["2025-01-01", "BUY", "bitcoin", "1", "100"],
  ], { bitcoin: [null, 100, null, 121, 133.1] });
  assertClose(twr, 0.331);
  assertEquals([...series.nav], [0, 100, NaN, 121, 133.1]);
  assertEquals([missingBuckets, risk.missing, unpriced.length], [1, 2, 0]);
});

Deno.test("measurePortfolio() leaves a holding out while it has no price for long, and says so", () => {
  const days = 12;
  const { twr, value, deposited, unpriced, contributions } = measure([
    ["2025-01-01", "BUY", "bitcoin", "1", "100"],
    ["2025-01-01", "BUY", "nameless", "5", "1000"],
    ["2025-01-01", "BUY", "late", "2", "7"],
  ], {
    bitcoin: Array.from({ length: days }, (_, day) => day === days - 1 ? 121 : 100),
    late: Array.from({ length: days }, (_, day) => day === days - 1 ? 50 : null),
  });
  // `late` was bought for 14, which counts once it has a price: (121 + 100) / (121 + 14).
  assertEquals([value, deposited], [221, 114]);
  assertClose(twr, 1.21 * 221 / 135 - 1);
  const counts = unpriced.map(({ assetId, buckets }): [string, number] => [assetId, buckets]);
  assertEquals(counts, [["nameless", 11], ["late", 10]]);
  const gains = contributions.map(({ assetId, gain }): [string, number] => [assetId, gain]);
  assertEquals(gains, [["late", 86], ["bitcoin", 21]]);
});

Deno.test("measurePortfolio() lets a holding leave at its last price when its prices end", () => {
  const days = 12;
  const steady = Array.from({ length: days }, () => 10);
  const { twr, withdrawn, gain } = measure([
    ["2025-01-01", "BUY", "bitcoin", "1", "10"],
    ["2025-01-01", "BUY", "ended", "1", "10"],
  ], { bitcoin: steady, ended: [10, 10, 5, ...Array.from({ length: days - 3 }, () => null)] });
  assertEquals([withdrawn, gain], [5, -5]);
  assertClose(twr, -0.25);
});

Deno.test("measurePortfolio() counts flows across a missing bucket from the period's start", () => {
  const { twr, pooledPeriods } = measure([
    ["2025-01-01", "BUY", "bitcoin", "1", "100"],
    ["2025-01-02", "BUY", "bitcoin", "1", "100"],
  ], { bitcoin: [null, 100, null, 120] });
  assertClose(twr, 240 / 200 - 1);
  assertEquals(pooledPeriods, 1);
});

Deno.test("measurePortfolio() measures any range from its opening value", () => {
  const rows: RowCase[] = [["2025-01-01", "BUY", "bitcoin", "2", "90"]];
  const closes = { bitcoin: [null, 100, 50, 75, 60] };
  const { openingValue, twr, gain, deposited, risk } = measure(rows, closes, {
    from: "2025-01-03",
    to: "2025-01-04",
  });
  assertEquals([openingValue, gain, deposited], [100, 50, 0]);
  assertClose(twr, 0.5);
  assertEquals(risk.maxDrawdown, 0);
});

Deno.test("measurePortfolio() dates the drawdown of the unit, not of the value", () => {
  const { drawdown, series } = measure([
    ["2025-01-01", "BUY", "bitcoin", "1", "100"],
    ["2025-01-03T06:00:00Z", "SELL", "bitcoin", "0.5", "80"],
  ], { bitcoin: [null, 100, 100, 80, 90, 100, 110] });
  assertEquals(drawdown?.troughAt, instant("2025-01-04"));
  assertEquals(drawdown?.recoveredAt, instant("2025-01-06"));
  assertClose(drawdown?.depth, -0.2);
  assertClose(series.drawdown[4], -0.1);
});

Deno.test("measurePortfolio() compounds months to the whole return and marks parts of months", () => {
  const closes = Array.from({ length: 61 }, (_, day) => 100 * 1.01 ** day);
  const { months, twr } = measure([["2025-01-01", "BUY", "bitcoin", "1", "101"]], {
    bitcoin: closes,
  });
  assertEquals(months.map(({ year, month, isPartial }) => [year, month, isPartial]), [
    [2025, 1, false],
    [2025, 2, false],
    [2025, 3, true],
  ]);
  assertClose(months[1]?.timeWeightedReturn, 1.01 ** 28 - 1, 1e-12);
  const compounded = months.reduce((unit, own) => unit * (1 + (own.timeWeightedReturn ?? 0)), 1);
  assertClose(twr, compounded - 1);
});

Deno.test("measurePortfolio() is null for a ledger that holds nothing of the grid", () => {
  const history = historyOf(ledger([]), { from: "2024-12-31", closes: { bitcoin: [1, 2] } });
  assertEquals(measurePortfolio(history), null);
});
