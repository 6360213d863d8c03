import { assert, assertClose, assertEquals } from "@/tests/assert.ts";
import type { AssetId } from "@/services/market/mod.ts";
import { convertHistory, portfolioHistory } from "@/services/portfolio/performance/history.ts";
import {
  type MeasureOptions,
  measurePortfolio,
  type PortfolioPerformance,
} from "@/services/portfolio/performance/measure.ts";
import { type CloseCase, dailyGrid, instant, ledger, type RowCase } from "./ledger.ts";

const BUY: RowCase = ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "1", "100"];
const EURO_FEE: RowCase = ["2025-01-02T12:00:00Z", "FEE", "eur", "-10", null, { parent: 0 }];
const CLOSES = { bitcoin: [null, 100, 110, 121] };

function historyAt(
  rows: readonly RowCase[],
  { closes = CLOSES, euro }: { readonly closes?: CloseCase; readonly euro: number | null },
) {
  const days = Math.max(...Object.values(closes).map((column) => column.length));
  return portfolioHistory(ledger(rows), {
    grid: dailyGrid("2024-12-31", days),
    closesOf: (id) => Float64Array.from({ length: days }, (_, day) => closes[id]?.[day] ?? NaN),
    cashPriceUsd: () => euro,
  });
}

function measured(
  history: ReturnType<typeof historyAt>,
  options: MeasureOptions = {},
): PortfolioPerformance {
  const performance = measurePortfolio(history, options);
  assert(performance !== null);
  assertClose(performance.residual ?? NaN, 0, 1e-9);
  return performance;
}

Deno.test("a fee in euros whose rate is known is paid in, and counted in every measure", () => {
  const { deposited, gain, twr, unvaluedFees } = measured(
    historyAt([BUY, EURO_FEE], { euro: 1.1 }),
  );
  assertClose(deposited, 111);
  assertClose(gain, 121 - 111);
  // 100 to 110, 11 more that are gone at once, then 110 to 121.
  assertClose(twr, 1.1 * (110 / 121) * 1.1 - 1);
  assertEquals(unvaluedFees, []);
});

Deno.test("a fee in euros without a rate is in no measure, and is counted by its asset", () => {
  const { deposited, gain, invested, roi, twr, contributions, unvaluedFees } = measured(
    historyAt([BUY, EURO_FEE], { euro: null }),
  );
  assertEquals([deposited, gain, invested], [100, 21, 100]);
  assertClose(roi, 0.21);
  assertClose(twr, 0.21);
  assertEquals(contributions.map((own) => own.gain), [21]);
  assertEquals(unvaluedFees, [{ assetId: "bitcoin" as AssetId, count: 1 }]);
});

Deno.test("a fee without a rate changes no figure of what else is there", () => {
  const { unvaluedFees: [fees], ...without } = measured(
    historyAt([BUY, EURO_FEE], { euro: null }),
  );
  const { unvaluedFees: none, ...bare } = measured(historyAt([BUY], { euro: null }));
  assertEquals([fees?.count, none], [1, []]);
  assertEquals(without, bare);
});

Deno.test("fees without a rate count in the ranges that they lie in, and in no other", () => {
  const later: RowCase = ["2025-01-03T12:00:00Z", "FEE", "eur", "-1", null, { parent: 0 }];
  const history = historyAt([BUY, EURO_FEE, later], { euro: null });
  const countOf = (options: MeasureOptions) => measured(history, options).unvaluedFees[0]?.count;
  assertEquals(countOf({}), 2);
  assertEquals(countOf({ from: instant("2025-01-03") }), 1);
  assertEquals(countOf({ to: instant("2025-01-03") }), 1);
  assertEquals(countOf({ to: instant("2025-01-02") }), undefined);
});

Deno.test("a fee without a parent or a rate stands under its own money", () => {
  const alone: RowCase = ["2025-01-02T12:00:00Z", "FEE", "eur", "-10"];
  const { deposited, unvaluedFees } = measured(historyAt([BUY, alone], { euro: null }));
  assertEquals(deposited, 100);
  assertEquals(unvaluedFees, [{ assetId: "eur" as AssetId, count: 1 }]);
});

Deno.test("a fee that names its own price needs no rate", () => {
  const named: RowCase = ["2025-01-02T12:00:00Z", "FEE", "eur", "-10", "1.5", { parent: 0 }];
  const { deposited, unvaluedFees } = measured(historyAt([BUY, named], { euro: null }));
  assertEquals([deposited, unvaluedFees], [115, []]);
});

Deno.test("a fee without a rate leaves a gap of prices as it is, and is counted in it", () => {
  const gap = Array.from({ length: 10 }, () => null);
  const closes = { bitcoin: [null, 100, ...gap, 70] };
  const inGap: RowCase = ["2025-01-05T12:00:00Z", "FEE", "eur", "-10", null, { parent: 0 }];
  const { deposited, gain, twr, unvaluedFees } = measured(
    historyAt([BUY, inGap], { closes, euro: null }),
  );
  // Without the fee: 100 became 70, told when the price returns.
  assertEquals([deposited, gain], [100, -30]);
  assertClose(twr, -0.3);
  assertEquals(unvaluedFees, [{ assetId: "bitcoin" as AssetId, count: 1 }]);
});

Deno.test("a fee without a rate is as unknown in another currency", () => {
  const history = historyAt([BUY, EURO_FEE], { euro: null });
  const { deposited, gain, unvaluedFees } = measured(
    convertHistory(history, Float64Array.of(2, 2, 2, 2)),
  );
  assertEquals([deposited, gain], [200, 42]);
  assertEquals(unvaluedFees, [{ assetId: "bitcoin" as AssetId, count: 1 }]);
});
