import { assertEquals } from "@/tests/assert.ts";
import { matchLots } from "@/services/portfolio/lots.ts";
import { lotTotals } from "@/services/portfolio/performance/book_totals.ts";
import { ledger, type RowCase } from "./ledger.ts";

const BOUGHT: RowCase = ["2025-01-01T12:00:00Z", "BUY", "bitcoin", "2", "100"];
/** Arrived from nowhere: nobody knows its cost. */
const ARRIVED: RowCase = ["2025-01-02T12:00:00Z", "TRANSFER_IN", "ethereum", "3"];

const cases: {
  name: string;
  rows: RowCase[];
  prices: Record<string, number>;
  sums: readonly (string | null)[];
}[] = [
  { name: "of no lots is 0", rows: [], prices: {}, sums: ["0", "0", "0"] },
  {
    name: "of lots of which nothing is known is unknown",
    rows: [ARRIVED],
    prices: {},
    sums: [null, null, null],
  },
  {
    name: "of a lot without a price is its cost alone",
    rows: [BOUGHT],
    prices: {},
    sums: ["200", null, null],
  },
  {
    name: "of a lot without a cost is its value alone",
    rows: [ARRIVED],
    prices: { ethereum: 10 },
    sums: [null, "30", null],
  },
  {
    name: "adds up what is known of each, and gains of lots of which both are known",
    rows: [BOUGHT, ARRIVED],
    prices: { bitcoin: 150, ethereum: 10 },
    sums: ["200", "330", "100"],
  },
];

for (const { name, rows, prices, sums } of cases) {
  Deno.test(`lotTotals() ${name}`, () => {
    const { lots } = matchLots(ledger(rows), { rule: { method: "fifo", pools: "account" } });
    const { cost, value, unrealized } = lotTotals(lots, (assetId) => prices[assetId] ?? null);
    assertEquals([cost, value, unrealized].map((sum) => sum?.toString() ?? null), sums);
  });
}
