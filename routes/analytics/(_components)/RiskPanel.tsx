import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatShare } from "../../../components/format/number.ts";
import { formatDayShort, formatPeriod } from "../../../components/format/time.ts";
import { Panel } from "../../../components/states/Panel.tsx";
import type { RiskReport } from "../../../services/analytics/mod.ts";
import { RiskCell } from "../../(_risk)/RiskFigures.tsx";
import { analyticsHref, type AnalyticsView } from "./analytics_view.ts";
import { BasisLine } from "./BasisLine.tsx";
import { Refused, TableCsvLink } from "./panel_parts.tsx";
import type { AnalyticsData } from "./read_analytics.ts";
import { coverageOf, RISK_COLUMNS, type RiskRow, type RiskSort, sortRisk } from "./risk_columns.ts";

/** The risk figures of every asset, a row each. */
export function RiskPanel({ view, assets, risk, benchmark }: AnalyticsData) {
  return (
    <Panel
      id="risk"
      title="Risk"
      note={`over ${formatPeriod(view.period)}`}
      actions={<TableCsvLink view={view} table="risk" />}
    >
      {risk.report === null
        ? <Refused refusal={risk.refusal} view={view} />
        : <RiskTable view={view} assets={assets} reports={risk.report} benchmark={benchmark} />}
    </Panel>
  );
}

/** The rows of the table in the view's order. */
export function riskRows({ view, assets, risk }: AnalyticsData): readonly RiskRow[] {
  return rowsOf(risk.report ?? [], { view, assets });
}

function rowsOf(
  reports: readonly RiskReport[],
  { view, assets }: Pick<AnalyticsData, "view" | "assets">,
): readonly RiskRow[] {
  const rows = reports.flatMap((report) => {
    const label = assets.find(({ assetId }) => assetId === report.asset.assetId);
    return label === undefined ? [] : [{ report, name: label.name, symbol: label.symbol }];
  });
  return sortRisk(rows, view);
}

interface RiskTableProps extends Pick<AnalyticsData, "view" | "assets" | "benchmark"> {
  readonly reports: readonly RiskReport[];
}

function RiskTable({ view, assets, reports, benchmark }: RiskTableProps) {
  const rows = rowsOf(reports, { view, assets });
  const newest = reports.toSorted((a, b) => b.asof - a.asof)[0];
  if (newest === undefined) return null;
  return (
    <>
      <div class="scroller whole" tabIndex={0} role="region" aria-label="Risk by asset, scrollable">
        <table class="table risk-table" data-keys>
          <caption class="sr">
            Return and risk of each asset over {formatPeriod(view.period)}
          </caption>
          <thead>
            <tr>
              <SortHeader view={view} name="name" label="Asset" words="By name" />
              {RISK_COLUMNS.map(({ key, label, words }) => (
                <SortHeader key={key} view={view} name={key} label={label} words={words} />
              ))}
              <SortHeader
                view={view}
                name="coverage"
                label="Coverage"
                words="Share of the bars that have a price"
              />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => <Row key={row.report.asset.assetId} row={row} newest={newest} />)}
          </tbody>
        </table>
      </div>
      <BasisLine
        basis={newest}
        parts={reports.map(({ asset }) => asset)}
        assets={assets}
        notes={[
          "a year has 365 days",
          "no return without risk is taken off",
          `beta against ${benchmark.symbol}`,
        ]}
      />
    </>
  );
}

interface SortHeaderProps {
  readonly view: AnalyticsView;
  readonly name: RiskSort;
  readonly label: string;
  readonly words: string;
}

function SortHeader({ view, name, label, words }: SortHeaderProps) {
  const isSorted = view.sort === name;
  const state = isSorted ? view.order === "asc" ? "ascending" : "descending" : "none";
  const first = name === "name" ? "asc" : "desc";
  const order = isSorted ? view.order === "asc" ? "desc" : "asc" : first;
  return (
    <th scope="col" class={name === "name" ? undefined : "num"} aria-sort={state}>
      <a
        aria-current="false"
        href={`${analyticsHref({ ...view, sort: name, order })}#risk`}
        title={words}
      >
        {label}
      </a>
    </th>
  );
}

function Row({ row, newest }: { readonly row: RiskRow; readonly newest: RiskReport }) {
  const { report, name, symbol } = row;
  const { assetId, n, missing } = report.asset;
  return (
    <tr>
      <th scope="row">
        <span class="name">
          <a href={`/assets/${encodeURIComponent(assetId)}`}>{name}</a>
          {report.asof < newest.asof
            ? <small class="ended">to {formatDayShort(report.to)}</small>
            : <small>{symbol}</small>}
        </span>
      </th>
      {RISK_COLUMNS.map((figure) => (
        <td key={figure.key} class="num">
          <RiskCell figure={figure} report={report} />
        </td>
      ))}
      <td class="num">
        {n === 0
          ? <Unknown reason={report.reasons["volatility"] ?? null} />
          : (
            <span title={`${n} of ${n + missing} bars of ${report.interval}, ${missing} missing`}>
              {formatShare(coverageOf(report))}
            </span>
          )}
      </td>
    </tr>
  );
}
