import { AssetEvents, Flows } from "@/services/portfolio/performance/history_columns.ts";
import { assertEquals } from "@/tests/assert.ts";

/** So many negations are compiled, and give a NaN a sign: `-NaN`, to be told by its bytes alone. */
const MANY = 200_000;
const unknown = (row: number) => -Number(row % 2 === 0 ? "?" : "1");

/** How many of a column's numbers have another NaN than NaN. */
function otherNaNs(column: Float64Array): number {
  const [nan] = new BigUint64Array(Float64Array.of(NaN).buffer);
  const bits = new BigUint64Array(column.buffer);
  return column.filter((value, row) => Number.isNaN(value) && bits[row] !== nan).length;
}

Deno.test("columns of flows and events have one NaN alone, by its bytes too", () => {
  const rows = Array.from({ length: MANY }, (_, row) => row);
  const flows = Flows.of(
    rows.map((row) => ({ at: row, bucket: 0, kind: "inside", amount: unknown(row) })),
  );
  const events = AssetEvents.of(
    rows.map((row) => ({ bucket: row, carried: unknown(row), flow: unknown(row) })),
  );
  assertEquals([flows.amount, events.carried, events.flow].map(otherNaNs), [0, 0, 0]);
});
