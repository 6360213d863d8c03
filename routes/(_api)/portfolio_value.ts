import { z } from "zod";
import { BASE_CURRENCIES } from "../../services/portfolio/mod.ts";
import { csvOf } from "./csv_answer.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import {
  answererOf,
  PORTFOLIO_TAG as tag,
  type PortfolioDeps,
  PortfolioParams,
  scopeOf,
} from "./portfolio_scope.ts";
import { positionToRow, ValueSchema, valueToWire } from "./portfolio_value_wire.ts";
import { streamed } from "./reply.ts";

const POSITION_COLUMNS = [
  ...["asset_id", "symbol", "quantity", "price_usd", "price_source", "price_resolution"],
  ...["price_asof", "currency", "value", "value_usd", "share", "cost_usd", "uncosted"],
  ...["unrealized_usd", "unpriced"],
];

/** What a portfolio is worth now, position by position. */
export function valueEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const answer = answererOf(deps);
  return [endpoint({
    path: "/api/portfolio/{portfolio_id}/valuation",
    tag,
    summary: "Value and positions at the prices of now, each with where its price comes from",
    description: "What has no price of now, or no rate to the currency, is counted as unpriced " +
      "and left out of every sum. Costs follow the portfolio's own lot rules.",
    params: PortfolioParams,
    query: z.object({
      currency: z.enum(BASE_CURRENCIES).optional().describe("The portfolio's own without it"),
      format: z.enum(["json", "csv"]).default("json").describe("csv has the positions"),
    }),
    response: ValueSchema,
    otherMediaType: "text/csv",
    refusals: [404],
    async handle(input) {
      const { currency, format } = input.query;
      const value = await deps.holdings.getValue(scopeOf(input, deps), { currency });
      if (format === "json") return answer(valueToWire(value));
      const toRow = (position: typeof value.positions[number]) =>
        positionToRow(position, value.currency);
      return streamed(csvOf(value.positions, { columns: POSITION_COLUMNS, toRow }), {
        fileName: `positions-${value.portfolio.id}.csv`,
        mediaType: "text/csv",
      });
    },
  })];
}
