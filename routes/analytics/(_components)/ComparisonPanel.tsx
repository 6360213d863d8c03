import { type LineSet, lineSet } from "../../../components/charts/lines.ts";
import { Unknown } from "../../../components/figures/Figures.tsx";
import { formatChange } from "../../../components/format/number.ts";
import { formatDay, isoInstant } from "../../../components/format/time.ts";
import { Panel } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import type { ComparedAsset, ComparisonReport } from "../../../services/analytics/mod.ts";
import { type AssetLabel, intervalMs } from "../../../services/market/mod.ts";
import { LinesView } from "../../(_charts)/LinesView.tsx";
import { analyticsFields, analyticsHref, type AnalyticsView } from "./analytics_view.ts";
import { BasisLine } from "./BasisLine.tsx";
import { DayField, KeptFields, Refused, TableCsvLink, TableLink } from "./panel_parts.tsx";
import type { AnalyticsData } from "./read_analytics.ts";

const HEIGHT_PX = 340;

/** How the assets went since one start, each from 0. */
export function ComparisonPanel({ view, assets, comparison }: AnalyticsData) {
  const { report } = comparison;
  return (
    <Panel
      id="comparison"
      title="Performance"
      note={report === null ? undefined : `since the close of ${formatDay(report.start)}`}
      actions={
        <>
          <form
            class="inline-form"
            method="get"
            action="/analytics"
            aria-label="Start of the lines"
          >
            <KeptFields fields={analyticsFields(view)} but={["start"]} />
            <DayField name="start" label="Since" value={view.start || startOf(report)} />
            <button type="submit" class="btn" data-size="s">Show</button>
          </form>
          <ScaleControl view={view} />
          <TableLink view={view} panel="comparison" />
          <TableCsvLink view={view} table="comparison" />
        </>
      }
    >
      {report === null
        ? <Refused refusal={comparison.refusal} view={view} />
        : <Lines report={report} assets={assets} view={view} />}
    </Panel>
  );
}

/** Beside an asset that rose tenfold, a linear axis flattens all others. */
function ScaleControl({ view }: { readonly view: AnalyticsView }) {
  return (
    <nav class="seg" aria-label="Scale">
      {[false, true].map((isLog) => (
        <a
          key={String(isLog)}
          href={`${analyticsHref({ ...view, isLog })}#comparison`}
          aria-current={isLog === view.isLog ? "true" : "false"}
        >
          {isLog ? "Log" : "Linear"}
        </a>
      ))}
    </nav>
  );
}

function startOf(report: ComparisonReport | null): string {
  return report === null ? "" : isoInstant(report.start).slice(0, 10);
}

interface LinesProps {
  readonly report: ComparisonReport;
  readonly assets: readonly AssetLabel[];
  readonly view: AnalyticsView;
}

function Lines({ report, assets, view }: LinesProps) {
  const set = comparisonSet(report, { assets, isLog: view.isLog });
  return (
    <>
      {set.lines.length === 0 ? <NoPrices view={view} interval={report.interval} /> : (
        <LinesView
          id="comparison"
          set={set}
          height={HEIGHT_PX}
          words={summarize(report, assets)}
          isTable={view.table === "comparison"}
        />
      )}
      <BasisLine
        basis={report}
        parts={report.assets}
        assets={assets}
        notes={[
          ...report.assets.filter(({ reasons }) => reasons["base"]).map((asset) =>
            `${symbolOf(asset, assets)} begins at 0 with its first bar, ${
              formatDay(asset.baseAt ?? report.start)
            }`
          ),
          "gaps stay gaps",
        ]}
      />
      <Absent report={report} assets={assets} />
    </>
  );
}

function NoPrices({ view, interval }: { readonly view: AnalyticsView; readonly interval: string }) {
  const longer = { ...view, period: "90d", interval: null, start: "" };
  return (
    <EmptyState
      icon="database"
      title={`No candles of ${interval} here`}
      actions={<a class="btn" href={analyticsHref(longer)}>Look at 90 days</a>}
    >
      None of these assets has any in this window; a longer period is measured on days.
    </EmptyState>
  );
}

function symbolOf({ assetId }: Pick<ComparedAsset, "assetId">, assets: readonly AssetLabel[]) {
  return assets.find((asset) => asset.assetId === assetId)?.symbol ?? assetId;
}

/** The lines of a comparison. */
function comparisonSet(
  report: ComparisonReport,
  { assets, isLog }: { readonly assets: readonly AssetLabel[]; readonly isLog: boolean },
): LineSet {
  const columns = report.assets.filter(({ baseAt }) => baseAt !== null).map((asset) => ({
    key: asset.assetId,
    label: symbolOf(asset, assets),
    values: asset.change,
  }));
  return lineSet(columns, {
    from: report.start,
    barMs: intervalMs(report.interval),
    unit: "change",
    isLog,
  });
}

/** The chart in a sentence: who did best and who worst. */
function summarize(report: ComparisonReport, assets: readonly AssetLabel[]): string {
  const known = report.assets.flatMap((asset) =>
    asset.total === null ? [] : [{ total: asset.total, symbol: symbolOf(asset, assets) }]
  ).toSorted((a, b) => b.total - a.total);
  const [best, worst] = [known[0], known.at(-1)];
  const span = `From ${formatDay(report.start)} to ${formatDay(report.to)}`;
  if (best === undefined || worst === undefined) return `${span}: no prices.`;
  const words = `${span}: ${best.symbol} did best with ${formatChange(best.total)}`;
  return best === worst
    ? `${span}: ${best.symbol} ${formatChange(best.total)}.`
    : `${words}, ${worst.symbol} worst with ${formatChange(worst.total)}.`;
}

/** Assets without a line are named with the reason. */
function Absent({ report, assets }: Pick<LinesProps, "report" | "assets">) {
  const absent = report.assets.filter(({ total }) => total === null);
  if (absent.length === 0) return null;
  return (
    <p class="missing">
      Without a line: {absent.map((asset) => (
        <span key={asset.assetId} class="absent">
          {symbolOf(asset, assets)} <Unknown reason={asset.reasons["total"] ?? null} />
        </span>
      ))}
    </p>
  );
}
