/** Figures of a pool beside its scores, in the order in which tables and pages have them. */
export const READ_FIGURES = [
  "coverage",
  "supply_apy",
  "incentive_apy",
  "borrow_apy",
  "volatility",
  "utilization",
  "kink_distance",
  "tvl_usd",
  "withdrawable_usd",
] as const;
/** Figures of a pool that stand on tables and pages, and change with each reading. */
const POOL_FIGURES = ["score_v1", "score_v0", ...READ_FIGURES] as const;
export type PoolFigureName = typeof POOL_FIGURES[number];

/** Whether a figure is one of those, such as a name from an attribute of the page. */
export function isPoolFigure(name: string): name is PoolFigureName {
  return POOL_FIGURES.some((figure) => figure === name);
}

/** The address of a pool's page, as of an instant of the past if one is given. */
export function poolHref(
  poolId: string,
  { path = "", asof = null }: { readonly path?: string; readonly asof?: string | null } = {},
): string {
  const query = asof === null ? "" : `?asof=${encodeURIComponent(asof)}`;
  return `/pools/${encodeURIComponent(poolId)}${path}${query}`;
}
