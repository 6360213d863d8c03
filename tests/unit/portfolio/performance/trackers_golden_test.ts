import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import { sharedData } from "@/tests/shared_data.ts";
import { drawdownCurve } from "@/services/kernel/drawdown.ts";
import type { Uuid } from "@/services/kernel/ids.ts";
import { sampleDeviation } from "@/services/kernel/stats.ts";
import { DAY_MS, type UtcMs } from "@/services/kernel/time.ts";
import { xirr } from "@/services/kernel/xirr.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { type LotBook, type LotRow, matchLots } from "@/services/portfolio/lots.ts";
import { returnOnAverageInvestment } from "@/services/portfolio/performance/average_investment.ts";
import { bookTotals, lotTotals } from "@/services/portfolio/performance/book_totals.ts";
import { measurePortfolio } from "@/services/portfolio/performance/measure.ts";
import { historyOf, instant, ledger, type RowCase } from "./ledger.ts";

interface GoldenCase {
  readonly id: string;
  readonly as_of: string;
  readonly symbol: string;
  readonly period: readonly [string, string];
  readonly transactions: readonly Record<string, string>[];
  readonly prices: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

const URL_OF_CASES = sharedData("portfolio/golden_cases.json");
const CASES: readonly GoldenCase[] = URL_OF_CASES
  ? JSON.parse(Deno.readTextFileSync(URL_OF_CASES))
  : [];
const ignore = URL_OF_CASES === null;

function caseOf(id: string): GoldenCase {
  const found = CASES.find((golden) => golden.id === id);
  assert(found, `no case "${id}"`);
  return found;
}

function numbers(values: unknown): Float64Array {
  return Float64Array.from((values as readonly string[]).map(Number));
}

/** Money as an asset of price 1, as no row holds money: deposits come from outside, interest not. */
const ACTIONS: Readonly<Record<string, LotRow["action"]>> = {
  DEPOSIT: "TRANSFER_IN",
  WITHDRAWAL: "TRANSFER_OUT",
  INTEREST: "INCOME",
  FEE: "FEE",
};

Deno.test({
  name: "measurePortfolio() holds pp/twr-excel-sample: daily and accumulated returns",
  ignore,
  fn() {
    const { period, transactions, expected } = caseOf("pp/twr-excel-sample");
    const rows = transactions.map(({ date = "", type = "", amount = "" }): RowCase => [
      date,
      ACTIONS[type] ?? "BUY",
      "tether",
      type === "FEE" ? `-${amount}` : amount,
    ]);
    const days = (instant(period[1]) - instant(period[0])) / DAY_MS + 2;
    const measured = measurePortfolio(historyOf(ledger(rows), {
      from: "2011-12-30",
      closes: { tether: Array.from({ length: days }, () => 1) },
    }));
    assert(measured !== null);
    const accumulated = numbers(expected.accumulated);
    assertEquals(measured.series.cumulative.length, accumulated.length + 1);
    for (const [day, value] of accumulated.entries()) {
      assertClose(measured.series.cumulative[day + 1] ?? NaN, value, 1e-5);
    }
    for (const [day, value] of numbers(expected.daily).entries()) {
      const [before, after] = measured.series.cumulative.slice(day, day + 2);
      assertClose((1 + (after ?? NaN)) / (1 + (before ?? NaN)) - 1, value, 1e-5);
    }
  },
});

for (
  const [id, tolerance] of [["pp/irr-simple", 1e-8], ["pp/irr-near-total-loss", 1e-4]] as const
) {
  Deno.test({
    name: `xirr() holds ${id}`,
    ignore,
    fn() {
      const { transactions, expected } = caseOf(id);
      const flows = transactions.map(({ date = "", cash_flow }) => ({
        at: instant(date),
        amount: Number(cash_flow),
      }));
      assertClose(xirr(flows) ?? NaN, Number(expected.irr), tolerance);
    },
  });
}

Deno.test({
  name: "drawdownCurve() holds pp/drawdown-simple, whose index falls below 0",
  ignore,
  fn() {
    const { prices, expected } = caseOf("pp/drawdown-simple");
    const index = numbers(prices.accumulated_returns).map((value) => 1 + value);
    const deepest = Math.min(...drawdownCurve(index));
    assertClose(-deepest, Number(expected.max_drawdown), 1e-11);
  },
});

Deno.test({
  name: "sampleDeviation() of log returns holds pp/volatility, times the root of their count",
  ignore,
  fn() {
    const { prices, expected } = caseOf("pp/volatility");
    const logs = numbers(prices.returns).map(Math.log1p);
    const deviation = (sampleDeviation(logs) ?? NaN) * Math.sqrt(logs.length);
    assertClose(deviation, Number(expected.standard_deviation), 1e-11);
  },
});

const AVERAGE_INVESTMENT_CASES = [
  "ghostfolio/baln-buy",
  "ghostfolio/baln-buy-and-buy",
  "ghostfolio/baln-buy-and-sell",
  "ghostfolio/btcusd-buy",
  "ghostfolio/jnug-two-round-trips",
  "ghostfolio/msft-dividend",
  "ghostfolio/novn-full-sale",
] as const;

for (const id of AVERAGE_INVESTMENT_CASES) {
  Deno.test({
    name: `returnOnAverageInvestment() holds ${id}, fees outside of cost`,
    ignore,
    fn() {
      const golden = caseOf(id);
      const { book, unrealized, fees } = bookAt(golden);
      const asof = instant(golden.as_of);
      const gross = returnOnAverageInvestment(book, { asof, unrealized });
      const net = returnOnAverageInvestment(book, { asof, unrealized, fees });
      const figures = {
        gross_performance: Number(bookTotals(book).realized.sum) + unrealized,
        gross_performance_pct: gross.return,
        net_performance_pct: net.return,
        time_weighted_investment: gross.averageInvestment,
        fees,
      };
      for (const [name, value] of Object.entries(figures)) {
        if (name in golden.expected) assertClose(value ?? NaN, Number(golden.expected[name]), 1e-8);
      }
    },
  });
}

/** Without fees, which that tracker counts apart. */
function bookAt({ transactions, prices, symbol, as_of }: GoldenCase): {
  readonly book: LotBook;
  readonly unrealized: number;
  readonly fees: number;
} {
  const trades = transactions.filter(({ type }) => type === "BUY" || type === "SELL");
  // Rows of one day count in the order given: a sale before the purchase that follows it.
  const rows = trades.toSorted((a, b) => (a.date ?? "") < (b.date ?? "") ? -1 : 1)
    .map(({ date = "", type, quantity = "", unit_price = "", fee = "0" }, index): LotRow => ({
      id: String(index).padStart(4, "0") as Uuid,
      at: (instant(date) + index) as UtcMs,
      action: type === "SELL" ? "SELL" : "BUY",
      assetId: symbol as AssetId,
      quantity,
      unitPriceUsd: unit_price,
      fee,
      account: "a",
      txHash: null,
      parentId: null,
    }));
  const rule = { method: "fifo", pools: "account" } as const;
  const book = matchLots(rows, { rule, areFeesInCost: false });
  const closes = prices[symbol] as Readonly<Record<string, string>>;
  const { unrealized } = lotTotals(book.lots, () => closes[as_of] ?? null);
  return {
    book,
    unrealized: unrealized?.toNumber() ?? NaN,
    fees: Number(bookTotals(book).fees.sum ?? NaN),
  };
}
