import { type PoolCard, SCORE_METHODS, type ScoreMethodName } from "../../../services/defi/mod.ts";
import { DAY_MS, HOUR_MS } from "../../../services/kernel/time.ts";
import { isWanted, POOL_SORTS, type PoolSort, sortCards } from "../../(_api)/pools.ts";
import type { State } from "../../page_state.ts";

/** A daily reading may be this old, as in `freshness` of the data routes. */
const FRESH_MS = DAY_MS + 2 * HOUR_MS;

/** Whether the newest reading of a pool is older than a daily one may be. */
export function isOld({ metrics }: PoolCard, now: number): boolean {
  return now - metrics.asof > FRESH_MS;
}

/** What the address asks of the leaderboard. */
export interface PoolsView {
  readonly search: string;
  readonly chain: string;
  readonly protocol: string;
  /** Dollars; 0 leaves nothing out. */
  readonly minTvl: number;
  readonly method: ScoreMethodName;
  readonly sort: PoolSort;
  readonly order: "asc" | "desc";
}

/** The leaderboard with what its filters offer. */
export interface PoolsData {
  readonly view: PoolsView;
  readonly cards: readonly PoolCard[];
  /** Of the cards, those whose readings stand still or are old. */
  readonly stale: number;
  readonly total: number;
  readonly chains: readonly string[];
  readonly protocols: readonly string[];
  readonly fallback: string | null;
  readonly provider: string;
}

/** The view of an address; what can't be read has its default. */
export function parsePoolsView({ searchParams }: URL): PoolsView {
  const text = (name: string) => (searchParams.get(name) ?? "").trim().slice(0, 80);
  const sort = POOL_SORTS.find((name) => name === text("sort")) ?? "score";
  const minTvl = Number(text("min_tvl"));
  const order = text("order");
  return {
    search: text("search"),
    chain: text("chain").toLowerCase(),
    protocol: text("protocol").toLowerCase(),
    minTvl: Number.isFinite(minTvl) && minTvl > 0 ? minTvl : 0,
    method: SCORE_METHODS.find((name) => name === text("method")) ?? "v1",
    sort,
    order: order === "asc" || order === "desc" ? order : usualOrder(sort),
  };
}

/** The order that a column is first sorted in. */
export function usualOrder(sort: PoolSort): "asc" | "desc" {
  return sort === "symbol" ? "asc" : "desc";
}

/** The address of a view, without what is a default. */
export function poolsHref(view: PoolsView, path = "/pools"): string {
  const { search, chain, protocol, minTvl, method, sort, order } = view;
  const fields: readonly (readonly [string, string])[] = [
    ["search", search],
    ["chain", chain],
    ["protocol", protocol],
    ["min_tvl", minTvl === 0 ? "" : String(minTvl)],
    ["method", method === "v1" ? "" : method],
    ["sort", sort === "score" ? "" : sort],
    ["order", order === usualOrder(sort) ? "" : order],
  ];
  const query = new URLSearchParams(
    fields.filter(([, value]) => value !== "").map((it) => [...it]),
  );
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Reads the leaderboard that an address asks for. */
export async function readPools(
  { pools, clock }: Pick<State, "pools" | "clock">,
  url: URL,
): Promise<PoolsData> {
  const view = parsePoolsView(url);
  const all = await pools.listCards();
  const wanted = {
    search: view.search,
    min_tvl: view.minTvl,
    chain: view.chain || undefined,
    protocol: view.protocol || undefined,
  };
  const names = (of: (card: PoolCard) => string) => [...new Set(all.map(of))].sort();
  const now = clock.now();
  const cards = sortCards(all.filter((card) => isWanted(card, wanted)), view);
  return {
    view,
    cards,
    stale: cards.filter((card) => card.metrics.isStale || isOld(card, now)).length,
    total: all.length,
    chains: names(({ pool }) => pool.chain),
    protocols: names(({ pool }) => pool.protocol),
    ...pools.origin,
  };
}
