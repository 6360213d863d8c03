import { Moment } from "../../components/figures/Moment.tsx";
import { LiveLabel } from "../../components/live/LiveLabel.tsx";
import { formatCount } from "../../components/format/number.ts";
import { Menu, type MenuItem } from "../../components/shell/Menu.tsx";
import { Badge } from "../../components/states/States.tsx";
import { type MarketOverview, QUOTE_SORTS, type QuoteSort } from "../../services/market/mod.ts";
import { sourceNames } from "./AsofSpan.tsx";
import { type OverviewView, viewHref } from "./overview_view.ts";

const SORT_LABELS: Readonly<Record<QuoteSort, string>> = {
  name: "Name",
  price: "Price",
  change_24h: "24 h change",
  change_7d: "7 d change",
  change_30d: "30 d change",
  change_1y: "1 y change",
  volume_24h: "Volume",
  market_cap: "Market value",
};

export interface OverviewHeaderProps {
  readonly overview: MarketOverview;
  readonly view: OverviewView;
}

/** Title, as-of and scope of the overview. */
export function OverviewHeader({ overview, view }: OverviewHeaderProps) {
  const { quotes, unpriced, asof, sources } = overview;
  const hasProvisional = quotes.some(({ state }) => state === "provisional");
  return (
    <header class="page-head">
      <div>
        <h1>
          Market overview
          {hasProvisional
            ? (
              <Badge kind="provisional" title="The last bar is still open">
                Last bar provisional
              </Badge>
            )
            : null}
        </h1>
        <p class="asof">
          <span data-live-asof>
            {asof === null ? "No data yet" : <Moment at={asof} />}
            <LiveLabel />
          </span>
          {sources.length === 0
            ? null
            : <span title={sources.join(", ")}>{sourceNames(overview)}</span>}
          <span>
            {formatCount(quotes.length - unpriced)} of {formatCount(quotes.length)} assets priced
          </span>
        </p>
      </div>
      <div class="scope">
        <Menu label="Theme" value={view.theme ?? "All"} items={themeItems(overview, view)} />
        <Menu
          class="narrow-only"
          label="Sort"
          value={SORT_LABELS[view.sort]}
          items={sortItems(view)}
        />
      </div>
    </header>
  );
}

function themeItems({ themes }: MarketOverview, view: OverviewView): MenuItem[] {
  return [null, ...themes].map((theme) => ({
    label: theme ?? "All",
    href: viewHref({ ...view, theme }),
    isCurrent: theme === view.theme,
  }));
}

/** A phone shows no column headers, so it sorts from a menu. */
function sortItems(view: OverviewView): MenuItem[] {
  return QUOTE_SORTS.map((sort) => ({
    label: SORT_LABELS[sort],
    href: viewHref({ ...view, sort, order: sort === "name" ? "asc" : "desc" }),
    isCurrent: sort === view.sort,
  }));
}
