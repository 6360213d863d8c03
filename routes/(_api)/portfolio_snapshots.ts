import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import { finiteOrNull } from "../../services/kernel/numbers.ts";
import { formatUtcMs, type UtcMs } from "../../services/kernel/time.ts";
import type { AssetId } from "../../services/market/mod.ts";
import {
  SNAPSHOT_INTERVALS,
  type SnapshotCursor,
  type SnapshotValues,
  type SnapshotValuesQuery,
} from "../../services/portfolio/mod.ts";
import { csvOf } from "./csv_answer.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AssetName, instant, wholeNumber } from "./params.ts";
import {
  answererOf,
  PORTFOLIO_TAG as tag,
  type PortfolioDeps,
  PortfolioParams,
  scopeOf,
} from "./portfolio_scope.ts";
import { timeOf } from "./portfolio_wire.ts";
import { nextLink, streamed } from "./reply.ts";
import { Epoch, Instant } from "./schemas.ts";

const Snapshots = z.object({
  portfolio_id: z.uuid(),
  interval: z.enum(SNAPSHOT_INTERVALS),
  asof: Instant.nullable().describe("End of the last bucket; null where nothing is valued yet"),
  built_at: Instant.nullable(),
  ledger_version: z.int().nullable().describe("The ledger that the values are of"),
  total: z.int().describe("Assets on all pages"),
  t: z.array(Epoch).describe("Ends of the buckets, the last ones shorter up to asof"),
  accounts: z.array(z.object({
    asset_id: z.string(),
    account: z.string(),
    value_usd: z.array(z.number().nullable()).describe("null where a price is missing"),
  })),
}).meta({ id: "PortfolioSnapshots" });

/** Assets whose values are read together for a file. */
const ASSETS_PER_PART = 10;
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
      format: z.enum(["json", "csv"]).default("json").describe("csv has all assets, in one file"),
      limit: wholeNumber({ min: 1, max: 250, fallback: 50 })
        .describe("Assets of a page; it has fewer where they have many values"),
      cursor: z.string().max(120).optional().describe("From meta.next_cursor"),
    }),
    response: Snapshots,
    otherMediaType: "text/csv",
    refusals: [404, 409],
    async handle(input) {
      const { interval, from, to, asset, account, format, limit, cursor } = input.query;
      const scope = scopeOf(input, deps);
      const read = (page: Pick<SnapshotValuesQuery, "limit" | "after">) =>
        snapshotValues.getPage(scope, {
          ...{ interval, from, to, account, ...page },
          assetId: asset === undefined ? undefined : market.resolve(asset).id,
        });
      if (format === "csv") {
        const rows = allRows({ first: await read({ limit: ASSETS_PER_PART, after: null }), read });
        return streamed(csvOf(rows, { columns: COLUMNS, toRow: (row) => row }), {
          fileName: `snapshots-${interval}-${scope.portfolioId}.csv`,
          mediaType: "text/csv",
        });
      }
      const page = await read({ limit, after: readCursor(cursor) });
      const { state, ends, accounts, total } = page;
      const next = page.next && `${page.next.build}.${page.next.assetId}`;
      return answer({
        ...{ portfolio_id: scope.portfolioId, interval, total },
        asof: timeOf(state?.until ?? null),
        built_at: timeOf(state?.builtAt ?? null),
        ledger_version: state?.ledgerVersion ?? null,
        t: [...ends],
        accounts: accounts.map(({ assetId, account, values }) => ({
          ...{ asset_id: assetId, account },
          value_usd: Array.from(values, finiteOrNull),
        })),
      }, {
        meta: { next_cursor: next },
        headers: next === null ? {} : nextLink(input.url, { cursor: next }),
      });
    },
  })];
}

interface Pages {
  readonly first: SnapshotValues;
  readonly read: (
    page: Pick<SnapshotValuesQuery, "limit" | "after">,
  ) => Promise<SnapshotValues>;
}

/** The values of one account after the other; those that are made anew meanwhile end the file. */
async function* allRows({ first, read }: Pages) {
  for (let page = first;; page = await read({ limit: ASSETS_PER_PART, after: page.next })) {
    for (const { assetId, account, values } of page.accounts) {
      yield Array.from(values, (value, row) => ({
        ...{ time: formatUtcMs(page.ends[row] as UtcMs), asset_id: assetId, account },
        value_usd: finiteOrNull(value),
      }));
    }
    if (page.next === null) return;
  }
}

/** Where a page begins; its cursor holds for one build of the snapshots alone. */
function readCursor(cursor: string | undefined): SnapshotCursor | null {
  if (cursor === undefined) return null;
  const [, build, assetId] = /^(\d{1,15})\.(.+)$/.exec(cursor) ?? [];
  if (build === undefined || assetId === undefined) {
    throw new AppError("VALIDATION_FAILED", "Cannot read cursor: expected one from next_cursor", {
      details: { fields: [{ name: "cursor", message: "Not a cursor of this list" }] },
    });
  }
  return { build: Number(build), assetId: assetId as AssetId };
}
