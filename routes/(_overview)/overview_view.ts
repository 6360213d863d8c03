import { ASSET_COLUMNS } from "../../components/table/asset_row.ts";
import {
  type AssetQuote,
  QUOTE_SORTS,
  type QuoteSort,
  type SortOrder,
} from "../../services/market/mod.ts";

/** How the reader wants the overview; all of it stands in the address, so any view can be sent. */
export interface OverviewView {
  readonly theme: string | null;
  readonly sort: QuoteSort;
  readonly order: SortOrder;
  readonly query: string;
  /** Keys of the columns that are not shown. */
  readonly hidden: ReadonlySet<string>;
  /** Whether the total is read as numbers instead of a line. */
  readonly isTotalTable: boolean;
}

const DEFAULT_SORT: QuoteSort = "market_cap";
const MAX_QUERY = 60;

/** Keys of all columns that can be hidden, the sparkline included. */
const COLUMN_KEYS: readonly string[] = [
  ...ASSET_COLUMNS.map(({ key }) => key),
  "sparkline",
];

function defaultOrder(sort: QuoteSort): SortOrder {
  return sort === "name" ? "asc" : "desc";
}

/** Reads a view from an address. What it does not know is left at its default. */
export function readView({ searchParams }: URL): OverviewView {
  const sort = QUOTE_SORTS.find((name) => name === searchParams.get("sort")) ?? DEFAULT_SORT;
  const order = searchParams.get("order");
  const shown = searchParams.getAll("col").filter((key) => COLUMN_KEYS.includes(key));
  return {
    theme: searchParams.get("theme") || null,
    sort,
    order: order === "asc" || order === "desc" ? order : defaultOrder(sort),
    query: (searchParams.get("q") ?? "").trim().slice(0, MAX_QUERY),
    hidden: new Set(shown.length === 0 ? [] : COLUMN_KEYS.filter((key) => !shown.includes(key))),
    isTotalTable: searchParams.get("total") === "table",
  };
}

/** Name and value of each part of a view that differs from the default, as a form sends them. */
export function viewFields(view: OverviewView): [name: string, value: string][] {
  const fields: [string, string][] = [];
  if (view.theme !== null) fields.push(["theme", view.theme]);
  if (view.query !== "") fields.push(["q", view.query]);
  if (view.sort !== DEFAULT_SORT || view.order !== defaultOrder(view.sort)) {
    fields.push(["sort", view.sort]);
    if (view.order !== defaultOrder(view.sort)) fields.push(["order", view.order]);
  }
  if (view.hidden.size > 0) {
    for (const key of COLUMN_KEYS) if (!view.hidden.has(key)) fields.push(["col", key]);
  }
  if (view.isTotalTable) fields.push(["total", "table"]);
  return fields;
}

/** The address of a view under `path`. */
export function viewHref(view: OverviewView, path = "/"): string {
  const query = new URLSearchParams(viewFields(view)).toString();
  return query === "" ? path : `${path}?${query}`;
}

/** The quotes whose name, symbol or id holds every word of the view's query. */
export function matchQuotes(quotes: readonly AssetQuote[], query: string): readonly AssetQuote[] {
  if (query === "") return quotes;
  const words = query.toLowerCase().split(/\s+/);
  return quotes.filter(({ name, symbol, assetId }) => {
    const text = `${name} ${symbol} ${assetId}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
