import { poolHref } from "../../../components/pools/pool_figures.ts";
import { DAY_MS } from "../../../services/kernel/time.ts";

/** Stretches of time that a pool is shown over; `all` is its whole life. */
export const POOL_RANGES = [
  { range: "7d", label: "7d", title: "7 days", days: 7 },
  { range: "30d", label: "30d", title: "30 days", days: 30 },
  { range: "120d", label: "120d", title: "120 days", days: 120 },
  { range: "1y", label: "1y", title: "A year", days: 365 },
  { range: "all", label: "All", title: "All readings", days: Infinity },
] as const;
export type PoolRange = typeof POOL_RANGES[number]["range"];
const USUAL_RANGE: PoolRange = "120d";

/** Charts that turn into tables. */
const POOL_CHARTS = ["yield", "utilization", "tvl"] as const;
export type PoolChart = typeof POOL_CHARTS[number];

/** How a pool is looked at; all of it stands in the address. */
export interface PoolView {
  readonly id: string;
  readonly range: PoolRange;
  /** The chart that is shown as a table. */
  readonly table: PoolChart | null;
  /** The instant of the past that is shown, as it was written; `null` is now. */
  readonly asof: string | null;
}

/** The view of an address; what can't be read has its default. */
export function parsePoolView({ searchParams }: URL, id: string): PoolView {
  const { range } = POOL_RANGES.find(({ range }) => range === searchParams.get("range")) ??
    { range: USUAL_RANGE };
  return {
    id,
    range,
    table: POOL_CHARTS.find((chart) => chart === searchParams.get("table")) ?? null,
    asof: searchParams.get("asof") || null,
  };
}

/** Name and value of each part of a view that is not its default. */
export function poolFields(view: PoolView): readonly (readonly [string, string])[] {
  const fields: readonly (readonly [string, string])[] = [
    ["range", view.range === USUAL_RANGE ? "" : view.range],
    ["table", view.table ?? ""],
    ["asof", view.asof ?? ""],
  ];
  return fields.filter(([, value]) => value !== "");
}

/** The address of a view, or of something below it. */
export function poolViewHref(
  view: PoolView,
  { path = "", ...change }: Partial<PoolView> & { readonly path?: string } = {},
): string {
  const next = { ...view, ...change };
  const query = new URLSearchParams(poolFields(next).map((field) => [...field]));
  return poolHref(next.id, { path }) + (query.size === 0 ? "" : `?${query}`);
}

/** The first instant of a range that ends at `asof`, UTC ms. */
export function rangeStart({ range }: Pick<PoolView, "range">, asof: number): number {
  const days = POOL_RANGES.find((one) => one.range === range)?.days ?? Infinity;
  return asof - days * DAY_MS;
}
