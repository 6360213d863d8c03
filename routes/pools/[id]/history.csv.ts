import { type CsvValue, formatCsv } from "../../../components/format/csv.ts";
import { isoInstant } from "../../../components/format/time.ts";
import type { PoolRow } from "../../../services/defi/mod.ts";
import { define } from "../../page_state.ts";
import { readPool } from "../(_components)/read_pool.ts";

const HEADER = [
  ...["time", "known_at", "supply_apy", "incentive_apy", "borrow_apy", "utilization"],
  ...["utilization_change", "tvl_usd", "is_frozen", "is_paused", "state", "source", "pool_id"],
];

function csvRow(row: PoolRow): CsvValue[] {
  return [
    ...[isoInstant(row.ts), isoInstant(row.knownAt)],
    ...[row.supplyApy, row.incentiveApy, row.borrowApy, row.utilization],
    ...[row.utilizationChange, row.tvlUsd],
    ...[String(row.isFrozen), String(row.isPaused), row.state],
  ];
}

/** Every reading of the range that the page of the same query shows, with every digit. */
export const handler = define.handlers({
  async GET(ctx) {
    const { rows, detail } = await readPool(ctx.state, ctx.url, { id: ctx.params["id"] ?? "" });
    const { pool, source } = detail;
    const lines = rows.map((row) => [...csvRow(row), source, pool.id]);
    return new Response(formatCsv(HEADER, lines), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="tokenlysis-${pool.id}.csv"`,
        "cache-control": "no-cache",
      },
    });
  },
});
