import { page } from "fresh";
import type { ComponentChildren } from "preact";
import { asset, Head } from "fresh/runtime";
import { Moment } from "../../components/figures/Moment.tsx";
import {
  formatCount,
  formatDecimal,
  formatPoints,
  formatShare,
} from "../../components/format/number.ts";
import { Fiat, Unknown } from "../../components/figures/Figures.tsx";
import { Panel, SourceLine } from "../../components/states/Panel.tsx";
import { Banner } from "../../components/states/States.tsx";
import type { Interval, PoolDetail, ScorePart } from "../../services/defi/mod.ts";
import { define } from "../page_state.ts";
import { asHttpError } from "../refusals.ts";
import { isOld } from "./(_components)/pools_view.ts";
import { Score, Share } from "./(_components)/PoolsTable.tsx";

interface PageData extends PoolDetail {
  /** Whether its newest reading is older than a day allows. */
  readonly isOld: boolean;
}

export const handler = define.handlers({
  async GET(ctx) {
    try {
      const detail = await ctx.state.pools.getPool(ctx.params["id"] ?? "");
      return page<PageData>({ ...detail, isOld: isOld(detail, ctx.state.clock.now()) });
    } catch (error) {
      throw asHttpError(error);
    }
  },
});

/** Will this rate last, and can I get out? */
export default define.page<typeof handler>(function PoolPage({ data }) {
  const { pool, metrics, warnings, source } = data;
  return (
    <>
      <Head>
        <title>{`${pool.symbol} on ${pool.protocol} · Tokenlysis`}</title>
        <link rel="stylesheet" href={asset("/styles/pools.css")} />
      </Head>
      <header class="page-head">
        <div>
          <h1>{pool.symbol}</h1>
          <p class="asof">
            <span>{pool.protocol}</span>
            <span>{pool.chain}</span>
            <span>{source}</span>
            <span>
              <Moment at={metrics.asof} />
            </span>
          </p>
        </div>
      </header>
      {warnings.map(({ code, severity, words }) => (
        <Banner key={code} kind={BANNERS[severity]}>{words}</Banner>
      ))}
      <div class="stack pool-parts">
        <Rates {...data} />
        <Apart {...data} />
        <Explained {...data} />
        <Stretches {...data} />
      </div>
    </>
  );
});

const BANNERS = { info: "info", caution: "stale", danger: "bad" } as const;

function Rates({ metrics, sources, held, isOld }: PageData) {
  const unread = "the source does not give it";
  return (
    <Panel id="rates" title="Rates and exits">
      <dl class="figs">
        <Figure label="APY base">{formatShare(metrics.supplyApy)}</Figure>
        <Figure label="APY reward">
          <Share value={metrics.incentiveApy} reason={unread} />
        </Figure>
        <Figure label="Borrow APY">
          <Share value={metrics.borrowApy} reason={unread} />
        </Figure>
        <Figure label="Utilisation">
          <Share value={metrics.utilization} reason={unread} />
        </Figure>
        <Figure label={metrics.isKinkAssumed ? "Kink, assumed" : "Kink"}>
          {formatShare(metrics.kink)}
        </Figure>
        <Figure label="Room to the kink">
          {metrics.kinkDistance === null
            ? <Unknown reason="the utilisation is not known" />
            : formatPoints(metrics.kinkDistance)}
        </Figure>
        <Figure label="TVL, USD">
          {metrics.tvlUsd === null ? <Unknown reason={unread} /> : <Fiat value={metrics.tvlUsd} />}
        </Figure>
        <Figure label="Withdrawable, USD">
          {metrics.withdrawableUsd === null
            ? <Unknown reason="TVL or utilisation is not known" />
            : <Fiat value={metrics.withdrawableUsd} />}
        </Figure>
      </dl>
      <SourceLine
        state={metrics.isStale || isOld ? "stale" : "current"}
        parts={[
          sources.join(", "),
          `${formatCount(metrics.readings)} readings in the window`,
          `${formatCount(held)} held`,
          metrics.staleSince === null
            ? (isOld ? "nothing newer is stored" : "fresh when read")
            : (
              <span key="stale">
                stale since <Moment at={metrics.staleSince} />
              </span>
            ),
        ]}
      />
    </Panel>
  );
}

function Figure(
  { label, children }: { readonly label: string; readonly children: ComponentChildren },
) {
  return (
    <div class="fig">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function range([low, high]: Interval): string {
  return low === high ? formatPoints(low) : `${formatPoints(low)} to ${formatPoints(high)}`;
}

/** The yield taken apart; a term that is not known spans what it can be. */
function Apart({ decomposition: { steps, netWithoutIncentives } }: PoolDetail) {
  return (
    <Panel id="apart" title="Where the yield comes from" note="points a year">
      <div
        class="scroller"
        tabIndex={0}
        role="region"
        aria-label="The yield, term by term, scrollable"
      >
        <table class="table">
          <caption class="sr">The yield, term by term</caption>
          <thead>
            <tr>
              <th scope="col">Term</th>
              <th scope="col" class="num">Adds</th>
              <th scope="col" class="num">Sum so far</th>
            </tr>
          </thead>
          <tbody>
            {steps.map(({ name, range: adds, total, words }) => (
              <tr key={name}>
                <th scope="row">
                  {label(name)}
                  <p class="hint">{words}</p>
                </th>
                <td class="num">{range(adds)}</td>
                <td class="num">{range(total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <SourceLine parts={[`Without incentives: ${range(netWithoutIncentives)}`]} />
    </Panel>
  );
}

function label(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Both scores, each with its parts and their formulas. */
function Explained({ scores }: PoolDetail) {
  return (
    <>
      {[scores.v1, scores.v0].map(({ method, score, coverage, reason, parts }) => (
        <Panel key={method} id={`score-${method}`} title={`Score ${method}, explained`}>
          <p class="lede">
            <Score score={score} reason={reason} /> with {formatShare(coverage)} coverage
          </p>
          <div
            class="scroller"
            tabIndex={0}
            role="region"
            aria-label={`Parts of score ${method}, scrollable`}
          >
            <table class="table">
              <caption class="sr">{`Parts of score ${method}`}</caption>
              <thead>
                <tr>
                  <th scope="col">Part</th>
                  <th scope="col" class="num">Measured</th>
                  <th scope="col" class="num">Weight</th>
                  <th scope="col" class="num">Result</th>
                </tr>
              </thead>
              <tbody>{parts.map((part) => <PartRow key={part.name} {...part} />)}</tbody>
            </table>
          </div>
        </Panel>
      ))}
    </>
  );
}

function PartRow({ name, value, unit, weight, result, formula, reason }: ScorePart) {
  return (
    <tr>
      <th scope="row">
        {label(name)}
        <p class="hint">{formula}</p>
      </th>
      <td class="num">
        {value === null ? <Unknown reason={reason} /> : `${formatDecimal(value, 3)} ${unit}`}
      </td>
      <td class="num">{formatDecimal(weight, 2)}</td>
      <td class="num">
        {result === null ? <Unknown reason={reason} /> : formatDecimal(result, 3)}
      </td>
    </tr>
  );
}

/** Stretches of stress and of old readings, the newest first. */
function Stretches({ episodes }: PoolDetail) {
  if (episodes.length === 0) return null;
  return (
    <Panel id="stretches" title="Stretches of stress and of old readings">
      <div
        class="scroller"
        tabIndex={0}
        role="region"
        aria-label="Stretches, newest first, scrollable"
      >
        <table class="table">
          <caption class="sr">Stretches, newest first</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col" class="num">Peak utilisation</th>
              <th scope="col" class="num">Peak APY</th>
            </tr>
          </thead>
          <tbody>
            {episodes.toReversed().map(({ kind, from, to, peakUtilization, peakApy }) => (
              <tr key={`${kind}${from}`}>
                <th scope="row">{label(kind)}</th>
                <td>
                  <Moment at={from} />
                </td>
                <td>
                  <Moment at={to} />
                </td>
                <td class="num">
                  <Share value={peakUtilization} reason="the source gives no utilisation" />
                </td>
                <td class="num">{formatShare(peakApy)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
