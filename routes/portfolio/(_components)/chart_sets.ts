import { flowMarks, type LineSet, lineSet } from "../../../components/charts/lines.ts";
import { lineText } from "../../../components/charts/line_units.ts";
import { decimalsOf } from "../../../components/format/currency.ts";
import { formatChange, formatShare } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { intervalMs } from "../../../services/market/mod.ts";
import type { PortfolioPerformance } from "../../../services/portfolio/mod.ts";
import { labelOf, type PortfolioPageData } from "./read_portfolio.ts";

/** A chart of the page: what it draws, and that in a sentence. */
export interface ChartSpec {
  readonly set: LineSet;
  readonly label: string;
}

/** Charts of a portfolio's page by the ids of their islands. */
export type PortfolioCharts = Readonly<Record<ChartId, ChartSpec>>;
export type ChartId = "nav-chart" | "performance-chart" | "drawdown-chart";

type ChartData = Pick<PortfolioPageData, "labels" | "currency" | "measured">;

/** All charts of a portfolio; `null` where there are no two values to draw between. */
export function portfolioCharts(data: ChartData): PortfolioCharts | null {
  const { performance } = data.measured;
  return performance === null ? null : {
    "nav-chart": navChart(performance, data),
    "performance-chart": returnsChart(performance, data),
    "drawdown-chart": drawdownChart(performance, data),
  };
}

/** Where the bars begin, and how long one is. */
function barsOf({ from }: PortfolioPerformance, { measured: { interval } }: ChartData) {
  const barMs = intervalMs(interval);
  return { from: from - barMs, barMs };
}

/** Value through time against what was paid in less what was taken out, with each flow marked. */
function navChart(performance: PortfolioPerformance, data: ChartData): ChartSpec {
  const { series, openingValue, deposited, withdrawn } = performance;
  const decimals = decimalsOf(data.currency);
  const money = (value: number) => lineText("money", value, { decimals });
  let paid = openingValue;
  const invested = series.netFlow.map((flow) => paid += flow);
  const set = lineSet([
    { key: "nav", label: "NAV", values: series.nav },
    { key: "paid", label: "Paid in net", values: invested },
  ], { ...barsOf(performance, data), unit: "money", decimals });
  const label = `Net asset value in ${data.currency} from ${formatDay(performance.from)} to ` +
    `${formatDay(performance.to)}: from ${money(openingValue)} to ` +
    `${money(performance.value)}, with ` +
    `${money(deposited - withdrawn)} paid in net.`;
  return { set: { ...set, marks: flowMarks(series.netFlow, set) }, label };
}

function returnsChart(performance: PortfolioPerformance, data: ChartData): ChartSpec {
  const { series, benchmark, from, twr } = performance;
  const other = benchmark === null ? [] : [{
    key: benchmark.assetId,
    label: labelOf(data.labels, benchmark.assetId).symbol,
    values: benchmark.cumulative,
  }];
  const set = lineSet(
    [{ key: "twr", label: "TWR", values: series.cumulative }, ...other],
    { ...barsOf(performance, data), unit: "change" },
  );
  const gained = twr === null ? "unknown" : formatChange(twr);
  const against = other.map(({ label, values }) => {
    const last = values.findLast((value) => !Number.isNaN(value));
    return `, ${label} ${last === undefined ? "unknown" : formatChange(last)}`;
  }).join("");
  return { set, label: `Time-weighted return since ${formatDay(from)}: ${gained}${against}.` };
}

function drawdownChart(performance: PortfolioPerformance, data: ChartData): ChartSpec {
  const { series, drawdown } = performance;
  const set = lineSet(
    [{ key: "drawdown", label: "Drawdown", values: series.drawdown }],
    { ...barsOf(performance, data), unit: "drawdown" },
  );
  const label = drawdown === null
    ? "There is no drawdown."
    : `Drawdown of the TWR index, ${formatShare(drawdown.depth)} at its deepest.`;
  return { set, label };
}
