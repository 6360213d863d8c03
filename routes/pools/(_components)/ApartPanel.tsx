import { type IntervalPart, intervalSteps } from "../../../components/charts/interval_steps.ts";
import { IntervalWaterfall } from "../../../components/charts/IntervalWaterfall.tsx";
import { formatPointsRange, formatShare } from "../../../components/format/number.ts";
import { ExplainedPool } from "../../../components/pools/PoolFigure.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { stepLabel } from "../../../services/defi/mod.ts";
import type { PoolPageData } from "./read_pool.ts";

/** The yield taken apart, down to what is likely to stay of it. */
export function ApartPanel({ detail, view }: PoolPageData) {
  const { pool, decomposition, metrics, source, settings } = detail;
  const { steps, net, isExact, netWithoutIncentives } = decomposition;
  const last = steps.find(({ name }) => name === "net");
  const parts = steps.filter(({ name }) => name !== "net").map((
    { name, range, words },
  ): IntervalPart => ({
    ...{ key: name, label: stepLabel(name), range, words },
  }));
  const unknown = steps.filter(({ name, isKnown }) => name !== "net" && !isKnown);
  const subject = { poolId: pool.id, asof: view.asof };
  return (
    <Panel
      id="apart"
      title="What of it is likely to stay"
      note="percentage points a year"
    >
      <IntervalWaterfall
        caption="Yield, term by term, from what is shown to the expected net"
        unit="Points a year"
        steps={intervalSteps(parts, {
          endLabel: "Net, expected",
          endWords: last?.words ?? "What is left of it",
        })}
        textOf={formatPointsRange}
      />
      <p class="lede">
        Net is{" "}
        <ExplainedPool figure="net_apy" subject={subject}>{formatPointsRange(net)}</ExplainedPool>
        {isExact
          ? ". "
          : `, an interval because ${
            unknown.map(({ name }) => stepLabel(name).toLowerCase())
              .join(" and ")
          } ${unknown.length === 1 ? "is" : "are"} not known exactly: outlined is ` +
            "what they may be. "}
        Without incentives {formatPointsRange(netWithoutIncentives)} would be left.
      </p>
      <SourceLine
        state={isExact ? "current" : "partial"}
        parts={[
          source,
          `rewards sold with a loss of ${formatShare(settings.reward_haircut)}`,
          ...metrics.rewardShare === null
            ? []
            : [`${formatShare(metrics.rewardShare)} of the yield is rewards`],
        ]}
      />
    </Panel>
  );
}
