import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import type { CoverageRow, OpsView } from "../../../services/ops/mod.ts";

/** How much of the candles is there, as a matrix of assets and intervals. */
export function CoveragePanel({ view: { coverage } }: { readonly view: OpsView }) {
  const intervals = storedIntervals(coverage);
  return (
    <Panel id="coverage" title="Coverage of candles" note="per cent of expected bars">
      <div data-region="coverage">
        {coverage.length === 0
          ? (
            <EmptyState icon="database" title="No candle is stored">
              A row stands here for each asset once there are any.
            </EmptyState>
          )
          : (
            <div class="ops-coverage" tabIndex={0} role="region" aria-label="Coverage by asset">
              <table class="matrix" data-scale="one">
                <caption class="sr">Share of the expected candles that is stored</caption>
                <thead>
                  <tr>
                    <th scope="col">Asset</th>
                    {intervals.map((interval) => <th key={interval} scope="col">{interval}</th>)}
                  </tr>
                </thead>
                <tbody>
                  {coverage.map((row) => (
                    <AssetCoverage key={row.assetId} row={row} intervals={intervals} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
        <SourceLine
          parts={["gaps are filled in the background", "within the providers' budgets"]}
        />
      </div>
    </Panel>
  );
}

/** The intervals that any asset has candles of, in the order of the first row. */
function storedIntervals(coverage: readonly CoverageRow[]): string[] {
  const names = new Set(coverage.flatMap(({ shares }) => Object.keys(shares)));
  return [...names].filter((name) =>
    coverage.some(({ shares }) => (shares[name] ?? null) !== null)
  );
}

interface AssetCoverageProps {
  readonly row: CoverageRow;
  readonly intervals: readonly string[];
}

function AssetCoverage({ row: { assetId, symbol, shares }, intervals }: AssetCoverageProps) {
  return (
    <tr>
      <th scope="row">
        <a href={`/assets/${encodeURIComponent(assetId)}`}>{symbol}</a>
      </th>
      {intervals.map((interval) => {
        const share = shares[interval] ?? null;
        return share === null
          ? (
            <td key={interval}>
              <span class="muted">—</span>
              <span class="sr">none stored</span>
            </td>
          )
          : <td key={interval} data-level={levelOf(share)}>{shown(share)}</td>;
      })}
    </tr>
  );
}

/** 100.0 only where nothing lacks. */
function shown(share: number): string {
  return (Math.floor(share * 1000) / 10).toFixed(1);
}

/** The nearer to whole, the finer the steps: there a small lack matters. */
function levelOf(share: number): number {
  return share >= 0.995 ? 4 : share >= 0.95 ? 3 : share >= 0.8 ? 2 : share > 0 ? 1 : 0;
}
