import { formatCsv } from "../components/format/csv.ts";
import { isoInstant } from "../components/format/time.ts";
import type { PoolCard } from "../services/defi/mod.ts";
import { define } from "./page_state.ts";
import { readPools } from "./pools/(_components)/read_pools.ts";

const HEADER = [
  ...["pool_id", "protocol", "chain", "symbol", "score_v1", "score_v0", "coverage_v1"],
  ...["supply_apy", "incentive_apy", "borrow_apy", "utilization", "kink", "kink_asof"],
  ...["kink_distance", "tvl_usd", "withdrawable_usd", "volatility_pp", "tvl_trend_30d"],
  ...["is_frozen", "is_paused", "is_stale", "warnings", "asof", "source"],
];

function csvRow({ pool, metrics, scores, warnings, source }: PoolCard) {
  return [
    ...[pool.id, pool.protocol, pool.chain, pool.symbol],
    ...[scores.v1.score, scores.v0.score, scores.v1.coverage],
    ...[metrics.supplyApy, metrics.incentiveApy, metrics.borrowApy],
    ...[metrics.utilization, metrics.kink, metrics.kinkAt && isoInstant(metrics.kinkAt)],
    ...[metrics.kinkDistance, metrics.tvlUsd, metrics.withdrawableUsd],
    ...[metrics.volatilityPp, metrics.tvlTrend30],
    ...[metrics.isFrozen, metrics.isPaused, metrics.isStale].map(String),
    warnings.map(({ code }) => code).join(" "),
    isoInstant(metrics.asof),
    source,
  ];
}

/** The leaderboard as CSV, filtered and sorted like the page of the same query. */
export const handler = define.handlers({
  async GET(ctx) {
    const { cards } = await readPools(ctx.state, ctx.url);
    return new Response(formatCsv(HEADER, cards.map(csvRow)), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="tokenlysis-pools.csv"',
        "cache-control": "no-cache",
      },
    });
  },
});
