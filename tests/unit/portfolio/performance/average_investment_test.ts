import { assertClose, assertEquals } from "@/tests/assert.ts";
import { matchLots } from "@/services/portfolio/lots.ts";
import { returnOnAverageInvestment } from "@/services/portfolio/performance/average_investment.ts";
import { instant, ledger, type RowCase } from "./ledger.ts";

const BUY: RowCase = ["2025-01-01", "BUY", "bitcoin", "2", "100"];
const asof = instant("2025-01-11");

function measure(rows: readonly RowCase[], unrealized: number) {
  const book = matchLots(ledger(rows), { rule: { method: "fifo", pools: "account" } });
  return returnOnAverageInvestment(book, { asof, unrealized });
}

Deno.test("returnOnAverageInvestment() is the gain on the cost of what was held, by time", () => {
  const { averageInvestment, return: gain } = measure(
    [BUY, ["2025-01-06", "SELL", "bitcoin", "1", "130"]],
    50,
  );
  // 200 for five days and 100 for five.
  assertClose(averageInvestment ?? NaN, 150);
  assertClose(gain ?? NaN, (30 + 50) / 150);
});

Deno.test("returnOnAverageInvestment() is unknown where the gain of no disposal is known", () => {
  const sold: RowCase = ["2025-01-06", "SELL", "bitcoin", "1"];
  assertEquals(measure([BUY, sold], 50).return, null);
});

Deno.test("returnOnAverageInvestment() leaves out what a disposal of unknown gain had cost", () => {
  const { averageInvestment, return: gain } = measure([
    BUY,
    ["2025-01-01", "BUY", "ethereum", "1", "60"],
    ["2025-01-06", "SELL", "bitcoin", "1"],
    ["2025-01-11", "SELL", "ethereum", "1", "80"],
  ], 50);
  // The bitcoin that is left at 100, and the ether at 60, for ten days.
  assertClose(averageInvestment ?? NaN, 160);
  assertClose(gain ?? NaN, (20 + 50) / 160);
});
