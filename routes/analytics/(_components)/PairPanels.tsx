import { lineText } from "../../../components/charts/line_units.ts";
import { type LineSet, lineSet, newestAt } from "../../../components/charts/lines.ts";
import { formatShare } from "../../../components/format/number.ts";
import { formatDay } from "../../../components/format/time.ts";
import { Panel } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import {
  type DrawdownReport,
  MAX_ROLLING_BARS,
  MIN_COMMON_POINTS,
  type RollingCorrelationReport,
} from "../../../services/analytics/mod.ts";
import { type AssetLabel, type Interval, intervalMs } from "../../../services/market/mod.ts";
import { LinesView } from "../../(_charts)/LinesView.tsx";
import { riskExplainHref } from "../../(_risk)/RiskFigures.tsx";
import { analyticsFields } from "./analytics_view.ts";
import { BasisLine } from "./BasisLine.tsx";
import { KeptFields, Refused, TableCsvLink, TableLink } from "./panel_parts.tsx";
import type { AnalyticsData } from "./read_analytics.ts";

const HEIGHT_PX = 240;

/** The correlation of two assets over a window that rolls through the period. */
export function RollingPanel(data: AnalyticsData) {
  const { view, pair: [one, other], rolling: { report, refusal } } = data;
  return (
    <Panel
      id="rolling"
      title="Rolling correlation"
      note={`${one.symbol} with ${other.symbol}`}
      actions={
        <>
          <TableLink view={view} panel="rolling" />
          <TableCsvLink view={view} table="rolling" />
        </>
      }
    >
      <PairForm {...data} />
      {report === null
        ? <Refused refusal={refusal} view={view} />
        : <Rolling report={report} data={data} />}
    </Panel>
  );
}

function PairForm({ view, pair, choices }: AnalyticsData) {
  return (
    <form class="pair-form" method="get" action="/analytics#rolling" aria-label="Pair and window">
      <KeptFields fields={analyticsFields(view)} but={["a", "b", "window"]} />
      {(["a", "b"] as const).map((name, at) => (
        <label key={name} class="field">
          <span>{at === 0 ? "Asset" : "With"}</span>
          <select class="input" name={name}>
            {choices.map(({ assetId, name }) => (
              <option key={assetId} value={assetId} selected={assetId === pair[at]?.assetId}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ))}
      <label class="field">
        <span>Window, bars</span>
        <input
          class="input"
          type="number"
          name="window"
          min={MIN_COMMON_POINTS}
          max={MAX_ROLLING_BARS}
          value={view.window}
        />
      </label>
      <button type="submit" class="btn">Show</button>
    </form>
  );
}

/** The line of a rolling correlation. */
function rollingSet(
  report: RollingCorrelationReport,
  [one, other]: AnalyticsData["pair"],
): LineSet {
  const column = {
    key: "r",
    label: `${one.symbol}/${other.symbol}`,
    values: report.correlation,
  };
  return lineSet([column], {
    from: report.from,
    barMs: intervalMs(report.interval),
    unit: "correlation",
  });
}

function Rolling(
  { report, data }: { readonly report: RollingCorrelationReport; readonly data: AnalyticsData },
) {
  const { view, pair } = data;
  const set = rollingSet(report, pair);
  const at = newestAt(set);
  const [one, other] = pair;
  if (at < 0) {
    return (
      <EmptyState icon="analytics" title="No window is whole">
        No {report.window} bars in a row hold {MIN_COMMON_POINTS} returns of both {one.name} and
        {" "}
        {other.name}.
      </EmptyState>
    );
  }
  const known = set.lines[0]?.values.filter((value) => value !== null) ?? [];
  const words = `${one.name} with ${other.name} over ${report.window} bars: now ` +
    `${lineText("correlation", set.lines[0]?.values[at])}, between ` +
    `${lineText("correlation", Math.min(...known))} and ` +
    `${lineText("correlation", Math.max(...known))}.`;
  return (
    <>
      <LinesView
        id="rolling"
        set={set}
        height={HEIGHT_PX}
        words={words}
        isTable={view.table === "rolling"}
      />
      <Newest report={report} value={set.lines[0]?.values.at(-1) ?? null} />
      <BasisLine
        basis={report}
        parts={report.assets}
        assets={pair}
        notes={[`each point: ${report.window} bars up to it`]}
      />
    </>
  );
}

/** Bars that a period can be counted in, with its unit. */
const PERIOD_UNITS: Readonly<Partial<Record<Interval, string>>> = { "1h": "h", "1d": "d" };

/** The newest window is a period like any other, so that it can be taken apart. */
function Newest(
  { report, value }: { readonly report: RollingCorrelationReport; readonly value: number | null },
) {
  const { assets: [one, other], window, interval, asof } = report;
  const unit = PERIOD_UNITS[interval];
  if (value === null || unit === undefined) return null;
  const href = riskExplainHref("correlation", one.assetId, {
    period: `${window}${unit}`,
    ...{ asof, interval },
    benchmark: other.assetId,
  });
  return (
    <p class="explain-line">
      Newest window: <a class="explain" href={href}>{lineText("correlation", value)}</a>
    </p>
  );
}

/** How far the two assets stood below their highest close so far. */
export function DrawdownPanel({ view, pair, drawdowns: { report, refusal } }: AnalyticsData) {
  return (
    <Panel
      id="drawdown"
      title="Drawdown"
      note="below the highest close so far"
      actions={
        <>
          <TableLink view={view} panel="drawdown" />
          <TableCsvLink view={view} table="drawdown" />
        </>
      }
    >
      {report === null ? <Refused refusal={refusal} view={view} /> : (
        <Drawdowns
          reports={report}
          assets={pair}
          isTable={view.table === "drawdown"}
          period={view.period}
        />
      )}
    </Panel>
  );
}

/** The curves of the assets that have one, on the bars of the longest common end. */
function drawdownSet(
  reports: readonly DrawdownReport[],
  assets: readonly AssetLabel[],
): LineSet | null {
  const newest = reports.toSorted((a, b) => b.asof - a.asof)[0];
  if (newest === undefined) return null;
  const barMs = intervalMs(newest.interval);
  const from = newest.t[0] ?? newest.from;
  const columns = reports.filter(({ interval }) => interval === newest.interval).map((report) => {
    const values = new Float64Array(newest.t.length).fill(NaN);
    const shift = ((report.t[0] ?? from) - from) / barMs;
    report.curve.forEach((value, at) => {
      if (at + shift >= 0) values[at + shift] = value;
    });
    const { assetId } = report.asset;
    const label = assets.find((asset) => asset.assetId === assetId)?.symbol ?? assetId;
    return { key: assetId, label, values };
  });
  return lineSet(columns, { from, barMs, unit: "drawdown" });
}

interface DrawdownsProps {
  readonly reports: readonly DrawdownReport[];
  readonly assets: readonly AssetLabel[];
  readonly isTable: boolean;
  readonly period: string;
}

function Drawdowns({ reports, assets, isTable, period }: DrawdownsProps) {
  const set = drawdownSet(reports, assets);
  const [first] = reports;
  if (set === null || first === undefined) return null;
  if (newestAt(set) < 0) {
    return (
      <EmptyState icon="analytics" title="No curve">
        {first.reasons["maxDrawdown"] ?? "No prices in this window"}.
      </EmptyState>
    );
  }
  const words = reports.flatMap(({ asset, deepest }) => {
    const label = assets.find(({ assetId }) => assetId === asset.assetId);
    if (label === undefined || deepest === null) return [];
    const end = deepest.recoveredAt === null
      ? "not made good since"
      : `made good on ${formatDay(deepest.recoveredAt)}`;
    return [
      `${label.name} fell ${formatShare(-deepest.depth)} from ${formatDay(deepest.peakAt)} to ` +
      `${formatDay(deepest.troughAt)}, ${end}.`,
    ];
  }).join(" ");
  return (
    <>
      <LinesView id="drawdown" set={set} height={HEIGHT_PX} words={words} isTable={isTable} />
      <p class="explain-line">
        Deepest: {reports.map(({ asset, deepest, asof, interval }) =>
          deepest === null ? null : (
            <a
              key={asset.assetId}
              class="explain"
              href={riskExplainHref("max_drawdown", asset.assetId, { period, asof, interval })}
            >
              {assets.find(({ assetId }) => assetId === asset.assetId)?.symbol}{" "}
              {formatShare(deepest.depth)}
            </a>
          )
        )}
      </p>
      <BasisLine basis={first} parts={reports.map(({ asset }) => asset)} assets={assets} />
    </>
  );
}
