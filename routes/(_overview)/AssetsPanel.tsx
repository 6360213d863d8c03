import { formatCount } from "../../components/format/number.ts";
import { Icon } from "../../components/Icon.tsx";
import { Panel, SourceLine } from "../../components/states/Panel.tsx";
import { EmptyState } from "../../components/states/States.tsx";
import { ASSET_COLUMNS } from "../../components/table/asset_row.ts";
import { AssetTable } from "../../components/table/AssetTable.tsx";
import { type FilterPill, FilterPills } from "../../components/table/FilterPills.tsx";
import { CsvLink } from "../../components/table/PanelLinks.tsx";
import TableTools from "../../islands/TableTools.tsx";
import { type MarketOverview, QUOTE_SORTS } from "../../services/market/mod.ts";
import { matchQuotes, type OverviewView, viewFields, viewHref } from "./overview_view.ts";
import { AsofSpan } from "./AsofSpan.tsx";
import { sourceState } from "./source_state.ts";

/** Rows of one page; beyond it the theme filter and search narrow the list. */
const MAX_ROWS = 500;

export interface AssetsPanelProps {
  readonly overview: MarketOverview;
  readonly view: OverviewView;
}

/** Every asset of the view in one table, with its filter, columns and export. */
export function AssetsPanel({ overview, view }: AssetsPanelProps) {
  const priced = overview.quotes.filter(({ price }) => price.value !== null);
  const rows = matchQuotes(priced, view.query).slice(0, MAX_ROWS);
  return (
    <Panel
      id="assets"
      title="Assets"
      note={`${formatCount(rows.length)} of ${formatCount(priced.length)}`}
      actions={<Actions view={view} />}
    >
      <FilterPills pills={pillsOf(view)} />
      {rows.length === 0 ? <NothingMatches view={view} /> : (
        <AssetTable
          caption="Assets with price, changes, volume and market value"
          rows={rows}
          newest={overview.asof}
          sort={view.sort}
          order={view.order}
          hidden={view.hidden}
          sortHref={(key, order) => {
            const sort = QUOTE_SORTS.find((name) => name === key) ?? view.sort;
            return viewHref({ ...view, sort, order });
          }}
        />
      )}
      <Unpriced overview={overview} />
      <SourceLine
        state={sourceState(overview)}
        parts={[
          overview.sources.join(", ") || "no source",
          "changes against the close that long before",
          "≈ volume estimated as volume × close",
          <AsofSpan key="asof" quotes={rows} />,
        ]}
      />
    </Panel>
  );
}

/** Filter, row height, columns and export. One form, so that all of it works without scripts. */
function Actions({ view }: { readonly view: OverviewView }) {
  const kept = viewFields(view).filter(([name]) => name !== "q" && name !== "col");
  return (
    <form class="table-tools" method="get" action="/" role="search" aria-label="Assets">
      {kept.map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      <TableTools table="assets" query={view.query} />
      <details class="menu" name="menu">
        <summary class="btn" data-kind="quiet" data-icon data-size="s" aria-label="Columns">
          <Icon name="columns" />
        </summary>
        <fieldset class="menu-list menu-fields">
          <legend class="sr">Columns</legend>
          {[...ASSET_COLUMNS, { key: "sparkline", title: "Line of 90 days" }].map((column) => (
            <label key={column.key} class="check">
              <input
                type="checkbox"
                name="col"
                value={column.key}
                checked={!view.hidden.has(column.key)}
              />
              {column.title}
            </label>
          ))}
          <button type="submit" class="btn" data-size="s" data-kind="primary">Show these</button>
        </fieldset>
      </details>
      <CsvLink href={viewHref(view, "/overview.csv")} />
    </form>
  );
}

/** What of the table is filtered or hidden. */
function pillsOf(view: OverviewView): readonly FilterPill[] {
  const { theme, query, hidden } = view;
  return [
    { label: `Theme: ${theme}`, isSet: theme !== null, without: { theme: null } },
    { label: `Named "${query}"`, isSet: query !== "", without: { query: "" } },
    {
      label: `${hidden.size} columns hidden`,
      isSet: hidden.size > 0,
      without: { hidden: new Set<string>() },
    },
  ].flatMap(({ label, isSet, without }) =>
    isSet ? [{ label, hrefWithout: viewHref({ ...view, ...without }) }] : []
  );
}

function NothingMatches({ view }: { readonly view: OverviewView }) {
  return (
    <EmptyState
      icon="filter"
      title="No asset fits this filter"
      actions={
        <a class="btn" href={viewHref({ ...view, theme: null, query: "" })}>Clear the filter</a>
      }
    >
      Neither a name nor a symbol here holds what was asked for.
    </EmptyState>
  );
}

/** The assets without a price are named and not listed as rows of dashes: that is what is lacking. */
function Unpriced({ overview }: { readonly overview: MarketOverview }) {
  if (overview.unpriced === 0) return null;
  const missing = overview.quotes.filter(({ price }) => price.value === null);
  return (
    <details class="missing">
      <summary>
        {formatCount(missing.length)} of {formatCount(overview.quotes.length)}{" "}
        assets have no price in the store
      </summary>
      <p class="missing-list">
        {missing.map(({ assetId, name }) => (
          <a key={assetId} href={`/assets/${encodeURIComponent(assetId)}`}>{name}</a>
        ))}
      </p>
    </details>
  );
}
