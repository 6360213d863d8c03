import type { ComponentChildren } from "preact";
import { Fiat, NotApplicable, Unknown } from "../../../components/figures/Figures.tsx";
import { formatCount, formatShare } from "../../../components/format/number.ts";
import { Moment } from "../../../components/figures/Moment.tsx";
import { ExplainedPool } from "../../../components/pools/PoolFigure.tsx";
import { Panel, SourceLine } from "../../../components/states/Panel.tsx";
import { sourceState } from "./PoolCharts.tsx";
import type { PoolPageData } from "./read_pool.ts";

/** Can I get out? */
export function ExitPanel(data: PoolPageData) {
  const { pool, metrics, settings, source, held, episodes } = data.detail;
  const { utilization, withdrawableUsd } = metrics;
  const position = settings.v1.position_usd;
  const stress = episodes.filter(({ kind }) => kind === "utilization_stress");
  const subject = { poolId: pool.id, asof: data.view.asof };
  return (
    <Panel id="exit" title="Withdrawals">
      <dl class="rows">
        <Row label="Withdrawable now">
          {utilization === null ? <Unknown reason="the source gives no utilisation" /> : (
            <>
              {formatShare(Math.max(0, 1 - utilization))}
              <span class="unit">of deposits</span>
            </>
          )}
        </Row>
        <Row label="In dollars">
          {withdrawableUsd === null
            ? <Unknown reason="TVL or utilisation is not known" />
            : (
              <ExplainedPool figure="withdrawable_usd" subject={subject}>
                <Fiat value={withdrawableUsd} />
              </ExplainedPool>
            )}
        </Row>
        <Row label={`Position of ${formatCount(position)} USD`}>
          {withdrawableUsd === null
            ? <Unknown reason="available cash is not in this source" />
            : withdrawableUsd >= position
            ? "could leave at once"
            : `could leave with ${formatShare(withdrawableUsd / position)} of it`}
        </Row>
        <Row label="Stretches with nearly all lent">
          {utilization === null && stress.length === 0
            ? <Unknown reason="the source gives no utilisation" />
            : formatCount(stress.length)}
        </Row>
        <Row label="Frozen, paused">
          {metrics.isFrozen ? "yes" : "no"}, {metrics.isPaused ? "yes" : "no"}
        </Row>
        <Row label="Readings held as outliers">
          {held === null
            ? <NotApplicable reason="what was held then is not kept" />
            : formatCount(held)}
        </Row>
        {pool.maturityAt === null ? null : (
          <Row label="Matures">
            <Moment at={pool.maturityAt} />
          </Row>
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

function Row(
  { label, children }: { readonly label: string; readonly children: ComponentChildren },
) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
