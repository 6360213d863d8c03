import { define } from "../../page_state.ts";
import { portfolioCharts } from "../(_components)/chart_sets.ts";
import { readPortfolio } from "../(_components)/read_portfolio.ts";

/** The charts of a portfolio's page as data, for a page that is open already. */
export const handler = define.handlers({
  async GET(ctx) {
    const data = await readPortfolio(ctx.state, ctx.req, { id: ctx.params["id"] ?? "" });
    return Response.json({ data: portfolioCharts(data) }, {
      headers: { "cache-control": "private, no-store" },
    });
  },
});
