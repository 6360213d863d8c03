import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatDecimal } from "../../../components/format/number.ts";
import { formatPeriod } from "../../../components/format/time.ts";
import { Panel } from "../../../components/states/Panel.tsx";
import {
  type CorrelationMatrixReport,
  MIN_COMMON_POINTS,
} from "../../../services/analytics/mod.ts";
import { finiteOrNull } from "../../../services/kernel/numbers.ts";
import type { AssetLabel } from "../../../services/market/mod.ts";
import { riskExplainHref } from "../../(_risk)/RiskFigures.tsx";
import { BasisLine } from "./BasisLine.tsx";
import { Refused, TableCsvLink } from "./panel_parts.tsx";
import type { AnalyticsData } from "./read_analytics.ts";

/** How every two of the assets moved together: numbers, with their strength as colour. */
export function CorrelationPanel({ view, assets, matrix }: AnalyticsData) {
  return (
    <Panel
      id="correlation"
      title="Correlation"
      note={`of log returns over ${formatPeriod(view.period)}`}
      actions={<TableCsvLink view={view} table="correlation" />}
    >
      {matrix.report === null
        ? <Refused refusal={matrix.refusal} view={view} />
        : <HeatMap report={matrix.report} assets={assets} />}
    </Panel>
  );
}

interface HeatMapProps {
  readonly report: CorrelationMatrixReport;
  readonly assets: readonly AssetLabel[];
}

function HeatMap({ report, assets }: HeatMapProps) {
  return (
    <>
      <div class="heat" tabIndex={0} role="region" aria-label="Correlations, scrollable">
        <table class="matrix" data-scale="two">
          <caption class="sr">
            Correlation of the log returns of every two assets over {formatPeriod(report.period)}
          </caption>
          <thead>
            <tr>
              <th scope="col">Asset</th>
              {assets.map(({ assetId, symbol, name }) => (
                <th key={assetId} scope="col" title={name}>{symbol}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {assets.map((asset, row) => (
              <tr key={asset.assetId}>
                <th scope="row">
                  <a href={`/assets/${encodeURIComponent(asset.assetId)}`} title={asset.name}>
                    {asset.symbol}
                  </a>
                </th>
                {assets.map((other, column) => (
                  <Cell
                    key={other.assetId}
                    report={report}
                    at={row * assets.length + column}
                    pair={[asset, other]}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Scale />
      <BasisLine
        basis={report}
        parts={report.assets}
        assets={assets}
        notes={[
          `none below ${MIN_COMMON_POINTS} common returns`,
          "n and 95 % interval on each cell",
        ]}
      />
    </>
  );
}

interface CellProps {
  readonly report: CorrelationMatrixReport;
  readonly at: number;
  readonly pair: readonly [AssetLabel, AssetLabel];
}

function Cell({ report, at, pair: [asset, other] }: CellProps) {
  const r = finiteOrNull(report.r[at]);
  const n = report.n[at] ?? 0;
  if (r === null) {
    return (
      <td>
        <Unknown reason={absenceOf(report, { n, pair: [asset, other] })} />
      </td>
    );
  }
  if (asset.assetId === other.assetId) {
    return <td data-level="self" title={`${asset.name} with itself, n ${n}`}>1.00</td>;
  }
  const { period, asof, interval } = report;
  const href = riskExplainHref("correlation", asset.assetId, {
    ...{ period, asof, interval },
    benchmark: other.assetId,
  });
  return (
    <td data-level={levelOf(r)}>
      <a class="explain" href={href} title={wordsOf(report, { at, pair: [asset, other] })}>
        {formatDecimal(r, 2)}
      </a>
    </td>
  );
}

/** Why two assets have no correlation. */
function absenceOf(
  { assets, interval }: CorrelationMatrixReport,
  { n, pair }: { readonly n: number; readonly pair: CellProps["pair"] },
): string {
  const isAbsent = (id: string) => assets.some((one) => one.assetId === id && one.n === 0);
  const absent = pair.find(({ assetId }) => isAbsent(assetId));
  if (absent !== undefined) return `No candles of ${absent.name} at ${interval} in this window`;
  return n < MIN_COMMON_POINTS
    ? `${MIN_COMMON_POINTS} common returns are needed, there are ${n}`
    : "One of the two prices never moves";
}

function wordsOf(
  report: CorrelationMatrixReport,
  { at, pair: [one, other] }: Omit<CellProps, "report">,
) {
  const [low, high] = report.ci95[at] ?? [];
  const n = formatCount(report.n[at] ?? 0);
  const interval = low === undefined || high === undefined
    ? ""
    : `, 95 % interval ${formatDecimal(low, 2)} to ${formatDecimal(high, 2)}`;
  return `${one.name} and ${other.name}: n ${n}${interval}`;
}

const STEPS = [0.1, 0.3, 0.5, 0.7] as const;

/** How strong a correlation is, -4 to 4. */
function levelOf(r: number): number {
  const strength = STEPS.filter((step) => Math.abs(r) >= step).length;
  return r < 0 ? -strength : strength;
}

const LEVELS = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

/** What the colours mean. */
function Scale() {
  return (
    <p class="heat-scale">
      <span>−1 opposite</span>
      <span class="matrix heat-steps" data-scale="two" aria-hidden="true">
        {LEVELS.map((level) => <i key={level} data-level={level} />)}
      </span>
      <span>together +1</span>
    </p>
  );
}
