import { formatCount } from "../../../components/format/number.ts";
import { Moment } from "../../../components/figures/Moment.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { POOL_FRESH_MS } from "../../../components/live/live_status.ts";
import { poolColumns } from "../../../components/pools/pool_columns.ts";
import { slugName } from "../../../components/pools/slug_names.ts";
import { Panel, SourceLine, type SourceState } from "../../../components/states/Panel.tsx";
import { EmptyState } from "../../../components/states/States.tsx";
import { type FilterPill, FilterPills } from "../../../components/table/FilterPills.tsx";
import TableTools from "../../../islands/TableTools.tsx";
import { poolsFields, poolsHref, type PoolsView } from "./pools_view.ts";
import { sourceNames } from "./PoolsHeader.tsx";
import { PoolsTable } from "./PoolsTable.tsx";
import type { PoolsData } from "./read_pools.ts";

/** Which yield is worth its risk: pools by score, with filters, columns and file. */
export function PoolsPanel(data: PoolsData) {
  const { cards, rows, pages, view, total, settings, sources } = data;
  const { newestAt } = data.summary;
  return (
    <Panel
      id="pools"
      title="All pools"
      note={`${formatCount(cards.length)} of ${formatCount(total)}`}
      actions={total === 0 ? undefined : <Actions {...data} />}
    >
      <FilterPills pills={pillsOf(data)} />
      {rows.length === 0 ? <Nothing {...data} /> : <PoolsTable {...data} />}
      {pages > 1 ? <Pager view={view} pages={pages} /> : null}
      <SourceLine
        state={stateOf(data)}
        parts={[
          sourceNames(sources),
          "simple rates compounded as their source does",
          `swing: standard deviation over ${settings.window} readings`,
          "assumed kinks where a pool's own is not known",
          newestAt === null ? "no as-of" : (
            <span key="asof">
              newest <Moment at={newestAt} />
            </span>
          ),
        ]}
      />
    </Panel>
  );
}

function stateOf({ isMock, summary, rows, now }: PoolsData): SourceState {
  if (isMock) return "sim";
  if (summary.newestAt === null || now - summary.newestAt > POOL_FRESH_MS) return "stale";
  return rows.some(({ metrics }) => metrics.isStale) ? "partial" : "current";
}

/** Search, row height, filters, columns and file. Forms, so that all of it works without scripts. */
function Actions(data: PoolsData) {
  const { view } = data;
  return (
    <>
      <form class="table-tools" method="get" action="/pools" role="search" aria-label="Pools">
        <Kept view={view} but={["q"]} />
        <TableTools table="pools" query={view.query} noun="pools" />
      </form>
      <FilterMenu view={view} />
      <ColumnMenu {...data} />
      <a
        class="btn"
        data-kind="quiet"
        data-icon
        data-size="s"
        href={poolsHref(view, { path: "/pools.csv" })}
        aria-label="Download CSV"
        title="Download CSV of these pools"
        download
      >
        <Icon name="export" />
      </a>
    </>
  );
}

/** The rest of a view, for a form that sets some of it. */
function Kept({ view, but }: { readonly view: PoolsView; readonly but: readonly string[] }) {
  return (
    <>
      {poolsFields({ ...view, page: 1 }).filter(([name]) => !but.includes(name))
        .map(([name, value]) => (
          <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
        ))}
    </>
  );
}

const STABLE_LABELS = [["", "All"], ["only", "Only stablecoins"], ["none", "No stablecoins"]];

function FilterMenu({ view }: { readonly view: PoolsView }) {
  return (
    <details class="menu" name="menu">
      <summary class="btn" data-kind="quiet" data-icon data-size="s" aria-label="Filters">
        <Icon name="filter" />
      </summary>
      <form class="menu-list menu-fields" method="get" action="/pools" aria-label="Filters">
        <Kept view={view} but={["asset", "stable", "min_tvl", "gone", "closed"]} />
        <label class="field">
          <span>Asset</span>
          <input class="input" name="asset" placeholder="e.g. WETH" value={view.asset} />
        </label>
        <label class="field">
          <span>Stablecoins</span>
          <select class="input" name="stable">
            {STABLE_LABELS.map(([value, label]) => (
              <option key={value} value={value} selected={value === view.stable}>{label}</option>
            ))}
          </select>
        </label>
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
        <label class="check">
          <input type="checkbox" name="gone" value="show" checked={view.gone === "show"} />
          Also pools that nobody reads any more
        </label>
        <label class="check">
          <input type="checkbox" name="closed" value="show" checked={view.closed === "show"} />
          Also pools that take no deposits
        </label>
        <button type="submit" class="btn" data-size="s" data-kind="primary">Show these</button>
      </form>
    </details>
  );
}

/** Which columns there are; the browser keeps the choice. */
function ColumnMenu({ view, columns }: PoolsData) {
  const shown = columns.map(({ key }) => key);
  return (
    <details class="menu" name="menu">
      <summary class="btn" data-kind="quiet" data-icon data-size="s" aria-label="Columns">
        <Icon name="columns" />
      </summary>
      <form class="menu-list menu-fields" method="get" action="/pools" aria-label="Columns">
        <Kept view={view} but={["col"]} />
        <input type="hidden" name="keep" value="columns" />
        <fieldset>
          <legend class="sr">Columns</legend>
          {poolColumns(view.method).map(({ key, title }) => (
            <label key={key} class="check">
              <input type="checkbox" name="col" value={key} checked={shown.includes(key)} />
              {title}
            </label>
          ))}
        </fieldset>
        <button type="submit" class="btn" data-size="s" data-kind="primary">Show these</button>
      </form>
    </details>
  );
}

/** The filters in force, each with what clears it. */
function pillsOf({ view, gone, closed, settings }: PoolsData): readonly FilterPill[] {
  const days = settings.autopilot.vanish_days;
  const pills: readonly { label: string; isSet: boolean; without: Partial<PoolsView> }[] = [
    { label: `Chain: ${slugName(view.chain)}`, isSet: view.chain !== "", without: { chain: "" } },
    {
      label: `Protocol: ${slugName(view.protocol)}`,
      isSet: view.protocol !== "",
      without: { protocol: "" },
    },
    { label: `Asset: ${view.asset}`, isSet: view.asset !== "", without: { asset: "" } },
    {
      label: view.stable === "only" ? "Only stablecoins" : "No stablecoins",
      isSet: view.stable !== "",
      without: { stable: "" },
    },
    {
      label: `TVL from ${formatCount(view.minTvl)} USD`,
      isSet: view.minTvl > 0,
      without: { minTvl: 0 },
    },
    { label: `Named "${view.query}"`, isSet: view.query !== "", without: { query: "" } },
    {
      label: `Read within ${days} days, ${formatCount(gone)} left out`,
      isSet: view.gone === "" && gone > 0,
      without: { gone: "show" },
    },
    { label: "With pools nobody reads", isSet: view.gone === "show", without: { gone: "" } },
    {
      label: `Open for deposits, ${formatCount(closed)} left out`,
      isSet: view.closed === "" && closed > 0,
      without: { closed: "show" },
    },
    { label: "With closed pools", isSet: view.closed === "show", without: { closed: "" } },
  ];
  return pills.flatMap(({ label, isSet, without }) =>
    isSet ? [{ label, hrefWithout: poolsHref(view, without) }] : []
  );
}

function Pager({ view, pages }: { readonly view: PoolsView; readonly pages: number }) {
  const { page } = view;
  return (
    <nav class="pager" aria-label="Pages of pools">
      {page > 1
        ? (
          <a class="btn" data-size="s" rel="prev" href={poolsHref(view, { page: page - 1 })}>
            Back
          </a>
        )
        : null}
      <span>Page {page} of {pages}</span>
      {page < pages
        ? (
          <a class="btn" data-size="s" rel="next" href={poolsHref(view, { page: page + 1 })}>
            Next
          </a>
        )
        : null}
    </nav>
  );
}

/** An empty board: filtered away, or nothing to rank. */
function Nothing({ total, view, fetcher: { provider } }: PoolsData) {
  if (total === 0 && view.asof !== null) {
    return (
      <EmptyState icon="database" title="No pool is stored">
        Nothing was known of any pool then.
      </EmptyState>
    );
  }
  if (total === 0) {
    return (
      <EmptyState
        icon="database"
        title="No pool is stored"
        actions={provider === null
          ? undefined
          : <a class="btn" href="/ops#pool-intake">Last fetches</a>}
      >
        {provider === null
          ? "Nobody fetches pools here."
          : `The provider "${provider}" is asked for pools, and again if it can't be reached.`}{" "}
        A file brings them in, too: <code>deno task pools:import</code>.
      </EmptyState>
    );
  }
  const all = { query: "", chain: "", protocol: "", asset: "", minTvl: 0, stable: "" } as const;
  return (
    <EmptyState
      icon="filter"
      title="No pool fits this filter"
      actions={<a class="btn" href={poolsHref(view, all)}>Clear the filter</a>}
    >
      None of the {formatCount(total)} pools has all that was asked for.
    </EmptyState>
  );
}
