import { lineText } from "../../../components/charts/line_units.ts";
import { flowMarks, type LineSet, lineSet } from "../../../components/charts/lines.ts";
import { formatChange, formatCount, formatShare } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { Moment } from "../../../components/figures/Moment.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import { type Interval, intervalMs } from "../../../services/market/mod.ts";
import type { PortfolioPerformance } from "../../../services/portfolio/mod.ts";
import { LinesView } from "../../(_charts)/LinesView.tsx";
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
  if (performance === null) {
    return (
      <Panel id="nav" title="Net asset value" note={currency}>
        <NoHistory {...data} />
      </Panel>
    );
  }
  const { series, missingBuckets } = performance;
  const set = navSet(performance, interval);
  const words = `Net asset value in ${currency} from ${formatDay(performance.from)} to ` +
    `${formatDay(performance.to)}: from ${lineText("money", performance.openingValue)} to ` +
    `${lineText("money", performance.value)}, with ` +
    `${lineText("money", performance.deposited - performance.withdrawn)} paid in net.`;
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
        <LinesView
          hasWords={false}
          id="nav"
          set={set}
          height={NAV_HEIGHT}
          words={words}
          isTable={view.table === "nav"}
        />
      </div>
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
    </Panel>
  );
}

function navSet(
  { series, openingValue, from }: PortfolioPerformance,
  interval: Interval,
): LineSet {
  let paid = openingValue;
  const invested = series.netFlow.map((flow) => paid += flow);
  const set = lineSet([
    { key: "nav", label: "NAV", values: series.nav },
    { key: "paid", label: "Paid in", values: invested },
  ], { from: from - intervalMs(interval), barMs: intervalMs(interval), unit: "money" });
  return { ...set, marks: flowMarks(series.netFlow, set) };
}

/** The time-weighted return and its drawdown, against another asset where one is named. */
export function PerformancePanel(data: PortfolioPageData) {
  const { view, labels, measured: { performance, interval } } = data;
  const other = performance?.benchmark ?? null;
  const note = other === null ? "TWR" : `TWR against ${labelOf(labels, other.assetId).name}`;
  if (performance === null) {
    return (
      <Panel id="performance" title="Performance" note={note}>
        <NoHistory {...data} />
      </Panel>
    );
  }
  const { risk, drawdown } = performance;
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
      <Returns {...data} performance={performance} />
      <SourceLine
        parts={[
          risk.volatility === null
            ? "too few values for a volatility"
            : `volatility ${formatShare(risk.volatility)} a year`,
          drawdown === null ? "no drawdown" : `deepest fall ${formatDay(drawdown.peakAt)} to ` +
            formatDay(drawdown.troughAt),
          `Modified Dietz ${
            performance.modifiedDietz === null ? "n/a" : formatChange(performance.modifiedDietz)
          }`,
          BUCKETS[interval] ?? interval,
        ]}
      />
    </Panel>
  );
}

function Returns(
  { view, labels, measured: { interval }, performance }: PortfolioPageData & {
    readonly performance: PortfolioPerformance;
  },
) {
  const { series, benchmark, from, twr, drawdown } = performance;
  const at = { from: from - intervalMs(interval), barMs: intervalMs(interval) };
  const other = benchmark === null ? [] : [{
    key: benchmark.assetId,
    label: labelOf(labels, benchmark.assetId).symbol,
    values: benchmark.cumulative,
  }];
  const returns = lineSet(
    [{ key: "twr", label: "TWR", values: series.cumulative }, ...other],
    { ...at, unit: "change" },
  );
  const falls = lineSet(
    [{ key: "drawdown", label: "Drawdown", values: series.drawdown }],
    { ...at, unit: "drawdown" },
  );
  const gained = twr === null ? "unknown" : formatChange(twr);
  return (
    <>
      <LinesView
        hasWords={false}
        id="performance"
        set={returns}
        height={TWR_HEIGHT}
        words={`Time-weighted return since ${formatDay(from)}: ${gained}.`}
        isTable={view.table === "performance"}
      />
      {view.table === "performance" ? null : (
        <LinesView
          hasWords={false}
          id="drawdown"
          set={falls}
          height={DRAWDOWN_HEIGHT}
          words={drawdown === null
            ? "There is no drawdown."
            : `Drawdown of the TWR index, ${formatShare(drawdown.depth)} at its deepest.`}
          isTable={false}
        />
      )}
    </>
  );
}

function BenchmarkForm({ view }: PortfolioPageData) {
  const kept = [["currency", view.currency], ["range", view.range === "all" ? null : view.range]];
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

function NoHistory({ value }: PortfolioPageData) {
  return (
    <EmptyState icon="analytics" title="No history yet">
      {value.positions.length > 0 && value.unpriced === value.positions.length
        ? "None of the holdings has prices over the time it was held."
        : "It takes two moments with prices for all that was held."}
    </EmptyState>
  );
}
