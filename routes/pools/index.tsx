import { page } from "fresh";
import { Head } from "fresh/runtime";
import { formatCount } from "../../components/format/number.ts";
import { Moment } from "../../components/figures/Moment.tsx";
import { Panel, SourceLine } from "../../components/states/Panel.tsx";
import { Banner, EmptyState } from "../../components/states/States.tsx";
import { define } from "../page_state.ts";
import { type PoolsData, poolsHref, readPools } from "./(_components)/pools_view.ts";
import { PoolsTable } from "./(_components)/PoolsTable.tsx";

/** Rows of one page; a filter leads to the others, and the CSV has all of them. */
const MAX_ROWS = 500;

export const handler = define.handlers({
  async GET(ctx) {
    return page<PoolsData>(await readPools(ctx.state, ctx.url));
  },
});

/** Which yield is worth its risk? */
export default define.page<typeof handler>(function Pools({ data }) {
  const { fallback, provider, cards, total, view, stale } = data;
  const shown = cards.slice(0, MAX_ROWS);
  const asofs = shown.map(({ metrics }) => metrics.asof);
  const isMock = cards.some(({ source }) => source === "mock");
  return (
    <>
      <Head>
        <title>Pools · Tokenlysis</title>
        <meta name="description" content="DeFi pools by yield, with the risk of each scored." />
      </Head>
      <header class="page-head">
        <div>
          <h1>Pools</h1>
          <p class="asof">
            <span>{formatCount(total)} pools</span>
            <span>score {view.method}</span>
          </p>
        </div>
      </header>
      {fallback === null
        ? null
        : <Banner kind="demo">Provider {provider} stands in: {fallback}.</Banner>}
      <Panel id="pools" title="Leaderboard">
        <Filters {...data} />
        {shown.length === 0 ? <Nothing {...data} /> : <PoolsTable cards={shown} view={view} />}
        <SourceLine
          state={isMock
            ? "sim"
            : stale > 0
            ? (stale === cards.length ? "stale" : "partial")
            : "current"}
          parts={[
            [...new Set(shown.map(({ source }) => source))].join(", ") || "no source",
            `${formatCount(shown.length)} of ${formatCount(cards.length)} that fit`,
            `${formatCount(stale)} stale or old`,
            asofs.length === 0 ? "no as-of" : <Moment key="asof" at={Math.max(...asofs)} />,
            <a key="csv" href={poolsHref(view, "/pools.csv")} download>Download CSV</a>,
          ]}
        />
      </Panel>
    </>
  );
});

/** All filters as one form, so that they work without scripts. */
function Filters({ view, chains, protocols }: PoolsData) {
  return (
    <form class="table-tools" method="get" action="/pools" role="search" aria-label="Pools">
      <input type="hidden" name="sort" value={view.sort} />
      <input type="hidden" name="order" value={view.order} />
      <label class="field">
        <span>Search</span>
        <input class="input" type="search" name="search" value={view.search} />
      </label>
      <Choice name="chain" label="Chain" value={view.chain} options={["", ...chains]} />
      <Choice name="protocol" label="Protocol" value={view.protocol} options={["", ...protocols]} />
      <Choice name="method" label="Score" value={view.method} options={["v1", "v0"]} />
      <label class="field">
        <span>Least TVL, USD</span>
        <input
          class="input"
          type="number"
          name="min_tvl"
          min="0"
          value={view.minTvl === 0 ? "" : view.minTvl}
        />
      </label>
      <button type="submit" class="btn">Show</button>
    </form>
  );
}

function Choice(
  { name, label, value, options }: {
    readonly name: string;
    readonly label: string;
    readonly value: string;
    readonly options: readonly string[];
  },
) {
  return (
    <label class="field">
      <span>{label}</span>
      <select class="input" name={name}>
        {options.map((option) => (
          <option key={option} value={option} selected={option === value}>
            {option || "All"}
          </option>
        ))}
      </select>
    </label>
  );
}

function Nothing({ total, view }: PoolsData) {
  if (total === 0) {
    return (
      <EmptyState icon="database" title="No pool is stored">
        Pools stand here once they are imported (deno task pools:import) or fetched.
      </EmptyState>
    );
  }
  const all = { ...view, search: "", chain: "", protocol: "", minTvl: 0 };
  return (
    <EmptyState
      icon="filter"
      title="No pool fits this filter"
      actions={<a class="btn" href={poolsHref(all)}>Clear the filter</a>}
    >
      None of the pools has all that was asked for.
    </EmptyState>
  );
}
