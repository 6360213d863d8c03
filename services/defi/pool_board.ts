import type { Pool } from "./pool.ts";
import type { PoolCard } from "./pool_service.ts";
import type { ScoreMethodName } from "./pool_scores.ts";
import { isStableSymbol } from "./stable_symbols.ts";

/** What pools may be sorted by. */
export const POOL_SORTS = [
  "score",
  "risk_adjusted_score",
  "stability_score",
  "coverage",
  "supply_apy",
  "incentive_apy",
  "borrow_apy",
  "volatility",
  "utilization",
  "kink_distance",
  "tvl_usd",
  "withdrawable_usd",
  "symbol",
  "chain",
  "protocol",
  "asof",
] as const;
export type PoolSort = typeof POOL_SORTS[number];
export type SortOrder = "asc" | "desc";

/** What is asked of pools; what is absent leaves nothing out. */
export interface PoolFilter {
  /** In lower case, as are `protocol` and `asset`. */
  readonly chain?: string | undefined;
  readonly protocol?: string | undefined;
  /** The symbol, all of it: `weth`. */
  readonly asset?: string | undefined;
  /** Pools of tokens that hold the value of a currency, or all the others. */
  readonly stable?: boolean | undefined;
  /** Words, each of them part of symbol or id. */
  readonly search?: string | undefined;
  /** Dollars. Nothing is known to be in a pool whose TVL is not. */
  readonly minTvlUsd?: number | undefined;
  /** Only pools that take deposits, as far as is known. */
  readonly isOpen?: boolean | undefined;
  /** How long before the newest reading of all a pool's own may be. */
  readonly maxAgeMs?: number | undefined;
}

/** The pools that pass a filter. */
export function filterPools(
  cards: readonly PoolCard[],
  {
    chain,
    protocol,
    asset,
    stable,
    search = "",
    minTvlUsd = 0,
    isOpen = false,
    maxAgeMs = Infinity,
  }: PoolFilter,
): readonly PoolCard[] {
  const newest = cards.reduce((at, { metrics }) => Math.max(at, metrics.asof), -Infinity);
  const words = search.trim().toLowerCase().split(/\s+/);
  return cards.filter((card) => {
    const { pool, metrics } = card;
    const text = `${pool.symbol} ${pool.id}`.toLowerCase();
    return (chain === undefined || pool.chain === chain) &&
      (protocol === undefined || pool.protocol === protocol) &&
      (asset === undefined || pool.symbol.toLowerCase() === asset) &&
      (stable === undefined || isStableSymbol(pool.symbol) === stable) &&
      words.every((word) => text.includes(word)) &&
      newest - metrics.asof <= maxAgeMs &&
      (!isOpen || isOpenPool(card)) &&
      (minTvlUsd === 0 || metrics.tvlUsd !== null && metrics.tvlUsd >= minTvlUsd);
  });
}

/** Whether a pool takes deposits, as far as is known: not frozen, not paused, not matured. */
export function isOpenPool({ pool, metrics }: PoolCard): boolean {
  return !metrics.isFrozen && !metrics.isPaused &&
    (pool.maturityAt === null || pool.maturityAt > metrics.asof);
}

/** Whether a pool lends what it holds, as far as is known: others have no utilization to know. */
export function isLending({ kind }: Pick<Pool, "kind">): boolean {
  return kind === null || kind === "lending" || kind === "vault";
}

export interface PoolOrder {
  readonly sort: PoolSort;
  /** Without it names ascend and figures descend. */
  readonly order?: SortOrder | undefined;
  /** Whose score `score` and `coverage` mean. */
  readonly method: ScoreMethodName;
}

const NAMES = { symbol: true, chain: true, protocol: true } as const;
type NameSort = keyof typeof NAMES;

function isNameSort(sort: PoolSort): sort is NameSort {
  return sort in NAMES;
}

/** The order that a column is first sorted in. */
export function usualOrder(sort: PoolSort): SortOrder {
  return isNameSort(sort) ? "asc" : "desc";
}

/** Sorted by one column; those without a value come last, whatever the order. */
export function sortPools(
  cards: readonly PoolCard[],
  { sort, order = usualOrder(sort), method }: PoolOrder,
): readonly PoolCard[] {
  const direction = order === "asc" ? 1 : -1;
  if (isNameSort(sort)) {
    const name = ({ pool }: PoolCard) => pool[sort].toLowerCase();
    return cards.toSorted((a, b) => direction * compare(name(a), name(b)) || byId(a, b));
  }
  return cards.toSorted((a, b) => {
    const [x, y] = [valueOf(a, { sort, method }), valueOf(b, { sort, method })];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byId(a, b);
    return direction * (x - y) || byId(a, b);
  });
}

function byId(a: PoolCard, b: PoolCard): number {
  return compare(a.pool.id, b.pool.id);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function valueOf(
  { metrics, scores }: PoolCard,
  { sort, method }: {
    readonly sort: Exclude<PoolSort, NameSort>;
    readonly method: ScoreMethodName;
  },
): number | null {
  switch (sort) {
    case "score":
      return scores[method].score;
    case "risk_adjusted_score":
      return scores.v0.score;
    case "stability_score":
      return scores.stabilityScore;
    case "coverage":
      return scores[method].coverage;
    case "supply_apy":
      return metrics.supplyApy;
    case "incentive_apy":
      return metrics.incentiveApy;
    case "borrow_apy":
      return metrics.borrowApy;
    case "volatility":
      return metrics.volatilityPp;
    case "utilization":
      return metrics.utilization;
    case "kink_distance":
      return metrics.kinkDistance;
    case "tvl_usd":
      return metrics.tvlUsd;
    case "withdrawable_usd":
      return metrics.withdrawableUsd;
    case "asof":
      return metrics.asof;
  }
}

/** A source of what is shown, and of how many pools. */
export interface PoolSourceCount {
  readonly name: string;
  readonly pools: number;
}

/** Where pools come from, the source of most of them first. */
export function poolSources(
  pools: readonly { readonly source: string }[],
): readonly PoolSourceCount[] {
  const counts = new Map<string, number>();
  for (const { source } of pools) counts.set(source, (counts.get(source) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, pools: count }))
    .sort((a, b) => b.pools - a.pools || compare(a.name, b.name));
}

/** A leaderboard in a few figures; `null` where no pool gives one. */
export interface BoardSummary {
  readonly pools: number;
  readonly rated: number;
  readonly medianApy: number | null;
  /** Pools that pay rewards besides. */
  readonly rewarded: number;
  /** Pools whose source tells rewards apart. */
  readonly rewardsKnown: number;
  readonly aboveKink: number;
  readonly utilizationKnown: number;
  readonly tvlKnown: number;
  readonly tvlUsd: number | null;
  readonly widest: { readonly card: PoolCard; readonly volatilityPp: number } | null;
  /** Oldest and newest of the readings, UTC ms. */
  readonly oldestAt: number | null;
  readonly newestAt: number | null;
}

/** Counts what stands on a leaderboard by a method. */
export function summarizePools(
  cards: readonly PoolCard[],
  method: ScoreMethodName,
): BoardSummary {
  const known = <T>(values: readonly (T | null)[]) => values.filter((value) => value !== null);
  const apys = cards.map(({ metrics }) => metrics.supplyApy).toSorted((a, b) => a - b);
  const tvls = known(cards.map(({ metrics }) => metrics.tvlUsd));
  const asofs: readonly number[] = cards.map(({ metrics }) => metrics.asof);
  const rewards = known(cards.map(({ metrics }) => metrics.incentiveApy));
  const distances = known(cards.map(({ metrics }) => metrics.kinkDistance));
  const [widest] = sortPools(cards, { sort: "volatility", order: "desc", method })
    .flatMap((card) => {
      const { volatilityPp } = card.metrics;
      return volatilityPp === null ? [] : [{ card, volatilityPp }];
    });
  return {
    pools: cards.length,
    rated: cards.filter(({ scores }) => scores[method].score !== null).length,
    medianApy: middleOf(apys),
    rewarded: rewards.filter((apy) => apy > 0).length,
    rewardsKnown: rewards.length,
    aboveKink: distances.filter((distance) => distance < 0).length,
    utilizationKnown: distances.length,
    tvlKnown: tvls.length,
    tvlUsd: tvls.length === 0 ? null : tvls.reduce((sum, tvl) => sum + tvl, 0),
    widest: widest ?? null,
    oldestAt: asofs.length === 0 ? null : asofs.reduce((a, b) => Math.min(a, b)),
    newestAt: asofs.length === 0 ? null : asofs.reduce((a, b) => Math.max(a, b)),
  };
}

/** The median of values in order. */
function middleOf(sorted: readonly number[]): number | null {
  const middle = sorted.length >>> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
