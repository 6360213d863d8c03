import fc from "fast-check";
import { columnBlock } from "@/services/analytics/risk/column_products.ts";
import { assertClose, assertEquals } from "@/tests/assert.ts";

Deno.test("columnBlock() multiplies columns by hand", () => {
  const block = columnBlock(3, 5);
  block.column(0).set([1, 2, 3, 4, 5]);
  block.column(1).set([2, 0, -1, 0, 10]);
  block.column(2).fill(1);
  const values = { first: 0, count: 2 };
  // 1 + 4 + 9 + 16 + 25; 2 - 3 + 50; 4 + 1 + 100; what is left of the diagonal is nobody's.
  const products = block.multiply(values, values);
  assertEquals([products[0], products[1], products[3]], [55, 49, 105]);
  assertEquals([...block.multiply(values, { first: 2, count: 1 })], [15, 11]);
});

Deno.test("columnBlock() holds nothing of the block before it", () => {
  columnBlock(9, 40).column(4).fill(7);
  const block = columnBlock(4, 33);
  const all = { first: 0, count: 4 };
  assertEquals([...block.multiply(all, all)], Array.from({ length: 16 }, () => 0));
});

Deno.test("columnBlock() of no columns, and of no rows, has no products", () => {
  const none = { first: 0, count: 0 };
  assertEquals(columnBlock(0, 10).multiply(none, none).length, 0);
  const two = { first: 0, count: 2 };
  assertEquals([...columnBlock(2, 0).multiply(two, two)], [0, 0, 0, 0]);
});

Deno.test("columnBlock() is the plain sum of products at every size and length", () => {
  const shape = fc.record({
    left: fc.integer({ min: 1, max: 8 }),
    right: fc.integer({ min: 1, max: 8 }),
    rows: fc.integer({ min: 1, max: 23 }),
    seed: fc.integer({ min: 1, max: 1e6 }),
  });
  fc.assert(fc.property(shape, ({ left, right, rows, seed }) => {
    const block = columnBlock(left + right, rows);
    // Whole numbers, whose sums are exact in every order.
    const valueAt = (column: number, row: number) =>
      (seed * (column + 3) * (row + 7)) % 1_009 - 504;
    for (let at = 0; at < left + right; at++) {
      block.column(at).set(Array.from({ length: rows }, (_, row) => valueAt(at, row)));
    }
    const dot = (i: number, j: number) =>
      Array.from({ length: rows }, (_, row) => valueAt(i, row) * valueAt(j, row))
        .reduce((sum, product) => sum + product, 0);
    const across = block.multiply({ first: 0, count: left }, { first: left, count: right });
    for (let i = 0; i < left; i++) {
      for (let j = 0; j < right; j++) {
        assertEquals(across[i * right + j], dot(i, left + j));
        const inner = block.multiply({ first: 0, count: left }, { first: 0, count: left });
        if (j >= i && j < left) assertEquals(inner[i * left + j], dot(i, j));
      }
    }
  }));
});

Deno.test("columnBlock() grows with what it has to hold", () => {
  const block = columnBlock(40, 9_000);
  block.column(39).fill(0.5);
  const last = { first: 39, count: 1 };
  assertClose(block.multiply(last, last)[0], 2_250);
});
