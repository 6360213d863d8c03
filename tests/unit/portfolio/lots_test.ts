import { assertEquals } from "@/tests/assert.ts";
import { matchLots } from "@/services/portfolio/lots.ts";
import type { LotMethod } from "@/services/portfolio/portfolio.ts";
import { idOf, lotRows } from "./lots/lot_rows.ts";

function sum(values: readonly (string | null)[]): number {
  return values.reduce((total, value) => total + Number(value), 0);
}

const THREE_BUYS = lotRows([
  { unitPriceUsd: "40000" },
  { unitPriceUsd: "70000" },
  { unitPriceUsd: "55000" },
  { action: "SELL", quantity: "1.5", unitPriceUsd: "65000" },
]);

const gains: { method: LotMethod; gain: number }[] = [
  { method: "fifo", gain: 22_500 },
  { method: "lifo", gain: 7_500 },
  { method: "hifo", gain: 0 },
  { method: "lofo", gain: 30_000 },
  { method: "acb", gain: 15_000 },
];
for (const { method, gain } of gains) {
  Deno.test(`matchLots() gains ${gain} on 1.5 of three lots by ${method}`, () => {
    const book = matchLots(THREE_BUYS, { rule: { method, pools: "account" } });
    assertEquals(sum(book.disposals.map((disposal) => disposal.gain)), gain);
    assertEquals(sum(book.lots.map(({ quantity }) => quantity)), 1.5);
    assertEquals(sum(book.lots.map(({ cost }) => cost)), 165_000 - (97_500 - gain));
    assertEquals(book.problems, []);
  });
}

for (
  const { pools, gain } of [{ pools: "universal", gain: "25000" }, {
    pools: "account",
    gain: "-5000",
  }] as const
) {
  Deno.test(`matchLots() gains ${gain} where the pool is ${pools}`, () => {
    const book = matchLots(
      lotRows([
        { unitPriceUsd: "40000" },
        { unitPriceUsd: "70000", account: "B" },
        { action: "SELL", unitPriceUsd: "65000", account: "B" },
      ]),
      { rule: { method: "fifo", pools } },
    );
    assertEquals(book.disposals.map((disposal) => disposal.gain), [gain]);
  });
}

Deno.test("matchLots() takes the lots that a row names by specid, then the oldest", () => {
  const picksOf = () => [{ rowId: idOf(3), quantity: "1" }];
  const book = matchLots(THREE_BUYS, { rule: { method: "specid", pools: "account" }, picksOf });
  assertEquals(book.disposals.map(({ lotRowId, quantity, gain }) => [lotRowId, quantity, gain]), [
    [idOf(3), "1", "10000"],
    [idOf(1), "0.5", "12500"],
  ]);
});
