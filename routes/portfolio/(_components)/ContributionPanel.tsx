import { tenth } from "../../../components/charts/scale.ts";
import { type WaterfallStep, waterfallSteps } from "../../../components/charts/waterfall_steps.ts";
import { Gain } from "../../../components/figures/Amounts.tsx";
import { formatChange, formatPlain } from "../../../components/format/number.ts";
import { finiteOrNull } from "../../../services/kernel/numbers.ts";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import type { PortfolioPerformance } from "../../../services/portfolio/mod.ts";
import { PageCsvLink } from "./panel_links.tsx";
import { labelOf, type PortfolioPageData } from "./read_portfolio.ts";

type Contribution = PortfolioPerformance["contributions"][number];

/** Which asset made how much of the gain. */
export function ContributionPanel(data: PortfolioPageData) {
  const { view, currency, measured: { performance } } = data;
  if (performance === null) return null;
  const { gain, residual } = performance;
  // A rate that is missing at one of its rows leaves the gain of an asset unknown.
  const contributions = performance.contributions.filter((one) => Number.isFinite(one.gain));
  const unknown = performance.contributions.length - contributions.length;
  // The first step is where they begin, which is nothing.
  const [, ...steps] = waterfallSteps(
    contributions.map(({ assetId, gain: value }) => ({ key: assetId, label: assetId, value })),
    { start: 0, startLabel: "", endLabel: "Gain" },
  );
  return (
    <Panel
      id="contribution"
      title="Contribution to gain"
      note={currency}
      actions={<PageCsvLink view={view} table="contribution" of="contribution" />}
    >
      <table class="table contribution">
        <caption class="sr">Gain and part of the return by asset; the parts add up</caption>
        <thead>
          <tr>
            <th scope="col">Asset</th>
            <th scope="col">
              <span class="sr">Bar</span>
            </th>
            <th scope="col" class="num">Gain</th>
            <th scope="col" class="num" data-pri="5">Of TWR</th>
          </tr>
        </thead>
        <tbody>
          {contributions.map((one, at) => (
            <Row key={one.assetId} one={one} step={steps[at]} {...data} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Gain</th>
            <td>
              <Bar step={steps.at(-1)} kind="total" />
            </td>
            <td class="num">
              <Gain value={finiteOrNull(gain)} reason="A rate or price is missing" />
            </td>
            <td class="num" data-pri="5">
              {performance.twr === null ? "n/a" : formatChange(performance.twr)}
            </td>
          </tr>
        </tfoot>
      </table>
      <SourceLine
        state={unknown === 0 ? "current" : "partial"}
        parts={[
          unknown === 0
            ? "value gained after deposits and withdrawals"
            : `${unknown} assets left out: a rate is missing`,
          `residual ${residual === null ? "n/a" : formatPlain(Number(residual.toFixed(9)))}`,
        ]}
      />
    </Panel>
  );
}

interface RowProps extends PortfolioPageData {
  readonly one: Contribution;
  readonly step: WaterfallStep | undefined;
}

function Row({ one, step, labels }: RowProps) {
  return (
    <tr>
      <th scope="row">{labelOf(labels, one.assetId).symbol}</th>
      <td>
        <Bar step={step} kind={one.gain < 0 ? "down" : "up"} />
      </td>
      <td class="num">
        <Gain value={one.gain} />
      </td>
      <td class="num" data-pri="5">{formatChange(one.toReturn)}</td>
    </tr>
  );
}

interface BarProps {
  readonly step: WaterfallStep | undefined;
  readonly kind: "up" | "down" | "total";
}

function Bar({ step, kind }: BarProps) {
  if (step === undefined) return null;
  return (
    <svg class="fall" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      <rect
        data-kind={kind}
        x={tenth(step.left)}
        width={Math.max(0.5, tenth(step.width))}
        y="1"
        height="10"
      />
    </svg>
  );
}
