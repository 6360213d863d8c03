import { linesCsv } from "../components/charts/lines_csv.ts";
import { DAY_MS } from "../services/kernel/time.ts";
import { readOverview } from "./(_overview)/read_overview.ts";
import { define } from "./page_state.ts";

/** The total market value day by day as CSV, of the theme of the same query; a gap is empty. */
export const handler = define.handlers({
  async GET(ctx) {
    const { overview } = await readOverview(ctx.state.market, ctx.url);
    const total = await ctx.state.market.getTotalValue(overview.quotes);
    const column = { key: "market_value_usd", label: "Total" };
    const csv = total === null
      ? linesCsv([{ ...column, values: new Float64Array() }], { from: 0, barMs: DAY_MS })
      : linesCsv([{ ...column, values: total.valuesUsd }], { from: total.from, barMs: DAY_MS });
    return new Response(csv, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="tokenlysis-total-value.csv"',
        "cache-control": "no-cache",
      },
    });
  },
});
