import { HttpError } from "fresh";
import { define } from "../../page_state.ts";
import { CSV_TABLES, tableCsv } from "../(_components)/tables_csv.ts";
import { readAnalytics } from "../(_components)/read_analytics.ts";

/** A table of the page with the same query, every digit as computed. */
export const handler = define.handlers({
  async GET(ctx) {
    const table = CSV_TABLES.find((name) => name === ctx.params["table"]);
    const data = await readAnalytics(ctx.state, ctx.url);
    const text = table === undefined || data === null ? null : tableCsv(table, data);
    if (text === null) {
      throw new HttpError(404, `There is no such table here: ${CSV_TABLES.join(", ")}`);
    }
    return new Response(text, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="tokenlysis-${table}.csv"`,
        "cache-control": "no-cache",
      },
    });
  },
});
