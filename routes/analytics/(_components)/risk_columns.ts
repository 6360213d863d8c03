import type { RiskReport } from "../../../services/analytics/mod.ts";
import type { SortOrder } from "../../../services/market/mod.ts";
import {
  BETA,
  MAX_DRAWDOWN,
  type RiskFigure,
  SHARPE,
  VOLATILITY,
} from "../../(_risk)/RiskFigures.tsx";

/** The columns of the risk table, in their order. */
export const RISK_COLUMNS: readonly RiskFigure[] = [
  {
    key: "cumulative",
    label: "Return",
    words: "From the close before the period to the last one",
    kind: "change",
    valueOf: ({ measures }) => measures.cumulative,
    reasonName: "cumulative",
  },
  VOLATILITY,
  MAX_DRAWDOWN,
  SHARPE,
  {
    key: "sortino",
    label: "Sortino",
    words: "Mean return for each unit of downside risk, a year",
    kind: "ratio",
    valueOf: ({ measures }) => measures.sortino,
    reasonName: "sortino",
  },
  {
    key: "calmar",
    label: "Calmar",
    words: "Annual return for each unit of the deepest fall",
    kind: "ratio",
    valueOf: ({ measures }) => measures.calmar,
    reasonName: "calmar",
  },
  {
    key: "var95",
    label: "VaR 95 %",
    words: "Loss of one bar that 5 % of the bars reached or exceeded",
    kind: "share",
    valueOf: ({ measures }) => measures.var95,
    reasonName: "var95",
  },
  {
    key: "es95",
    label: "ES 95 %",
    words: "Mean loss of those 5 % of the bars",
    kind: "share",
    valueOf: ({ measures }) => measures.es95,
    reasonName: "es95",
  },
  BETA,
];

/** What the risk table may be sorted by: the order asked for, the name, or a column. */
export type RiskSort = "asked" | "name" | "coverage" | RiskFigure["key"];

const OTHER_SORTS: readonly RiskSort[] = ["asked", "name", "coverage"];

/** Whether a text names one of them. */
export function isRiskSort(text: string): text is RiskSort {
  return OTHER_SORTS.some((name) => name === text) || RISK_COLUMNS.some(({ key }) => key === text);
}

/** Share of the window's bars that have a price. */
export function coverageOf({ asset: { n, missing } }: Pick<RiskReport, "asset">): number {
  return n / (n + missing);
}

/** A row of the risk table. */
export interface RiskRow {
  readonly report: RiskReport;
  readonly name: string;
  readonly symbol: string;
}

/** The rows by a column; unknown values come last either way, equal ones keep their order. */
export function sortRisk(
  rows: readonly RiskRow[],
  { sort, order }: { readonly sort: RiskSort; readonly order: SortOrder },
): readonly RiskRow[] {
  if (sort === "asked") return rows;
  const sign = order === "asc" ? 1 : -1;
  if (sort === "name") return rows.toSorted((a, b) => sign * (a.name < b.name ? -1 : 1));
  const column = RISK_COLUMNS.find(({ key }) => key === sort);
  const valueOf = column ? column.valueOf : coverageOf;
  return rows.toSorted((a, b) => {
    const [left, right] = [valueOf(a.report), valueOf(b.report)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}
