import { measurePerformance } from "@/services/analytics/performance.ts";
import type { CashFlow } from "@/services/kernel/xirr.ts";
import { AppError } from "@/services/kernel/errors.ts";
import { DAY_MS, utcMsOf } from "@/services/kernel/time.ts";
import { assertClose, assertEquals, assertThrows } from "@/tests/assert.ts";

/** 2025-01-01; days count from it. */
const START_MS = Date.UTC(2025, 0, 1);
const at = (day: number) => utcMsOf(START_MS + day * DAY_MS);

type Row = readonly [day: number, amount: number];
const flowsOf = (rows: readonly Row[]): CashFlow[] =>
  rows.map(([day, amount]) => ({ at: at(day), amount }));
const valuesOf = (rows: readonly (readonly [number, number | null])[]) =>
  rows.map(([day, value]) => ({ at: at(day), value }));

Deno.test("measurePerformance() gives the check values of the formulas", () => {
  // 100 becomes 120, 50 are paid in, 170 become 160: 1.2 * 160 / 170 - 1.
  const values = valuesOf([[0, 100], [182, 120], [365, 160]]);
  const measures = measurePerformance({ values, flows: flowsOf([[182, -50]]) });
  assertClose(measures.twr, 0.12941176, 1e-8);
  assertClose(measures.xirr, 0.08026584, 1e-8);
  assertClose(measures.modifiedDietz, 0.07995619, 1e-8);
  assertClose(measures.maxDrawdown, 160 / 170 - 1);
});

Deno.test("measurePerformance() takes flows without values, the final value among them", () => {
  const measures = measurePerformance({ flows: flowsOf([[365, 160], [0, -100], [182, -50]]) });
  assertClose(measures.xirr, 0.08026584, 1e-8);
  assertClose(measures.modifiedDietz, 0.07995619, 1e-8);
  assertEquals([measures.twr, measures.cumulative, measures.n], [null, null, 0]);
});

Deno.test("measurePerformance() counts the first deposit in the first value", () => {
  const values = valuesOf([[0, 100], [182, 120], [365, 160]]);
  const measures = measurePerformance({ values, flows: flowsOf([[0, -100], [182, -50]]) });
  assertClose(measures.twr, 0.12941176, 1e-8);
  assertClose(measures.xirr, 0.08026584, 1e-8);
});

Deno.test("measurePerformance() is not moved by the size of deposits", () => {
  for (const deposit of [0, 1, 1e6]) {
    const values = valuesOf([[0, 100], [1, 110], [2, (110 + deposit) * 1.1]]);
    assertClose(measurePerformance({ values, flows: flowsOf([[1, -deposit]]) }).twr, 0.21);
  }
});

Deno.test("measurePerformance() bridges a missing value, and not a flow beside one", () => {
  const values = valuesOf([[0, 100], [1, null], [2, 121], [3, 121]]);
  const bridged = measurePerformance({ values });
  assertClose(bridged.twr, 0.21);
  assertEquals([bridged.n, bridged.missing], [1, 2]);
  const lost = measurePerformance({ values, flows: flowsOf([[1, -5]]) });
  assertEquals([lost.twr, lost.cumulative, lost.maxDrawdown], [null, null, null]);
  assertEquals(lost.n, 1);
});

Deno.test("measurePerformance() needs a value at each flow for the time-weighted return", () => {
  const values = valuesOf([[0, 100], [365, 160]]);
  const measures = measurePerformance({ values, flows: flowsOf([[182, -50]]) });
  assertEquals(measures.twr, null);
  assertClose(measures.xirr, 0.08026584, 1e-8);
});

Deno.test("measurePerformance() lets an empty portfolio earn nothing", () => {
  const values = valuesOf([[0, 100], [1, 110], [2, 0], [3, 0], [4, 55]]);
  const flows = flowsOf([[1, 110], [3, -50]]);
  assertClose(measurePerformance({ values, flows }).twr, 0.21);
  assertEquals(measurePerformance({ values: valuesOf([[0, 0], [1, 5]]) }).twr, null);
});

Deno.test("measurePerformance() prefers given returns for risk", () => {
  const values = valuesOf([[0, 100], [1, 200]]);
  const measures = measurePerformance({ values, returns: Float64Array.of(0.1, 0.1) });
  assertClose(measures.twr, 1);
  assertClose(measures.cumulative, 0.21);
});

Deno.test("measurePerformance() has nothing to say of nothing", () => {
  for (const input of [{}, { values: [] }, { values: valuesOf([[0, 1]]) }, { flows: [] }]) {
    const { n, missing, ...measures } = measurePerformance(input);
    assertEquals([n, missing], [0, 0]);
    assertEquals(Object.values(measures).every((value) => value === null), true);
  }
});

Deno.test("measurePerformance() refuses what has no order or no value behind it", () => {
  const twice = { values: valuesOf([[0, 1], [0, 2]]) };
  assertThrows(() => measurePerformance(twice), { type: AppError, pattern: /two values/ });
  const late = { values: valuesOf([[0, 1], [1, 2]]), flows: flowsOf([[2, -1]]) };
  assertThrows(() => measurePerformance(late), { type: AppError, pattern: /2025-01-03/ });
});
