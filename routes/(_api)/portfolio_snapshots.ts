import { z } from "zod";
import { finiteOrNull } from "../../services/kernel/numbers.ts";
import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import { SNAPSHOT_INTERVALS } from "../../services/portfolio/mod.ts";
import { csvOf } from "./csv_answer.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AssetName, instant } from "./params.ts";
import {
  answererOf,
  PORTFOLIO_TAG as tag,
  type PortfolioDeps,
  PortfolioParams,
  scopeOf,
} from "./portfolio_scope.ts";
import { timeOf } from "./portfolio_wire.ts";
import { streamed } from "./reply.ts";
import { Epoch, Instant } from "./schemas.ts";

const Snapshots = z.object({
  portfolio_id: z.uuid(),
  interval: z.enum(SNAPSHOT_INTERVALS),
  asof: Instant.nullable().describe("End of the last bucket; null where nothing is valued yet"),
  built_at: Instant.nullable(),
  ledger_version: z.int().nullable().describe("The ledger that the values are of"),
  t: z.array(Epoch).describe("Ends of the buckets, the last ones shorter up to asof"),
  accounts: z.array(z.object({
    asset_id: z.string(),
    account: z.string(),
    value_usd: z.array(z.number().nullable()).describe("null where a price is missing"),
  })),
}).meta({ id: "PortfolioSnapshots" });

const COLUMNS = ["time", "asset_id", "account", "value_usd"];

/** What accounts held of each asset was worth at the ends of buckets. */
export function snapshotEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { snapshotValues, market } = deps;
  const answer = answererOf(deps);
  return [endpoint({
    path: "/api/portfolio/{portfolio_id}/snapshots",
    tag,
    summary: "Value by account and asset at the ends of 5 m, 1 h and 1 d buckets, as it is kept",
    params: PortfolioParams,
    query: z.object({
      interval: z.enum(SNAPSHOT_INTERVALS).default("1d"),
      from: instant("from"),
      to: instant("to", { dayIs: "end" }),
      asset: AssetName.optional(),
      account: z.string().min(1).max(200).optional(),
      format: z.enum(["json", "csv"]).default("json"),
    }),
    response: Snapshots,
    otherMediaType: "text/csv",
    refusals: [404, 409],
    async handle(input) {
      const { interval, from, to, asset, account, format } = input.query;
      const scope = scopeOf(input, deps);
      const { state, ends, accounts } = await snapshotValues.getValues(scope, {
        ...{ interval, from, to, account },
        assetId: asset === undefined ? undefined : market.resolve(asset).id,
      });
      if (format === "csv") {
        const rows = accounts.flatMap(({ assetId, account, values }) =>
          Array.from(values, (value, row) => ({
            ...{ time: formatUtcMs(ends[row] as UtcMs), asset_id: assetId, account },
            value_usd: finiteOrNull(value),
          }))
        );
        return streamed(csvOf(rows, { columns: COLUMNS, toRow: (row) => row }), {
          fileName: `snapshots-${interval}-${scope.portfolioId}.csv`,
          mediaType: "text/csv",
        });
      }
      return answer({
        ...{ portfolio_id: scope.portfolioId, interval },
        asof: timeOf(state?.until ?? null),
        built_at: timeOf(state?.builtAt ?? null),
        ledger_version: state?.ledgerVersion ?? null,
        t: [...ends],
        accounts: accounts.map(({ assetId, account, values }) => ({
          ...{ asset_id: assetId, account },
          value_usd: Array.from(values, finiteOrNull),
        })),
      });
    },
  })];
}
