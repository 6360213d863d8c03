import { Moment } from "../../../components/figures/Moment.tsx";
import { formatCount } from "../../../components/format/number.ts";
import { formatPeriod } from "../../../components/format/time.ts";
import { Panel, SourceLine, type SourceState } from "../../../components/states/Panel.tsx";
import type { RiskReport, RiskService } from "../../../services/analytics/mod.ts";
import type { Asset } from "../../../services/market/mod.ts";
import { BETA, MAX_DRAWDOWN, RiskCell, SHARPE, VOLATILITY } from "../../(_risk)/RiskFigures.tsx";

const PERIODS = ["30d", "90d", "1y"] as const;
const FIGURES = [VOLATILITY, MAX_DRAWDOWN, SHARPE, BETA];

/** The risk of an asset over each of the periods of its page, on days. */
export async function readAssetRisk(
  risk: RiskService,
  asset: Asset,
): Promise<readonly RiskReport[]> {
  return await Promise.all(PERIODS.map((period) => risk.getRisk(asset.id, { period })));
}

export interface AssetRiskProps {
  readonly asset: Asset;
  readonly risk: readonly RiskReport[];
}

/** How much the asset may lose: a column for each period. */
export function AssetRisk({ asset, risk }: AssetRiskProps) {
  const longest = risk.at(-1);
  if (longest === undefined) return null;
  const coins = [...new Set([asset.id, longest.benchmark.assetId])];
  return (
    <Panel
      id="risk"
      title="Risk"
      actions={
        <a class="btn" data-size="s" href={`/analytics?coins=${coins.join(",")}`}>Compare</a>
      }
    >
      <table class="table narrow">
        <caption class="sr">Risk of {asset.name} by period</caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            {risk.map(({ period }) => (
              <th key={period} scope="col" class="num" data-pri={priorityOf(period)}>
                {formatPeriod(period)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {FIGURES.map((figure) => (
            <tr key={figure.key}>
              <th scope="row" title={figure.words}>{figure.label}</th>
              {risk.map((report) => (
                <td key={report.period} class="num" data-pri={priorityOf(report.period)}>
                  <RiskCell figure={figure} report={report} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <SourceLine
        state={stateOf(longest)}
        parts={[
          longest.asset.provenance?.source ?? "no source",
          longest.interval,
          `${formatCount(longest.n)} of ${formatCount(longest.bars)} bars in ${
            formatPeriod(longest.period)
          }`,
          `beta against ${longest.benchmark.assetId}`,
          <Moment key="asof" at={longest.asof} />,
        ]}
      />
    </Panel>
  );
}

/** The period between the others goes first where there is no room for all. */
function priorityOf(period: string): number | undefined {
  return period === "90d" ? 6 : undefined;
}

function stateOf({ asset: { provenance, missing } }: RiskReport): SourceState {
  if (provenance?.isDemo) return "sim";
  return missing > 0 ? "partial" : "current";
}
