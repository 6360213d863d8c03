import {
  POOL_COLUMN_KEYS,
  type PoolColumnKey,
  poolColumns,
} from "../../../components/pools/pool_columns.ts";
import {
  POOL_SORTS,
  type PoolSort,
  SCORE_METHODS,
  type ScoreMethodName,
  type SortOrder,
  usualOrder,
} from "../../../services/defi/mod.ts";

/** What the address asks of the leaderboard; what it leaves out has its default. */
export interface PoolsView {
  readonly query: string;
  readonly chain: string;
  readonly protocol: string;
  /** A whole symbol, in lower case. */
  readonly asset: string;
  /** Dollars; 0 leaves nothing out. */
  readonly minTvl: number;
  readonly stable: "" | "only" | "none";
  /** Whether pools are listed that no source has read for days. */
  readonly gone: "" | "show";
  /** Whether pools are listed that take no deposits. */
  readonly closed: "" | "show";
  readonly method: ScoreMethodName;
  readonly sort: PoolSort;
  readonly order: SortOrder;
  /** From 1. */
  readonly page: number;
  /** The instant of the past that is shown, as it was written; `null` is now. */
  readonly asof: string | null;
  /** Columns that are shown, in the order of the table; `null` where the address names none. */
  readonly columns: readonly PoolColumnKey[] | null;
}

const MAX_TEXT = 80;
const MAX_PAGE = 1_000;
const STABLE = ["only", "none"] as const;

/** The view of an address; what can't be read has its default. */
export function parsePoolsView({ searchParams }: URL): PoolsView {
  const text = (name: string) => (searchParams.get(name) ?? "").trim().slice(0, MAX_TEXT);
  const sort = POOL_SORTS.find((name) => name === text("sort")) ?? "score";
  const minTvl = Number(text("min_tvl"));
  const page = Number(text("page"));
  const order = text("order");
  const named = searchParams.getAll("col");
  const columns = POOL_COLUMN_KEYS.filter((key) => named.includes(key));
  return {
    query: text("q"),
    chain: text("chain").toLowerCase(),
    protocol: text("protocol").toLowerCase(),
    asset: text("asset").toLowerCase(),
    minTvl: Number.isFinite(minTvl) && minTvl > 0 ? minTvl : 0,
    stable: STABLE.find((value) => value === text("stable")) ?? "",
    gone: text("gone") === "show" ? "show" : "",
    closed: text("closed") === "show" ? "show" : "",
    method: SCORE_METHODS.find((name) => name === text("method")) ?? "v1",
    sort,
    order: order === "asc" || order === "desc" ? order : usualOrder(sort),
    page: Number.isInteger(page) && page > 1 ? Math.min(page, MAX_PAGE) : 1,
    asof: text("asof") || null,
    columns: columns.length === 0 ? null : columns,
  };
}

/** Columns that are shown where nobody chose any. */
export function usualColumns(method: ScoreMethodName): readonly PoolColumnKey[] {
  return poolColumns(method).filter(({ isHiddenAtFirst }) => isHiddenAtFirst !== true)
    .map(({ key }) => key);
}

/** Name and value of each part of a view that is not its default, as a form sends them. */
export function poolsFields(view: PoolsView): readonly (readonly [string, string])[] {
  const fields: readonly (readonly [string, string])[] = [
    ["q", view.query],
    ["chain", view.chain],
    ["protocol", view.protocol],
    ["asset", view.asset],
    ["stable", view.stable],
    ["min_tvl", view.minTvl === 0 ? "" : String(view.minTvl)],
    ["gone", view.gone],
    ["closed", view.closed],
    ["method", view.method === "v1" ? "" : view.method],
    ["sort", view.sort === "score" ? "" : view.sort],
    ["order", view.order === usualOrder(view.sort) ? "" : view.order],
    ["asof", view.asof ?? ""],
    ...(view.columns ?? []).map((key) => ["col", key] as const),
    ["page", view.page === 1 ? "" : String(view.page)],
  ];
  return fields.filter(([, value]) => value !== "");
}

/** The address of a view, or of its file. Another view begins at its first page. */
export function poolsHref(
  view: PoolsView,
  { path = "/pools", ...change }: Partial<PoolsView> & { readonly path?: string } = {},
): string {
  const fields = poolsFields({ ...view, page: 1, ...change });
  const query = new URLSearchParams(fields.map((field) => [...field]));
  return query.size === 0 ? path : `${path}?${query}`;
}
