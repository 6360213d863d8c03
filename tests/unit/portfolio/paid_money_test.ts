import { paidMoneyOf } from "@/services/portfolio/paid_money.ts";
import type { Transaction } from "@/services/portfolio/transaction.ts";
import { assertEquals } from "@/tests/assert.ts";

type Fields = Pick<Transaction, "action" | "quantity" | "unitPriceUsd" | "notesExtra">;

const BUY: Fields = { action: "BUY", quantity: "2.5", unitPriceUsd: null, notesExtra: {} };
const EUR = { quote_asset: "EUR" };

const cases: { name: string; row: Partial<Fields>; expected: [string, string] | null }[] = [
  {
    name: "reads the whole amount",
    row: { notesExtra: { ...EUR, quote_amount: "1600.50" } },
    expected: ["eur", "1600.5"],
  },
  {
    name: "multiplies the price of a unit, exactly",
    row: { notesExtra: { ...EUR, quote_unit_price: "0.1" } },
    expected: ["eur", "0.25"],
  },
  {
    name: "takes a fee's quantity for what it is",
    row: { action: "FEE", quantity: "-1", notesExtra: { ...EUR, quote_amount: "5" } },
    expected: null,
  },
  {
    name: "leaves a row that names dollars alone",
    row: { unitPriceUsd: "7", notesExtra: { ...EUR, quote_amount: "5" } },
    expected: null,
  },
  { name: "is null of a row that says nothing", row: {}, expected: null },
  {
    name: "is null of what is no money",
    row: { notesExtra: { quote_asset: "bitcoin", quote_amount: "5" } },
    expected: null,
  },
  ...["", "0", "-5", "five"].map((amount) => ({
    name: `is null of an amount that is "${amount}"`,
    row: { notesExtra: { ...EUR, quote_amount: amount } },
    expected: null,
  })),
];
for (const { name, row, expected } of cases) {
  Deno.test(`paidMoneyOf() ${name}`, () => {
    const paid = paidMoneyOf({ ...BUY, ...row });
    assertEquals(paid && [paid.cashId, paid.total], expected);
  });
}
