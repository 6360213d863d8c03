import { assertEquals } from "@/tests/assert.ts";
import {
  isRiskSort,
  type RiskRow,
  type RiskSort,
  sortRisk,
} from "@/routes/analytics/(_components)/risk_columns.ts";
import type { RiskReport } from "@/services/analytics/mod.ts";

function row(name: string, volatility: number | null, n: number): RiskRow {
  const report = { volatility, asset: { n, missing: 10 - n } } as RiskReport;
  return { report, name, symbol: name };
}

const ROWS = [row("b", 0.5, 10), row("c", null, 0), row("a", 0.9, 5), row("d", 0.5, 7)];

const cases: { sort: RiskSort; order: "asc" | "desc"; expected: string }[] = [
  { sort: "asked", order: "desc", expected: "bcad" },
  { sort: "name", order: "asc", expected: "abcd" },
  { sort: "name", order: "desc", expected: "dcba" },
  { sort: "volatility", order: "desc", expected: "abdc" },
  { sort: "volatility", order: "asc", expected: "bdac" },
  { sort: "coverage", order: "asc", expected: "cadb" },
];
for (const { sort, order, expected } of cases) {
  Deno.test(`sortRisk() by ${sort} ${order} is ${expected}, unknown values last`, () => {
    assertEquals(sortRisk(ROWS, { sort, order }).map(({ name }) => name).join(""), expected);
  });
}

Deno.test("isRiskSort() knows columns, name and coverage", () => {
  assertEquals(["sharpe", "name", "coverage", "luck"].map(isRiskSort), [true, true, true, false]);
});
