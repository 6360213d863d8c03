import { READ_FIGURES } from "./pool_figures.ts";

/** A column of the leaderboard beside the pool's name. */
export interface PoolColumn {
  readonly key: PoolColumnKey;
  readonly label: string;
  /** What stands in it, for the chooser and on hover. */
  readonly title: string;
  /** What the server sorts by; absent where a column has no order. */
  readonly sort?: string;
  /** Lower ones stay longer as the table narrows; 1 always stays. */
  readonly priority: number;
  /** Where the cell stands on a phone, whose rows are two lines. */
  readonly place?: "value" | "detail" | "change";
  readonly isText?: boolean;
  readonly isHiddenAtFirst?: boolean;
}

export const POOL_COLUMN_KEYS = [
  "chain",
  "score",
  "other_score",
  ...READ_FIGURES,
  "trend_tvl",
  "trend_apy",
  "asof",
] as const;
export type PoolColumnKey = typeof POOL_COLUMN_KEYS[number];

/** The columns of a board that is ranked by a method, in their order. */
export function poolColumns(method: "v0" | "v1"): readonly PoolColumn[] {
  const other = method === "v1" ? "v0" : "v1";
  return [
    { key: "chain", label: "Chain", title: "Chain", sort: "chain", priority: 2, isText: true },
    {
      ...{ key: "score", label: `Score ${method}`, title: `Score by method ${method}` },
      ...{ sort: "score", priority: 1, place: "detail" },
    },
    {
      ...{ key: "other_score", label: other, title: `Score by method ${other}`, priority: 4 },
      isHiddenAtFirst: other === "v1",
    },
    {
      ...{ key: "coverage", label: "Coverage", sort: "coverage", priority: 4 },
      title: "Share of the score that stands on known, fresh readings",
    },
    {
      ...{ key: "supply_apy", label: "Supply APY", sort: "supply_apy", priority: 1 },
      ...{ title: "What suppliers earn, without rewards, compounded", place: "value" },
    },
    {
      ...{ key: "incentive_apy", label: "Reward", sort: "incentive_apy", priority: 3 },
      title: "APY that is paid in other tokens besides",
    },
    {
      ...{ key: "borrow_apy", label: "Borrow APY", sort: "borrow_apy", priority: 4 },
      ...{ title: "What borrowers pay, compounded", isHiddenAtFirst: true },
    },
    {
      ...{ key: "volatility", label: "Swing", sort: "volatility", priority: 3 },
      title: "Standard deviation of the supply APY over the window, in points",
    },
    {
      ...{ key: "utilization", label: "Utilisation and kink", sort: "utilization", priority: 2 },
      title: "Borrowed of supplied, with the kink from which the rate climbs",
    },
    {
      ...{ key: "kink_distance", label: "To the kink", sort: "kink_distance", priority: 2 },
      ...{ title: "Kink less utilisation, in points; below 0 is past it", place: "change" },
    },
    {
      ...{ key: "tvl_usd", label: "TVL, USD", sort: "tvl_usd", priority: 3 },
      title: "Total value locked",
    },
    {
      ...{ key: "withdrawable_usd", label: "Withdrawable, USD", sort: "withdrawable_usd" },
      ...{ title: "TVL that nobody borrowed", priority: 4, isHiddenAtFirst: true },
    },
    { key: "trend_tvl", label: "TVL, 90 d", title: "TVL of 90 days as a line", priority: 6 },
    { key: "trend_apy", label: "APY, 90 d", title: "Supply APY of 90 days as a line", priority: 5 },
    {
      ...{ key: "asof", label: "As of", sort: "asof", priority: 4, isHiddenAtFirst: true },
      title: "Time of the newest reading",
    },
  ];
}
