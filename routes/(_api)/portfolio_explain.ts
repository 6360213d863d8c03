import { z } from "zod";
import { BASE_CURRENCIES } from "../../services/portfolio/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { instant } from "./params.ts";
import {
  answererOf,
  checkOrder,
  PORTFOLIO_TAG as tag,
  type PortfolioDeps,
  PortfolioParams,
  scopeOf,
} from "./portfolio_scope.ts";
import { TransactionSchema, transactionToWire } from "./portfolio_wire.ts";

const Unit = z.enum(["money", "usd", "fraction", "units", "text"]);
const Explanation = z.object({
  figure: z.string(),
  label: z.string(),
  value: z.string().nullable(),
  unit: Unit.describe("money is in the currency beside it"),
  currency: z.string(),
  reason: z.string().nullable().describe("Why there is no value"),
  words: z.string(),
  formula: z.string(),
  inputs: z.array(z.object({
    name: z.string(),
    asset_id: z.string().nullable().describe("The asset that its name has by the id"),
    value: z.string().nullable(),
    unit: Unit,
    note: z.string().nullable(),
  })),
  rounding: z.string(),
  rows: z.array(TransactionSchema).describe("The newest rows of the ledger behind it"),
  row_count: z.int(),
}).meta({ id: "PortfolioExplanation" });

/** Every figure of a portfolio taken apart, down to the rows of its ledger. */
export function portfolioExplainEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { holdings, work } = deps;
  const answer = answererOf(deps);
  return [
    endpoint({
      path: "/api/portfolio/{portfolio_id}/explain/{figure}",
      tag,
      summary: "What a figure of a portfolio is made of, down to the rows of its ledger",
      params: PortfolioParams.extend({ figure: z.string().min(1).max(80) }),
      query: z.object({
        currency: z.enum(BASE_CURRENCIES).optional(),
        from: instant("from").describe("Of returns: from before the first row without it"),
        to: instant("to", { dayIs: "end" }).describe("Of returns: to the present without it"),
      }),
      response: Explanation,
      refusals: [404],
      async handle(input) {
        const scope = scopeOf(input, deps);
        const { currency, from, to } = input.query;
        checkOrder({ from, to });
        const value = await holdings.getValue(scope, { currency });
        // In what the sums of lots are in: dollars where the currency has no rate now.
        const measured = await work.getPerformance(scope, {
          ...{ from, to, currency: value.own.currency },
        });
        const { rows, rowCount, inputs, ...figure } = await work.explain(scope, {
          ...{ figure: input.params.figure, value, measured },
        });
        return answer({
          ...figure,
          inputs: inputs.map(({ assetId, ...input }) => ({ ...input, asset_id: assetId ?? null })),
          rows: rows.map(transactionToWire),
          row_count: rowCount,
        });
      },
    }),
  ];
}
