import fc from "fast-check";
import { Book } from "@/services/defi/autopilot/book.ts";
import { assert, assertClose, assertEquals } from "@/tests/assert.ts";

/** A book of 1,000 dollars that holds 600 in pool 0 and 200 in pool 1. */
function sampleBook(): Book {
  const book = new Book(1_000);
  const trade = book.quote(new Map([[0, 0.6], [1, 0.2]]), { feeBps: 0, gasUsd: 0 });
  if (trade !== null) book.apply(trade);
  return book;
}

Deno.test("Book.quote() sells what is not wanted, keeps the rest and buys what the money allows", () => {
  // Sells 200, keeps 600 up to 0.6 of what is left, buys 0.3 of it.
  const trade = sampleBook().quote(new Map([[0, 0.6], [2, 0.3]]), { feeBps: 100, gasUsd: 1 });
  // x = 1000 - 2 - 0.01 (200 + (600 - 0.6 x) + 0.3 x) => x (1 - 0.003) = 990
  const left = 990 / 0.997;
  assertClose(trade?.valueUsd, left);
  assertClose(trade?.positions.get(0), 0.6 * left);
  assertClose(trade?.positions.get(2), 0.3 * left);
  assertClose(trade?.turnoverUsd, 800 - 0.3 * left);
  assertClose(trade?.feeUsd, (800 - 0.3 * left) / 100);
  // Pool 1 is left and pool 2 entered; cutting pool 0 back rides along.
  assertEquals(trade?.gasUsd, 2);
});

Deno.test("Book.quote() trades nothing where everything stays", () => {
  const trade = sampleBook().quote(new Map([[0, 0.6], [1, 0.3]]), { feeBps: 100, gasUsd: 9 });
  assertEquals([trade?.turnoverUsd, trade?.feeUsd, trade?.gasUsd], [0, 0, 0]);
  assertEquals([...trade?.positions ?? []], [[0, 600], [1, 200]]);
});

Deno.test("Book.quote() refuses what would cost all there is", () => {
  assertEquals(new Book(3).quote(new Map([[0, 1], [1, 1]]), { feeBps: 0, gasUsd: 3 }), null);
});

Deno.test("Book.close() gives back the last value less the loss", () => {
  const book = sampleBook();
  assertEquals(book.close(0, 0.1), 60);
  assertEquals([book.valueUsd, book.pools], [940, [1]]);
});

Deno.test("Book.accrue() tells what was earned beside what was promised", () => {
  const book = sampleBook();
  const earned = book.accrue((pool) => ({ paid: pool === 0 ? 0.1 : -0.5, promised: 0.2 }));
  assertClose(earned.earnedUsd, 60 - 100);
  assertClose(earned.promisedUsd, 160);
  assertClose(book.valueUsd, 960);
});

Deno.test("Book.quote() never goes above a cap, and money is where it says", () => {
  const share = fc.double({ min: 0.01, max: 1, noNaN: true });
  const caps = fc.uniqueArray(fc.tuple(fc.nat({ max: 6 }), share), { selector: ([pool]) => pool });
  const rates = fc.record({ feeBps: fc.nat({ max: 1_000 }), gasUsd: fc.nat({ max: 5 }) });
  fc.assert(fc.property(caps, caps, rates, (held, wanted, costs) => {
    const book = new Book(1_000);
    const first = book.quote(new Map(held), { feeBps: 0, gasUsd: 0 });
    if (first !== null) book.apply(first);
    const trade = book.quote(new Map(wanted), costs);
    assert(trade !== null);
    const { positions, valueUsd, feeUsd, gasUsd } = trade;
    assertClose(valueUsd, 1_000 - feeUsd - gasUsd);
    for (const [pool, cap] of wanted) {
      assert((positions.get(pool) ?? 0) <= cap * valueUsd * (1 + 1e-9));
    }
    assert([...positions.values()].reduce((sum, usd) => sum + usd, 0) <= valueUsd * (1 + 1e-9));
    book.apply(trade);
    assertClose(book.valueUsd, valueUsd);
  }));
});
