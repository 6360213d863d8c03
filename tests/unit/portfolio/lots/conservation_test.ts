import fc from "fast-check";
import { assert, assertEquals } from "@/tests/assert.ts";
import { Decimal } from "@/services/kernel/decimal.ts";
import {
  type LotBook,
  type LotOptions,
  type LotRow,
  matchLots,
} from "@/services/portfolio/lots.ts";
import { LOT_METHODS, LOT_POOLS } from "@/services/portfolio/portfolio.ts";
import { isInflow } from "@/services/portfolio/transaction.ts";
import { lotRows, type RowFields } from "./lot_rows.ts";

const DAY = 86_400_000;
const START = Date.UTC(2020, 10, 1);
const RUNS = { numRuns: 250 };

const rule = fc.record({
  method: fc.constantFrom(...LOT_METHODS),
  pools: fc.constantFrom(...LOT_POOLS),
});

/** Amounts of few digits, which fit machine words. */
const SHORT = fc.integer({ min: 1, max: 500 }).map((n) => String(n / 100));
/** Amounts of so many digits that only big integers hold them. */
const LONG = fc.bigInt({ min: 1n, max: 10n ** 21n }).map((n) => {
  const digits = n.toString().padStart(19, "0");
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`;
});

function tradeOf(amount: fc.Arbitrary<string>) {
  return fc.record({
    kind: fc.constantFrom("BUY", "BUY", "SELL", "AIRDROP", "FEE", "MOVE", "TRANSFER_OUT"),
    day: fc.integer({ min: 0, max: 120 }),
    quantity: amount,
    unitPriceUsd: amount,
    fee: fc.option(amount),
    account: fc.constantFrom("A", "B", "C"),
    to: fc.constantFrom("A", "B", "C"),
    delay: fc.integer({ min: -1, max: 2 }),
  });
}
type Trade = ReturnType<typeof tradeOf> extends fc.Arbitrary<infer Value> ? Value : never;

function fieldsOf({ kind, day, to, delay, ...fields }: Trade, index: number): RowFields[] {
  const at = START + day * DAY;
  switch (kind) {
    case "MOVE": {
      const { quantity, account } = fields;
      const txHash = `hash ${index}`;
      const out: RowFields = { at, action: "TRANSFER_OUT", quantity, account, txHash };
      const into: RowFields = { ...out, at: at + delay * DAY, action: "TRANSFER_IN", account: to };
      return to === account ? [out] : [out, into];
    }
    case "FEE":
      return [{ ...fields, at, action: kind, quantity: `-${fields.quantity}`, fee: null }];
    default:
      return [{ ...fields, at, action: kind as LotRow["action"] }];
  }
}

const ledger = fc.constantFrom(SHORT, SHORT, LONG)
  .chain((amount) => fc.array(tradeOf(amount), { minLength: 1, maxLength: 40, size: "max" }))
  .map((trades) => lotRows(trades.flatMap((one, index) => fieldsOf(one, index))));

function total(values: readonly (string | null)[]): Decimal {
  return values.reduce<Decimal>((sum, value) => sum.plus(value ?? 0), new Decimal(0));
}

/** What all acquisitions cost by the rows alone. */
function costIn(rows: readonly LotRow[]): Decimal {
  return rows.filter((row) => row.action === "BUY" || row.action === "AIRDROP")
    .reduce<Decimal>(
      (sum, { quantity, unitPriceUsd, fee }) =>
        sum.plus(new Decimal(quantity).times(unitPriceUsd ?? 0)).plus(fee ?? 0),
      new Decimal(0),
    );
}

function assertConserved(rows: readonly LotRow[], book: LotBook): void {
  const out = total(book.disposals.map(({ cost }) => cost));
  const open = total(book.lots.map(({ cost }) => cost));
  assertEquals(out.plus(open).toString(), costIn(rows).toString(), "cost");
  const held = book.disposals.filter(({ lotRowId }) => lotRowId !== null);
  const known = total([
    ...held.filter(({ cost }) => cost !== null).map(({ quantity }) => quantity),
    ...book.lots.filter(({ cost }) => cost !== null).map(({ quantity }) => quantity),
  ]);
  const bought = rows.filter(({ action }) => action === "BUY" || action === "AIRDROP");
  assertEquals(
    known.toString(),
    total(bought.map(({ quantity }) => quantity)).toString(),
    "quantity",
  );
}

function assertSaleTotals(rows: readonly LotRow[], book: LotBook): void {
  for (const row of rows) {
    if (row.action !== "SELL" && row.action !== "FEE") continue;
    const parts = book.disposals.filter(({ rowId }) => rowId === row.id);
    const quantity = new Decimal(row.quantity).abs();
    const worth = quantity.times(row.unitPriceUsd ?? 0).minus(row.fee ?? 0);
    const missing = quantity.minus(total(parts.map((part) => part.quantity)));
    // What is short by its maker's rounding has no lot, and no part of its own.
    assert(missing.gte(0) && missing.lte(quantity.times("1e-12")), `${missing} of ${row.id}`);
    assertEquals(total(parts.map((part) => part.proceeds)).toString(), worth.toString());
  }
}

Deno.test("matchLots() conserves cost and quantity to the last digit at every instant", () => {
  fc.assert(
    fc.property(ledger, rule, rule, (rows, first, second) => {
      const options: LotOptions = { rule: first, rulesByYear: { 2021: second } };
      const instants = [...new Set(rows.map(({ at }) => at))];
      for (const instant of instants.length > 6 ? instants.slice(-6) : instants) {
        const upTo = rows.filter(({ at }) => at <= instant);
        assertConserved(upTo, matchLots(upTo, options));
      }
      assertSaleTotals(rows, matchLots(rows, options));
    }),
    RUNS,
  );
});

Deno.test("matchLots() gives the same in machine words as in big integers", () => {
  fc.assert(
    fc.property(ledger, rule, rule, (rows, first, second) => {
      const options: LotOptions = { rule: first, rulesByYear: { 2021: second } };
      // A tiny income of another scale takes the pool beyond machine words, and nothing else.
      const last = Math.max(START, ...rows.map(({ at }) => at)) + 400 * DAY;
      const [wide] = lotRows([
        { id: "wide", at: last, quantity: `0.${"0".repeat(24)}1`, unitPriceUsd: "1" },
      ]);
      const book = matchLots(rows, options);
      const widened = matchLots(wide ? [...rows, wide] : rows, options);
      assertEquals(widened.disposals, book.disposals);
    }),
    RUNS,
  );
});

Deno.test("matchLots() holds by rows what its lots hold, but for oversells, per account", () => {
  fc.assert(
    fc.property(ledger, fc.constantFrom(...LOT_METHODS), (rows, method) => {
      const book = matchLots(rows, { rule: { method, pools: "account" } });
      const bookedOut = new Set(book.problems.map(({ rowId }) => rowId));
      fc.pre(bookedOut.size === 0);
      for (const account of ["A", "B", "C"]) {
        const balance = rows.filter((row) => row.account === account).reduce<Decimal>(
          (sum, row) =>
            isInflow(row) ? sum.plus(row.quantity) : sum.minus(row.quantity.replace("-", "")),
          new Decimal(0),
        );
        const held = book.lots.filter((lot) => lot.account === account && !lot.isInTransit);
        assertEquals(total(held.map(({ quantity }) => quantity)).toString(), balance.toString());
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("matchLots() does not depend on the order in which rows are given", () => {
  fc.assert(
    fc.property(ledger, rule, (rows, one) => {
      const options: LotOptions = { rule: one };
      assertEquals(matchLots(rows.toReversed(), options), matchLots(rows, options));
    }),
    RUNS,
  );
});
