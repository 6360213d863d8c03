import fc from "fast-check";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { convertHistory } from "@/services/portfolio/performance/history.ts";
import {
  measurePortfolio,
  type PortfolioPerformance,
} from "@/services/portfolio/performance/measure.ts";
import { type CloseCase, historyOf, instant, ledger, type RowCase } from "./ledger.ts";

/** Ten days without a close: too long to wait for. */
const GAP = Array.from({ length: 10 }, () => null);
const BOUGHT: RowCase = ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "2", "100"];

function measure(
  rows: readonly RowCase[],
  closes: CloseCase,
  { from, to, rates }: {
    readonly from?: string;
    readonly to?: string;
    readonly rates?: readonly number[];
  } = {},
): PortfolioPerformance {
  const dollars = historyOf(ledger(rows), { from: "2024-12-31", closes });
  const history = rates ? convertHistory(dollars, Float64Array.from(rates)) : dollars;
  const measured = measurePortfolio(history, {
    ...from !== undefined && { from: instant(from) },
    ...to !== undefined && { to: instant(to) },
  });
  assert(measured !== null);
  assertClose(measured.residual ?? NaN, 0, 1e-9);
  return measured;
}

Deno.test("what a price did while it was missing is gained when it returns, and is no flow", () => {
  const { deposited, withdrawn, value, gain, twr, series, xirr, missingBuckets } = measure(
    [BOUGHT],
    { bitcoin: [null, 100, ...GAP, 70, 77] },
  );
  assertEquals(missingBuckets, GAP.length);
  assertEquals([deposited, withdrawn, value, gain], [200, 0, 154, -46]);
  assertClose(twr, 0.77 - 1);
  assertEquals([...series.netFlow], [0, 200, ...GAP.map(() => 0), 0, 0]);
  // Nobody knows what it was worth meanwhile, and nothing is filled.
  assertEquals([...series.nav].slice(1, 13), [200, ...GAP.map(() => NaN), 140]);
  assertEquals([...series.cumulative].slice(1, 13), [0, ...GAP.map(() => NaN), 0.7 - 1]);
  // 200 from noon of the first of January to the end of the thirteenth.
  assertClose(xirr, Math.pow(154 / 200, 365 / 12.5) - 1, 1e-9);
});

Deno.test("what is bought and sold while the price is missing counts at its own price", () => {
  const { deposited, withdrawn, value, gain, twr } = measure([
    BOUGHT,
    ["2025-01-05T12:00:00Z", "BUY", "bitcoin", "1", "150"],
    ["2025-01-06T12:00:00Z", "SELL", "bitcoin", "2", "120"],
  ], { bitcoin: [null, 100, ...GAP, 90] });
  assertEquals([deposited, withdrawn, value, gain], [350, 240, 90, -20]);
  // It took 200 + 150, gave 240 and has 90.
  assertClose(twr, 330 / 350 - 1);
});

Deno.test("what is bought and sold off while the price is missing is a gain of money alone", () => {
  const { deposited, withdrawn, gain, twr } = measure([
    BOUGHT,
    ["2025-01-05T12:00:00Z", "BUY", "ethereum", "1", "50"],
    ["2025-01-06T12:00:00Z", "SELL", "ethereum", "1", "65"],
  ], { bitcoin: Array.from({ length: 14 }, () => 100), ethereum: [10, 10, ...GAP, 10, 10] });
  assertEquals([deposited, withdrawn, gain, twr], [250, 65, 15, 0]);
});

Deno.test("what is earned while the price is missing is earned when it returns", () => {
  const { deposited, gain, twr } = measure([
    BOUGHT,
    ["2025-01-05T12:00:00Z", "STAKING_REWARD", "ethereum", "1"],
  ], { bitcoin: Array.from({ length: 14 }, () => 100), ethereum: [10, 10, ...GAP, 10, 10] });
  assertEquals([deposited, gain], [200, 10]);
  assertClose(twr, 0.05);
});

Deno.test("a gap with a flow that nobody can value is no gain and no loss", () => {
  const { deposited, withdrawn, gain, twr } = measure([
    BOUGHT,
    ["2025-01-05T12:00:00Z", "TRANSFER_IN", "bitcoin", "1"],
  ], { bitcoin: [null, 100, ...GAP, 70, 70] });
  // Left at 200, back with another unit at 210.
  assertEquals([deposited, withdrawn, gain, twr], [410, 200, 0, 0]);
});

Deno.test("a range that ends or begins in a gap stands on the last value and on the next", () => {
  const closes = {
    bitcoin: [null, 100, ...GAP, 70, 77],
    ethereum: Array.from({ length: 14 }, () => 10),
  };
  const rows: RowCase[] = [BOUGHT, ["2025-01-01T12:00:00Z", "BUY", "ethereum", "1", "10"]];
  const before = measure(rows, closes, { to: "2025-01-08" });
  assertEquals([before.deposited, before.withdrawn, before.value], [210, 200, 10]);
  assertEquals(before.gain, 0);
  const after = measure(rows, closes, { from: "2025-01-08" });
  // What the gap took is told when the price returns: worth 140, it comes back at 200.
  assertEquals([after.openingValue, after.deposited, after.value], [10, 200, 164]);
  assertEquals(after.gain, -46);
});

Deno.test("what was paid by the time that a range begins is in its opening value, and no flow", () => {
  const rows: RowCase[] = [BOUGHT, ["2025-01-02T12:00:00Z", "BUY", "bitcoin", "1", "100"]];
  const closes = { bitcoin: [null, 100, 100, 110] };
  const { openingValue, deposited, gain } = measure(rows, closes, { from: "2025-01-02" });
  assertEquals([openingValue, deposited, gain], [200, 100, 30]);
});

Deno.test("what is left out at the end counts as sold at its last value, and is named with it", () => {
  const rows: RowCase[] = [BOUGHT, ["2025-01-01T12:00:00Z", "BUY", "ethereum", "1", "10"]];
  const ethereum = Array.from({ length: 14 }, (_, day) => 10 + day / 50);
  const cut = measure(rows, { bitcoin: [null, 100, 101, ...GAP, null], ethereum });
  assertEquals(cut.unpriced, [{
    assetId: "bitcoin" as AssetId,
    buckets: GAP.length + 1,
    leftOut: { since: instant("2025-01-03"), lastValue: 202 },
  }]);
  const sold = measure([...rows, ["2025-01-03", "SELL", "bitcoin", "2", "101"]], {
    bitcoin: Array.from({ length: 14 }, () => 101),
    ethereum,
  });
  assertEquals(sold.unpriced, []);
  for (const figure of ["gain", "roi", "twr", "xirr", "modifiedDietz", "value"] as const) {
    assertClose(cut[figure] ?? NaN, sold[figure] ?? NaN, 1e-9);
  }
  // Bought without a price, it never had a value.
  const never = measure(
    [...rows, ["2025-01-05T12:00:00Z", "BUY", "bitcoin", "2", "100"]].slice(1) as RowCase[],
    { bitcoin: [null, null, null, ...GAP, null], ethereum },
  );
  assertEquals(never.unpriced.map(({ leftOut }) => leftOut), [{ since: null, lastValue: null }]);
});

Deno.test("a portfolio of which nothing has a price is measured up to where it had one", () => {
  const { to, value, deposited, withdrawn, gain } = measure(
    [BOUGHT],
    { bitcoin: [null, 100, 120, ...GAP] },
  );
  assertEquals([to, value], [instant("2025-01-03"), 240]);
  assertEquals([deposited, withdrawn, gain], [200, 0, 40]);
});

Deno.test("a gap is closed in the currency of the history, with what its rate did", () => {
  const rates = [1, 1, ...GAP.map(() => 1), 0.5, 0.5];
  const { deposited, value, gain, twr } = measure(
    [BOUGHT],
    { bitcoin: [null, 100, ...GAP, 70, 77] },
    { rates },
  );
  assertEquals([deposited, value, gain], [200, 77, -123]);
  assertClose(twr, 77 / 200 - 1);
});

const DAYS = 40;
const anyTrade = fc.record({
  day: fc.integer({ min: 1, max: DAYS - 2 }),
  isBuy: fc.boolean(),
  asset: fc.constantFrom("bitcoin", "ethereum"),
  quantity: fc.integer({ min: 1, max: 50 }),
  price: fc.integer({ min: 50, max: 500 }),
});
const anyCloses = fc.record({
  prices: fc.array(fc.integer({ min: 50, max: 500 }), { minLength: DAYS, maxLength: DAYS }),
  start: fc.integer({ min: 0, max: DAYS - 20 }),
  days: fc.integer({ min: 0, max: 18 }),
}).map(({ prices, start, days }) =>
  prices.map((price, day) => day >= start && day < start + days ? null : price)
);

Deno.test("over any gaps, the gain is the last value and all proceeds less all that was paid", () => {
  fc.assert(fc.property(
    fc.array(anyTrade, { minLength: 1, maxLength: 30 }),
    fc.record({ bitcoin: anyCloses, ethereum: anyCloses }),
    (trades, closes) => {
      const held = new Map<string, number>();
      const rows: RowCase[] = [];
      let money = 0;
      for (const trade of trades.toSorted((a, b) => a.day - b.day)) {
        const { day, isBuy, asset, quantity, price } = trade;
        const before = held.get(asset) ?? 0;
        const units = isBuy ? quantity : -Math.min(quantity, before);
        if (units === 0) continue;
        held.set(asset, before + units);
        money -= units * price;
        const at = new Date(Date.UTC(2024, 11, 31 + day, 12, rows.length)).toISOString();
        rows.push([at, isBuy ? "BUY" : "SELL", asset, String(Math.abs(units)), String(price)]);
      }
      if (rows.length === 0) return;
      const measured = measurePortfolio(historyOf(ledger(rows), { from: "2024-12-31", closes }));
      assert(measured !== null);
      const worth = [...held].reduce(
        (sum, [asset, units]) => sum + units * (closes[asset as keyof typeof closes].at(-1) ?? NaN),
        0,
      );
      assertClose(measured.value, worth, 1e-9);
      assertClose(measured.gain, worth + money, 1e-6);
      assertClose(
        measured.contributions.reduce((sum, { gain }) => sum + gain, 0),
        measured.gain,
        1e-6,
      );
    },
  ));
});
