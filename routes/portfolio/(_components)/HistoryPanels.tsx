import { LinesSvg } from "../../../components/charts/LinesSvg.tsx";
import { LinesTable } from "../../../components/charts/LinesTable.tsx";
import { formatChange, formatCount, formatShare } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { Moment } from "../../../components/figures/Moment.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import LineChart from "../../../islands/LineChart.tsx";
import type { Interval } from "../../../services/market/mod.ts";
import type { PortfolioPerformance } from "../../../services/portfolio/mod.ts";
import { type ChartId, type ChartSpec, portfolioCharts } from "./chart_sets.ts";
import { PageCsvLink, TableLink } from "./panel_links.tsx";
import { labelOf, type PortfolioPageData } from "./read_portfolio.ts";

const NAV_HEIGHT = 264;
const TWR_HEIGHT = 232;
const DRAWDOWN_HEIGHT = 112;

const BUCKETS: Readonly<Partial<Record<Interval, string>>> = {
  "5m": "every five minutes",
  "1h": "hourly",
  "1d": "daily, at the end of the day in UTC",
};

/** Value through time against what was paid in, with each flow marked. */
export function NavPanel(data: PortfolioPageData) {
  const { view, currency, measured: { performance, interval } } = data;
  const charts = portfolioCharts(data);
  if (performance === null || charts === null) {
    return (
      <Panel id="nav" title="Net asset value" note={currency}>
        <NoHistory {...data} />
      </Panel>
    );
  }
  const { series, missingBuckets } = performance;
  return (
    <Panel
      id="nav"
      title="Net asset value"
      note={currency}
      actions={
        <>
          <TableLink view={view} panel="nav" of="net asset value" />
          <PageCsvLink view={view} table="history" of="net asset value" />
        </>
      }
    >
      <div class="amt-chart">
        <ChartOrTable
          id="nav-chart"
          chart={charts["nav-chart"]}
          height={NAV_HEIGHT}
          isTable={view.table === "nav"}
          isPrivate
        />
      </div>
      <div data-region="nav-source">
        <SourceLine
          state={missingBuckets > 0 ? "partial" : "current"}
          parts={[
            `${formatCount(series.t.length)} values, ${formatCount(missingBuckets)} missing`,
            BUCKETS[interval] ?? interval,
            "+ paid in, − taken out",
            <span key="to">
              to <Moment at={performance.to} />
            </span>,
          ]}
        />
      </div>
    </Panel>
  );
}

/** The time-weighted return and its drawdown, against another asset where one is named. */
export function PerformancePanel(data: PortfolioPageData) {
  const { view, labels, measured: { performance } } = data;
  const other = performance?.benchmark ?? null;
  const note = other === null ? "TWR" : `TWR against ${labelOf(labels, other.assetId).name}`;
  const charts = portfolioCharts(data);
  if (performance === null || charts === null) {
    return (
      <Panel id="performance" title="Performance" note={note}>
        <NoHistory {...data} />
      </Panel>
    );
  }
  const isTable = view.table === "performance";
  return (
    <Panel
      id="performance"
      title="Performance"
      note={note}
      actions={
        <>
          <BenchmarkForm {...data} />
          <TableLink view={view} panel="performance" of="performance" />
          <PageCsvLink view={view} table="history" of="performance" />
        </>
      }
    >
      <ChartOrTable
        id="performance-chart"
        chart={charts["performance-chart"]}
        height={TWR_HEIGHT}
        isTable={isTable}
      />
      {isTable ? null : (
        <ChartOrTable
          id="drawdown-chart"
          chart={charts["drawdown-chart"]}
          height={DRAWDOWN_HEIGHT}
          isTable={false}
        />
      )}
      <div data-region="performance-source">
        <PerformanceSource {...data} performance={performance} />
      </div>
    </Panel>
  );
}

function PerformanceSource(
  { measured: { interval }, performance }: PortfolioPageData & {
    readonly performance: PortfolioPerformance;
  },
) {
  const { risk, drawdown, modifiedDietz } = performance;
  return (
    <SourceLine
      parts={[
        risk.volatility === null
          ? "too few values for a volatility"
          : `volatility ${formatShare(risk.volatility)} a year`,
        drawdown === null
          ? "no drawdown"
          : `deepest fall ${formatDay(drawdown.peakAt)} to ${formatDay(drawdown.troughAt)}`,
        `Modified Dietz ${modifiedDietz === null ? "n/a" : formatChange(modifiedDietz)}`,
        BUCKETS[interval] ?? interval,
      ]}
    />
  );
}

function BenchmarkForm({ view }: PortfolioPageData) {
  const kept = [
    ...[["currency", view.currency], ["range", view.range === "all" ? null : view.range]],
    ...[["from", view.from], ["to", view.to]],
  ];
  return (
    <form class="inline-form" method="get" action={`/portfolio/${view.id}#performance`}>
      {kept.map(([name, value]) =>
        value ? <input key={name} type="hidden" name={name ?? ""} value={value} /> : null
      )}
      <label class="field">
        <span>Against</span>
        <input
          class="input"
          name="benchmark"
          list="assets-known"
          placeholder="e.g. BTC"
          autocomplete="off"
          defaultValue={view.benchmark}
        />
      </label>
      <button type="submit" class="btn" data-size="s">Compare</button>
    </form>
  );
}

interface ChartOrTableProps {
  readonly id: ChartId;
  readonly chart: ChartSpec;
  readonly height: number;
  readonly isTable: boolean;
  readonly isPrivate?: boolean;
}

function ChartOrTable({ id, chart, height, isTable, isPrivate = false }: ChartOrTableProps) {
  const { set, label } = chart;
  if (isTable) return <LinesTable set={set} caption={label} />;
  return (
    <LineChart id={id} set={set} height={height} label={label} isPrivate={isPrivate}>
      <LinesSvg set={set} height={height} />
    </LineChart>
  );
}

function NoHistory({ value, currency, measured }: PortfolioPageData) {
  const { positions, unpriced } = value;
  if (measured.status === "pending") {
    return (
      <EmptyState icon="analytics" title="History is being computed">
        It is valued from the ledger and stored closes, and stands here in a moment.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="analytics" title="No history yet">
      {currency !== value.currency
        ? `There is no rate from dollars to ${value.currency} to tell its history in.`
        : positions.length > 0 && unpriced === positions.length
        ? "None of the holdings has prices over the time it was held."
        : "It takes two moments with prices for all that was held."}
    </EmptyState>
  );
}
