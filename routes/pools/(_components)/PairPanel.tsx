import { formatPoints, formatShare } from "../../../components/format/number.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { driftLosses } from "../../../services/defi/mod.ts";
import type { PoolPageData } from "./read_pool.ts";

/** What a pair loses against holding its tokens when their prices drift apart. */
export function PairPanel({ detail: { pool, decomposition } }: PoolPageData) {
  if (!decomposition.hasImpermanentLoss) return null;
  const { impermanent, rebalancing } = driftLosses(pool.structure);
  // What a pegged pair loses is less than a hundredth of a point as a rule, and not nothing.
  const points = (loss: number) => formatPoints(loss, pool.structure === "pegged" ? 4 : 2);
  return (
    <Panel id="pair" title="If prices drift apart" note={`${pool.structure} pair of equal weights`}>
      <table class="table drift-losses">
        <caption class="sr">Impermanent loss by how far the price ratio moved</caption>
        <thead>
          <tr>
            <th scope="col">One token, in the other, becomes</th>
            <th scope="col" class="num">Loss against holding</th>
          </tr>
        </thead>
        <tbody>
          {impermanent.map(({ priceRatio, loss }) => (
            <tr key={priceRatio}>
              <th scope="row">{priceRatio}×</th>
              <td class="num">{points(loss)}</td>
            </tr>
          ))}
        </tbody>
        <tbody>
          {rebalancing.map(({ volatility, loss }) => (
            <tr key={volatility}>
              <th scope="row">moves {formatShare(volatility)} a year, arbitraged away</th>
              <td class="num">{points(loss)} a year</td>
            </tr>
          ))}
        </tbody>
      </table>
      <SourceLine
        parts={[
          "impermanent loss 2√r / (1 + r) − 1",
          "loss versus rebalancing σ² / 8 a year, full range",
          "how much this pair moves is not known",
        ]}
        state="partial"
      />
    </Panel>
  );
}
