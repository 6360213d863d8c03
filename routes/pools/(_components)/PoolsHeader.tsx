import { lineText } from "../../../components/charts/line_units.ts";
import { formatCount, formatDecimal, formatShare } from "../../../components/format/number.ts";
import { Unknown } from "../../../components/figures/Figures.tsx";
import { Moment } from "../../../components/figures/Moment.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { poolHref } from "../../../components/pools/pool_figures.ts";
import { slugName } from "../../../components/pools/slug_names.ts";
import { Menu, type MenuItem } from "../../../components/shell/Menu.tsx";
import { MomentForm } from "../../../components/shell/MomentForm.tsx";
import { Badge, Banner } from "../../../components/states/States.tsx";
import LivePools from "../../../islands/LivePools.tsx";
import {
  type FetchProblem,
  POOL_SORTS,
  type PoolCard,
  type PoolSort,
  SCORE_METHODS,
} from "../../../services/defi/mod.ts";
import { Fig } from "./Fig.tsx";
import { poolsFields, poolsHref, type PoolsView } from "./pools_view.ts";
import type { PoolsData } from "./read_pools.ts";

/** Title, as-of and scope of the leaderboard, and what is to be known of all of it. */
export function PoolsHeader(data: PoolsData) {
  const { view, summary, isMock, rows, notes, sources } = data;
  return (
    <>
      <header class="page-head">
        <div>
          <div class="title-line">
            <h1>
              Pools
              {isMock
                ? (
                  <Badge kind="demo" title="Pools that the product makes up itself">
                    Demo pools
                  </Badge>
                )
                : null}
            </h1>
            {view.asof === null && rows.length > 0 ? <LivePools /> : null}
          </div>
          <p class="asof">
            {summary.newestAt === null ? <span>No reading</span> : (
              <span data-pools-asof>
                newest <Moment at={summary.newestAt} />
              </span>
            )}
            <span>{sourceNames(sources)}</span>
            <span>{formatCount(summary.pools)} pools</span>
          </p>
        </div>
        <Scope {...data} />
      </header>
      {notes.map((note) => <Banner key={note} kind="info">{note}.</Banner>)}
      <OriginBanner {...data} />
    </>
  );
}

/** What the board is narrowed to, scored by and as of. */
function Scope(data: PoolsData) {
  const { view } = data;
  return (
    <div class="scope">
      <Menu
        label="Chain"
        value={slugName(view.chain) || "All"}
        items={choices(data, "chain")}
      />
      <Menu
        label="Protocol"
        value={slugName(view.protocol) || "All"}
        items={choices(data, "protocol")}
      />
      <div class="seg" role="group" aria-label="Score method">
        {SCORE_METHODS.map((method) => (
          <a
            key={method}
            href={poolsHref(view, { method })}
            aria-current={method === view.method ? "true" : "false"}
            title={METHOD_WORDS[method]}
          >
            {method}
          </a>
        ))}
      </div>
      <Menu
        class="narrow-only"
        label="Sort"
        value={SORT_LABELS[view.sort]}
        items={sortItems(data)}
      />
      <MomentForm
        action="/pools"
        asof={view.asof}
        fields={poolsFields({ ...view, page: 1 })}
        newestHref={poolsHref(view, { asof: null })}
      />
      <a class="btn" href="/simulations/autopilot">
        <Icon name="autopilot" />Autopilot
      </a>
    </div>
  );
}

const METHOD_WORDS = {
  v1: "Geometric: one rotten part can't be bought off",
  v0: "Weighted sum of yields and stability",
} as const;

/** What the orders of the phone's menu are called. */
const SORT_LABELS: Readonly<Record<PoolSort, string>> = {
  score: "Score",
  risk_adjusted_score: "Score v0",
  stability_score: "Stability",
  coverage: "Coverage",
  supply_apy: "Supply APY",
  incentive_apy: "Reward",
  borrow_apy: "Borrow APY",
  volatility: "Swing",
  utilization: "Utilisation",
  kink_distance: "To the kink",
  tvl_usd: "TVL",
  withdrawable_usd: "Withdrawable",
  symbol: "Name",
  chain: "Chain",
  protocol: "Protocol",
  asof: "As of",
};

function sortItems({ view }: PoolsData): MenuItem[] {
  return POOL_SORTS.map((sort) => ({
    label: SORT_LABELS[sort],
    href: poolsHref(view, { sort, order: sort === "symbol" ? "asc" : "desc" }),
    isCurrent: sort === view.sort,
  }));
}

function choices(
  { view, choices }: PoolsData,
  name: "chain" | "protocol",
): MenuItem[] {
  return ["", ...choices[name === "chain" ? "chains" : "protocols"]].map((value) => ({
    label: slugName(value) || "All",
    href: poolsHref(view, { [name]: value }),
    isCurrent: value === view[name],
  }));
}

/** Sources by name, with the number of their pools where there are several. */
export function sourceNames(sources: PoolsData["sources"]): string {
  if (sources.length <= 1) return sources[0]?.name ?? "no source";
  return sources.map(({ name, pools }) => `${name} ${formatCount(pools)}`).join(", ");
}

/** Says whose pools these are where they are not those that were asked for. */
function OriginBanner({ fetcher: { fallback, wanted }, problems, isMock }: PoolsData) {
  if (isMock) {
    return (
      <Banner kind="demo">
        <b>Demo pools.</b> {fallback === null
          ? "They are made up by the product, a reading each second."
          : `The provider "${wanted}" can't run: ${fallback}. Made-up pools stand in until then.`}
      </Banner>
    );
  }
  if (fallback === null) return problems.map((one) => <FetchBanner key={one.target} {...one} />);
  return (
    <Banner kind="stale">
      <b>Nothing newer is fetched.</b> The provider "{wanted}" can't run:{" "}
      {fallback}. Shown is what is stored, and nothing made up beside it.
    </Banner>
  );
}

/** Says why nothing newer came, and when it is tried again. */
function FetchBanner({ provider, target, reason, nextAt }: FetchProblem) {
  return (
    <Banner kind="stale">
      <b>Nothing newer of {provider} {target}.</b> {reason}. It is asked again at{" "}
      <Moment at={nextAt} />; shown is what is stored.
    </Banner>
  );
}

/** The board in a few figures. */
export function PoolsFigures({ summary, settings, view }: PoolsData) {
  const { widest } = summary;
  const below = formatCount(summary.pools - summary.rated);
  const least = formatDecimal(settings.v1.min_coverage * 100, 0);
  const of = (count: number) => <span class="unit">of {formatCount(count)}</span>;
  return (
    <dl class="figs">
      <Fig
        label="Pools rated"
        isLead
        note={view.method === "v1"
          ? `${below} below ${least}% coverage`
          : `${below} with fewer than two readings`}
      >
        {formatCount(summary.rated)}
        {of(summary.pools)}
      </Fig>
      <Fig
        label="Median supply APY"
        note={rewardsNote(summary)}
      >
        {summary.medianApy === null
          ? <Unknown reason="no pool is shown" />
          : formatShare(summary.medianApy)}
      </Fig>
      <Fig label="Risk-free rate" note="setting, used by the yield part">
        {formatShare(settings.v1.risk_free)}
      </Fig>
      <Fig
        label="Above the kink"
        note={`of ${formatCount(summary.utilizationKnown)} with a known utilisation`}
      >
        {formatCount(summary.aboveKink)}
      </Fig>
      <Fig
        label="Widest swing"
        note={widest === null ? undefined : <PoolLink card={widest.card} view={view} />}
      >
        {widest === null ? <Unknown reason="no pool has two readings" /> : (
          <>
            {formatDecimal(widest.volatilityPp, 2)}
            <span class="unit">points</span>
          </>
        )}
      </Fig>
      <Fig
        label="TVL known"
        note={summary.tvlUsd === null
          ? "no source gives one"
          : `${lineText("usd", summary.tvlUsd)} together`}
      >
        {formatCount(summary.tvlKnown)}
        {of(summary.pools)}
      </Fig>
    </dl>
  );
}

function rewardsNote(
  { pools, rewarded, rewardsKnown }: PoolsData["summary"],
): string {
  if (rewardsKnown === 0) return "no source tells rewards apart";
  const known = rewardsKnown < pools ? ` of ${formatCount(rewardsKnown)} that tell` : "";
  return `${formatCount(rewarded)}${known} pay rewards besides`;
}

function PoolLink(
  { card: { pool }, view }: { readonly card: PoolCard; readonly view: PoolsView },
) {
  return <a href={poolHref(pool.id, { asof: view.asof })}>{pool.symbol}, {slugName(pool.chain)}</a>;
}
