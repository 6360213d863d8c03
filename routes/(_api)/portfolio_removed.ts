import { z } from "zod";
import { formatUtcMs } from "../../services/kernel/time.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { IdParam, NOTHING, wholeNumber } from "./params.ts";
import {
  answererOf,
  PORTFOLIO_TAG as tag,
  type PortfolioDeps,
  PortfolioParams,
  scopeOf,
} from "./portfolio_scope.ts";
import { Entered, enteredToWire } from "./portfolio_wire.ts";
import { Instant } from "./schemas.ts";

const Removed = Entered.extend({ removed_at: Instant }).meta({ id: "RemovedTransaction" });

/** Rows that were removed by hand, for as long as they can be put back. */
export function removedEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { ledger } = deps;
  const answer = answererOf(deps);
  return [
    endpoint({
      path: "/api/portfolio/{portfolio_id}/removed",
      tag,
      summary: "Rows that were removed in the last 30 days, the last removed first",
      params: PortfolioParams,
      query: z.object({ limit: wholeNumber({ min: 1, max: 1_000, fallback: 100 }) }),
      response: z.array(Removed),
      refusals: [404],
      async handle(input) {
        const removed = await ledger.listRemoved(scopeOf(input, deps), input.query.limit);
        return answer(removed.map(({ removedAt, ...entered }) => ({
          ...enteredToWire(entered),
          removed_at: formatUtcMs(removedAt),
        })));
      },
    }),
    endpoint({
      method: "POST",
      path: "/api/portfolio/{portfolio_id}/removed/{removed_id}/restore",
      tag,
      summary: "Put a removed row and its fee back as they stood",
      description: "Refused where the ledger has such a row again.",
      params: PortfolioParams.extend({ removed_id: IdParam }),
      query: NOTHING,
      response: Entered,
      refusals: [404, 409],
      async handle(input) {
        const row = await ledger.restore(scopeOf(input, deps), input.params.removed_id);
        return answer(enteredToWire(row));
      },
    }),
  ];
}
