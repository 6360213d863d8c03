import { Fiat, NotApplicable, Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { Moment } from "../../../components/figures/Moment.tsx";
import { ExplainedPool } from "../../../components/pools/PoolFigure.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { isLending } from "../../../services/defi/mod.ts";
import { sourceState } from "./PoolCharts.tsx";
import type { PoolPageData } from "./read_pool.ts";
import { RowItem } from "./RowItem.tsx";

/** Can I get out? */
export function ExitPanel(data: PoolPageData) {
  const { pool, metrics, source, held } = data.detail;
  return (
    <Panel id="exit" title="Withdrawals">
      <dl class="rows">
        {metrics.utilization === null && !isLending(pool)
          ? (
            <RowItem label="Lent out">
              <NotApplicable reason="this pool lends nothing: nobody has to repay before you leave" />
            </RowItem>
          )
          : <LendingRows {...data} />}
        <RowItem label="Frozen, paused">
          {metrics.isFrozen ? "yes" : "no"}, {metrics.isPaused ? "yes" : "no"}
        </RowItem>
        <RowItem label="Readings held as outliers">
          {held === null
            ? <NotApplicable reason="what was held then is not kept" />
            : formatCount(held)}
        </RowItem>
        {pool.maturityAt === null ? null : (
          <RowItem label="Matures">
            <Moment at={pool.maturityAt} />
          </RowItem>
        )}
      </dl>
      <SourceLine
        state={sourceState(data)}
        parts={[
          source,
          metrics.staleSince === null ? "no old reading at the end" : (
            <span key="stale">
              stale since <Moment at={metrics.staleSince} />
            </span>
          ),
        ]}
      />
    </Panel>
  );
}

/** What of a lending pool is not lent now. */
function LendingRows({ detail, view }: PoolPageData) {
  const { metrics: { utilization, withdrawableUsd }, settings, episodes } = detail;
  const position = settings.v1.position_usd;
  const stress = episodes.filter(({ kind }) => kind === "utilization_stress");
  return (
    <>
      <RowItem label="Withdrawable now">
        {utilization === null ? <Unknown reason="the source gives no utilisation" /> : (
          <>
            {formatShare(Math.max(0, 1 - utilization))}
            <span class="unit">of deposits</span>
          </>
        )}
      </RowItem>
      <RowItem label="In dollars">
        {withdrawableUsd === null
          ? <Unknown reason="TVL or utilisation is not known" />
          : (
            <ExplainedPool
              figure="withdrawable_usd"
              subject={{ poolId: detail.pool.id, asof: view.asof }}
            >
              <Fiat value={withdrawableUsd} />
            </ExplainedPool>
          )}
      </RowItem>
      <RowItem label={`Position of ${formatCount(position)} USD`}>
        {withdrawableUsd === null
          ? <Unknown reason="available cash is not in this source" />
          : withdrawableUsd >= position
          ? "could leave at once"
          : `could leave with ${formatShare(withdrawableUsd / position)} of it`}
      </RowItem>
      <RowItem label="Stretches with nearly all lent">
        {utilization === null && stress.length === 0
          ? <Unknown reason="the source gives no utilisation" />
          : formatCount(stress.length)}
      </RowItem>
    </>
  );
}
