import { Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import {
  formatChange,
  formatCount,
  formatPoints,
  formatShare,
} from "../../../components/format/number.ts";
import { formatSpan, isoInstant } from "../../../components/format/time.ts";
import { Icon } from "../../../components/Icon.tsx";
import { POOL_FRESH_MS } from "../../../components/live/live_status.ts";
import type { PoolFigureName } from "../../../components/pools/pool_figures.ts";
import { ExplainedPool, PoolFigure } from "../../../components/pools/PoolFigure.tsx";
import { PoolWarningLine, PoolWarningWords } from "../../../components/pools/PoolWarnings.tsx";
import { slugName } from "../../../components/pools/slug_names.ts";
import { MomentForm } from "../../../components/shell/MomentForm.tsx";
import { Badge, Banner } from "../../../components/states/States.tsx";
import LivePools from "../../../islands/LivePools.tsx";
import { kinkWords } from "../../../services/defi/mod.ts";
import { DAY_MS } from "../../../services/kernel/time.ts";
import { Fig } from "./Fig.tsx";
import { POOL_RANGES, poolFields, poolViewHref } from "./pool_view.ts";
import { figureSubject } from "./figure_subject.ts";
import type { PoolPageData } from "./read_pool.ts";

/** Who the pool is, when it was read, and what to know before its yield tempts. */
export function PoolHeader(data: PoolPageData) {
  const { view, detail, isMock, lines } = data;
  const { pool, metrics, source } = detail;
  return (
    <>
      <header class="page-head">
        <div>
          <div class="title-line">
            <h1>
              {pool.symbol}{" "}
              <span class="muted">
                {slugName(pool.protocol)}, {slugName(pool.chain)}
                {pool.mark === undefined ? null : `, ${pool.mark}`}
              </span>{" "}
              {isMock
                ? <Badge kind="demo" title="A pool that the product makes up">Demo</Badge>
                : null}
            </h1>
            {view.asof === null ? <LivePools /> : null}
          </div>
          <p class="asof">
            <span data-pools-asof>
              <Moment at={metrics.asof} />
            </span>
            <span>
              {source}
              {detail.sources.length === 1 ? null : (
                <>
                  , <a href="#character">one of {formatCount(detail.sources.length)} sources</a>
                </>
              )}
            </span>
            <span>{barLabel(lines.barMs)}</span>
            <span>
              {pool.reserveFactor === null
                ? "reserve factor unknown"
                : `reserve factor ${formatShare(pool.reserveFactor)}`}
            </span>
          </p>
        </div>
        <div class="scope">
          <div class="seg" role="group" aria-label="Range" data-range-control>
            {POOL_RANGES.map(({ range, label, title }) => (
              <a
                key={range}
                href={poolViewHref(view, { range })}
                aria-current={range === view.range ? "true" : "false"}
                title={title}
              >
                {label}
              </a>
            ))}
          </div>
          <MomentForm
            action={poolViewHref({ ...view, range: "120d", table: null, asof: null })}
            asof={view.asof}
            fields={poolFields(view)}
            newestHref={poolViewHref(view, { asof: null })}
          />
          <a class="btn" href="/simulations/autopilot">
            <Icon name="autopilot" />Simulate
          </a>
        </div>
      </header>
      <PoolBanners {...data} />
    </>
  );
}

function PoolBanners({ detail: { pool, metrics, warnings }, isMock, notes, now }: PoolPageData) {
  return (
    <>
      {notes.map((note) => <Banner key={note} kind="info">{note}.</Banner>)}
      {isMock
        ? (
          <Banner kind="demo">
            <b>Demo pool.</b> Its readings are made up by the product, one each second.
          </Banner>
        )
        : null}
      <div data-region="age">
        {now - metrics.asof > POOL_FRESH_MS
          ? (
            <Banner kind="stale">
              <b>Nothing newer is stored.</b> The newest reading is {formatSpan(now - metrics.asof)}
              {" "}
              old: what it says of now may be long past.
            </Banner>
          )
          : null}
      </div>
      <details
        class="pool-warnings"
        open={warnings.length > 0}
        data-pool={pool.id}
        data-at={isoInstant(metrics.asof)}
      >
        <summary>
          <span data-warning-line>
            <PoolWarningLine warnings={warnings} isOpen={warnings.length > 0} />
          </span>
        </summary>
        <div data-warning-words>
          <PoolWarningWords warnings={warnings} />
        </div>
      </details>
    </>
  );
}

/** How often it is read: `1 d`, `6 h`, `1 min`. */
export function barLabel(barMs: number): string {
  return barMs === DAY_MS ? "1 d" : formatSpan(barMs);
}

/** The figures that answer the page's question: will this rate last, and can I get out? */
export function PoolFigures({ detail, view }: PoolPageData) {
  const { pool, metrics, scores } = detail;
  const subject = figureSubject(detail, view);
  const live = (name: PoolFigureName, value: number | null) => ({
    live: { "data-figure": name, "data-value": value ?? "" } as const,
    children: <PoolFigure name={name} value={value} subject={subject} />,
  });
  return (
    <dl
      class="figs pool-figs"
      data-pool={pool.id}
      data-symbol={pool.symbol}
      data-kink={metrics.kink}
      data-lends={subject.isLending ? "yes" : "no"}
      data-at={isoInstant(metrics.asof)}
    >
      <Fig
        label="Supply APY now"
        isLead
        note={metrics.incentiveApy === null
          ? "rewards are not in this source"
          : `and ${formatShare(metrics.incentiveApy)} in rewards`}
        {...live("supply_apy", metrics.supplyApy)}
      />
      <Fig label="Median, 30 d before" note="what to expect when it calms">
        {metrics.median30 === null
          ? <Unknown reason="fewer than 7 readings in 30 days" />
          : (
            <ExplainedPool figure="median_30d" subject={subject}>
              {formatShare(metrics.median30)}
            </ExplainedPool>
          )}
      </Fig>
      <Fig
        label="Borrow APY"
        note={subject.isLending ? "variable" : undefined}
        {...live("borrow_apy", metrics.borrowApy)}
      />
      <Fig
        label="Utilisation"
        note={subject.isLending ? changeNote(metrics.utilizationChange) : undefined}
        {...live("utilization", metrics.utilization)}
      />
      <Fig
        label="To the kink"
        note={!subject.isLending ? undefined : kinkWords(metrics, formatShare)}
        {...live("kink_distance", metrics.kinkDistance)}
      />
      <Fig
        label="TVL, USD"
        note={trendNote(metrics.tvlTrend30)}
        {...live("tvl_usd", metrics.tvlUsd)}
      />
      <Fig
        label="Score v1"
        note={`${formatShare(scores.v1.coverage)} coverage`}
        {...live("score_v1", scores.v1.score)}
      />
      <Fig label="Score v0" note="weighted sum" {...live("score_v0", scores.v0.score)} />
    </dl>
  );
}

function changeNote(change: number | null): string {
  return change === null ? "no reading before" : `${formatPoints(change)} since the last reading`;
}

function trendNote(trend: number | null): string {
  return trend === null ? "30 days ago not known" : `${formatChange(trend)} in 30 days`;
}
