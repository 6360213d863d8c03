import { z } from "zod";
import {
  BASE_CURRENCIES,
  type LotRule,
  type PortfolioSettings,
} from "../../services/portfolio/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { NOTHING } from "./params.ts";
import { importEndpoints } from "./portfolio_imports.ts";
import { portfolioExplainEndpoints } from "./portfolio_explain.ts";
import { lotEndpoints } from "./portfolio_lots.ts";
import { performanceEndpoints } from "./portfolio_performance.ts";
import { snapshotEndpoints } from "./portfolio_snapshots.ts";
import {
  answererOf,
  PORTFOLIO_TAG as tag,
  type PortfolioDeps,
  PortfolioParams,
  scopeOf,
} from "./portfolio_scope.ts";
import { removedEndpoints } from "./portfolio_removed.ts";
import { ListedPortfolioSchema, listedToWire } from "./portfolio_summary_wire.ts";
import { transactionEndpoints } from "./portfolio_transactions.ts";
import { LotRuleSchema, PortfolioSchema, portfolioToWire } from "./portfolio_wire.ts";
import { valueEndpoints } from "./portfolio_value.ts";
import { watchlistEndpoints } from "./watchlist.ts";

const SETTINGS = {
  name: z.string().trim().min(1).max(80),
  base_currency: z.enum(BASE_CURRENCIES).describe("What it is valued in"),
  lot_rule: LotRuleSchema,
  lot_rules_by_year: z.record(z.string().regex(/^(19|20)\d\d$/), LotRuleSchema)
    .describe("By tax year (UTC); years that are not named follow lot_rule"),
};
const Settings = z.strictObject(SETTINGS).partial();

/** Everything that has an owner: portfolios with all that hangs on them, and watchlists. */
export function portfolioEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  return [
    ...listEndpoints(deps),
    ...oneEndpoints(deps),
    ...transactionEndpoints(deps),
    ...removedEndpoints(deps),
    ...importEndpoints(deps),
    ...lotEndpoints(deps),
    ...portfolioExplainEndpoints(deps),
    ...valueEndpoints(deps),
    ...performanceEndpoints(deps),
    ...snapshotEndpoints(deps),
    ...watchlistEndpoints(deps),
  ];
}

function listEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { portfolios, summaries, ownerOf } = deps;
  const answer = answererOf(deps);
  return [
    endpoint({
      path: "/api/portfolio",
      tag,
      summary: "Your portfolios with what each is worth, the oldest first",
      description: "Values are read from what is kept, up to asof; valuation has those of now.",
      params: NOTHING,
      query: z.object({
        deleted: z.enum(["true", "false"]).default("false")
          .describe("true: with those that can be restored"),
      }),
      response: z.array(ListedPortfolioSchema),
      async handle({ headers, query }) {
        const ownerId = ownerOf(headers());
        const withDeleted = query.deleted === "true";
        const list = await portfolios.list(ownerId, { withDeleted });
        const known = new Map(
          (await summaries.list(ownerId)).map((one) => [one.portfolio.id, one]),
        );
        return answer(list.map((one) => listedToWire(one, known.get(one.id))));
      },
    }),
    endpoint({
      method: "POST",
      path: "/api/portfolio",
      tag,
      summary: "Make a portfolio",
      params: NOTHING,
      query: NOTHING,
      body: Settings.required({ name: true }),
      response: PortfolioSchema,
      status: 201,
      refusals: [409],
      async handle({ headers, body }) {
        const made = await portfolios.create(ownerOf(headers()), toSettings(body));
        return answer(portfolioToWire(made), { status: 201 });
      },
    }),
  ];
}

function oneEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { portfolios } = deps;
  const answer = answererOf(deps);
  const shape = {
    path: "/api/portfolio/{portfolio_id}",
    tag,
    params: PortfolioParams,
    query: NOTHING,
    response: PortfolioSchema,
    refusals: [404],
  };
  return [
    endpoint({
      ...shape,
      summary: "A portfolio and its rules",
      async handle(input) {
        return answer(portfolioToWire(await portfolios.get(scopeOf(input, deps))));
      },
    }),
    endpoint({
      ...shape,
      method: "PUT",
      summary: "Rename a portfolio, or change its currency and its rules",
      description: "What is left out stays as it is. No transaction is touched: lots and values " +
        "are computed from them anew.",
      body: Settings,
      async handle(input) {
        const changed = await portfolios.update(scopeOf(input, deps), toSettings(input.body));
        return answer(portfolioToWire(changed));
      },
    }),
    endpoint({
      ...shape,
      method: "DELETE",
      summary: "Delete a portfolio; it can be restored for 30 days",
      async handle(input) {
        return answer(portfolioToWire(await portfolios.remove(scopeOf(input, deps))));
      },
    }),
    endpoint({
      ...shape,
      method: "POST",
      path: "/api/portfolio/{portfolio_id}/restore",
      summary: "Bring back a portfolio that was deleted in the last 30 days",
      description: "Refused beside 100 others.",
      refusals: [404, 409],
      async handle(input) {
        return answer(portfolioToWire(await portfolios.restore(scopeOf(input, deps))));
      },
    }),
  ];
}

/** What is given, under our names. */
function toSettings(
  { name, base_currency, lot_rule, lot_rules_by_year }: z.output<typeof Settings>,
): Partial<PortfolioSettings> {
  return {
    ...name !== undefined && { name },
    ...base_currency !== undefined && { baseCurrency: base_currency },
    ...lot_rule !== undefined && { rule: lot_rule },
    ...lot_rules_by_year !== undefined && {
      rulesByYear: lot_rules_by_year as Readonly<Record<number, LotRule>>,
    },
  };
}
