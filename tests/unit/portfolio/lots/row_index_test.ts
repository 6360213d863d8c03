import { RowIndex } from "@/services/portfolio/lots.ts";
import { assertEquals } from "@/tests/assert.ts";
import { idOf, lotRows } from "./lot_rows.ts";

const ROWS = lotRows([
  { id: "1" },
  { id: "3", action: "FEE", quantity: "-1", parent: "1" },
  { id: "2", action: "FEE", quantity: "-2", parent: "1" },
]);

function feesOf(index: RowIndex, parent: string): readonly string[] {
  return index.feesOf(idOf(Number(parent))).map(({ quantity }) => quantity);
}

Deno.test("RowIndex finds rows by their ids, and fees by their parents in the order of ids", () => {
  const index = new RowIndex(ROWS);
  assertEquals([index.size, index.rowOf(idOf(1))], [3, ROWS[0]]);
  assertEquals(index.rowOf(idOf(9)), null);
  assertEquals(feesOf(index, "1"), ["-2", "-1"]);
  assertEquals(feesOf(index, "2"), []);
});

Deno.test("RowIndex follows a fee to another parent, and forgets what is taken away", () => {
  const index = new RowIndex(ROWS);
  const [moved] = lotRows([{ id: "3", action: "FEE", quantity: "-5", parent: "4" }]);
  if (moved === undefined) throw new Error("Expected a row");
  assertEquals(index.set(moved), ROWS[1]);
  assertEquals([feesOf(index, "1"), feesOf(index, "4")], [["-2"], ["-5"]]);
  assertEquals(index.delete(idOf(2)), ROWS[2]);
  assertEquals(index.delete(idOf(2)), null);
  assertEquals([feesOf(index, "1"), index.size], [[], 2]);
});
