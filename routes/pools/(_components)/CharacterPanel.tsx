import { Change, NotApplicable, Unknown } from "../../../components/figures/Figures.tsx";
import {
  formatCounted,
  formatDecimal,
  formatPoints,
  formatShare,
} from "../../../components/format/number.ts";
import { formatDay, formatSpan } from "../../../components/format/time.ts";
import { PoolFigure } from "../../../components/pools/PoolFigure.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { DAY_MS } from "../../../services/kernel/time.ts";
import { sourceState } from "./PoolCharts.tsx";
import { figureSubject } from "./figure_subject.ts";
import type { PoolPageData } from "./read_pool.ts";
import { RowItem } from "./RowItem.tsx";

/** Who else reads the pool: a source is used alone, that with the newest reading that is not old. */
function OtherSources({ sources }: Pick<PoolPageData["detail"], "sources">) {
  return sources.slice(1).map(({ name, newestAt, staleSince }) => (
    <RowItem key={name} label={`Also read by ${name}`}>
      {staleSince !== null
        ? <>old since {formatDay(staleSince)}</>
        : newestAt === null
        ? "held as outliers"
        : <>to {formatDay(newestAt)}</>}
    </RowItem>
  ));
}

const FEW = "fewer than 7 readings in 30 days, or no yield";
const NO_MONTH = "no reading of 30 days ago";

/** How the yield behaves: how steady it is, what it is made of, where it went. */
export function CharacterPanel(data: PoolPageData) {
  const { pool, metrics, settings, source } = data.detail;
  const subject = figureSubject(data.detail, data.view);
  return (
    <Panel id="character" title="Character of the yield" note="30 days">
      <dl class="rows">
        <RowItem label={`Swing over ${settings.window} readings`}>
          <PoolFigure name="volatility" value={metrics.volatilityPp} subject={subject} />
        </RowItem>
        <RowItem label="Swing / mean (CV)">
          {metrics.cv30 === null ? <Unknown reason={FEW} /> : formatDecimal(metrics.cv30, 2)}
        </RowItem>
        <RowItem label="Median distance from the median">
          {metrics.mad30 === null
            ? <Unknown reason={FEW} />
            : `${formatDecimal(metrics.mad30 * 100, 2)} pt`}
        </RowItem>
        <RowItem label="Change of the APY">
          {metrics.organicTrend30 === null
            ? <Unknown reason={NO_MONTH} />
            : formatPoints(metrics.organicTrend30)}
        </RowItem>
        <RowItem label="Change of the TVL">
          {metrics.tvlTrend30 === null
            ? <Unknown reason="the source gives no TVL then and now" />
            : <Change fraction={metrics.tvlTrend30} />}
        </RowItem>
        <RowItem label="Rewards of the whole yield">
          {metrics.rewardShare === null
            ? <Unknown reason="the source does not tell rewards" />
            : formatShare(metrics.rewardShare)}
        </RowItem>
        <RowItem label="Held by the largest suppliers">
          <Unknown reason="no source tells who supplies" />
        </RowItem>
        <RowItem label="Impermanent loss">
          {data.detail.decomposition.hasImpermanentLoss
            ? "possible"
            : pool.structure === null
            ? <Unknown reason="its tokens are not known" />
            : <NotApplicable reason="one token can't drift from itself" />}
        </RowItem>
        <OtherSources {...data.detail} />
        <RowItem label="Known for">{formatSpan(metrics.ageDays * DAY_MS)}</RowItem>
      </dl>
      <SourceLine
        state={sourceState(data)}
        parts={[source, `${formatCounted(metrics.readings, "reading")} in the window`]}
      />
    </Panel>
  );
}
