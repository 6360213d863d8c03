import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import { parseUuid, type Uuid } from "../../services/kernel/ids.ts";
import { type UtcMs } from "../../services/kernel/time.ts";
import {
  ACTIONS,
  type EntryValues,
  formatPicks,
  type LedgerRow,
} from "../../services/portfolio/mod.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AssetName, IdParam, NOTHING, wholeNumber } from "./params.ts";
import {
  answererOf,
  PORTFOLIO_TAG as tag,
  type PortfolioDeps,
  PortfolioParams,
  scopeOf,
} from "./portfolio_scope.ts";
import {
  Amount,
  Entered,
  enteredToWire,
  LedgerChangeSchema,
  timeOf,
  TransactionSchema,
  transactionToWire,
} from "./portfolio_wire.ts";
import { nextLink, streamed } from "./reply.ts";

const refusals = [404];
const RowParams = PortfolioParams.extend({ transaction_id: IdParam });

const Text = z.string().max(256).nullable().optional();
/** A row by the columns of Transactions CSV v1.1. */
const VALUES = {
  timestamp: z.string().max(40).describe("ISO 8601, UTC without a zone"),
  action: z.enum(ACTIONS),
  asset_id: AssetName,
  quantity: Amount.max(80),
  unit_price_usd: Amount.max(80).nullable().optional(),
  unit_price: Amount.max(80).nullable().optional()
    .describe("In the money of price_asset, by the rate of its time; instead of unit_price_usd"),
  price_asset: z.string().max(8).nullable().optional().describe("Such as EUR; dollars without"),
  fee_asset: Text,
  fee_amount: Amount.max(80).nullable().optional(),
  account: Text.describe("Where it is held"),
  wallet: Text,
  venue: Text,
  tx_hash: Text,
  external_id: Text,
  notes: z.string().max(10_000).nullable().optional(),
  parent_id: z.uuid().nullable().optional().describe("Of a FEE: the row that it was paid for"),
  lots: z.array(z.strictObject({ id: z.uuid(), quantity: Amount.max(80) })).max(100).optional()
    .describe("For specific identification: which rows' lots it takes, and how much of each"),
};
const NewRow = z.strictObject(VALUES);
const ChangedRow = NewRow.partial();

export function transactionEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  return [listEndpoint(deps), exportEndpoint(deps), ...addEndpoints(deps), ...rowEndpoints(deps)];
}

function listEndpoint(deps: PortfolioDeps): Endpoint {
  const { ledger, market } = deps;
  const answer = answererOf(deps);
  return endpoint({
    path: "/api/portfolio/{portfolio_id}/transactions",
    tag,
    summary: "Rows of the ledger, fees as rows of their own",
    params: PortfolioParams,
    query: z.object({
      asset: AssetName.optional().describe("Only rows of this asset"),
      order: z.enum(["newest", "oldest"]).default("newest"),
      limit: wholeNumber({ min: 1, max: 1_000, fallback: 100 }),
      cursor: z.string().max(80).optional().describe("From meta.next_cursor"),
    }),
    response: z.array(TransactionSchema),
    refusals: [404, 409],
    async handle(input) {
      const { asset, order, limit, cursor } = input.query;
      const page = await ledger.listTransactions(scopeOf(input, deps), {
        limit,
        isNewestFirst: order === "newest",
        ...asset !== undefined && { assetId: market.resolve(asset).id },
        ...cursor !== undefined && { after: readCursor(cursor) },
      });
      const last = page.at(-1);
      const next = page.length === limit && last ? cursorOf(last) : null;
      return answer(page.map(transactionToWire), {
        meta: { next_cursor: next },
        headers: next === null ? {} : nextLink(input.url, { cursor: next }),
      });
    },
  });
}

function exportEndpoint(deps: PortfolioDeps): Endpoint {
  const { ledger, portfolios } = deps;
  return endpoint({
    path: "/api/portfolio/{portfolio_id}/export",
    tag,
    summary: "The ledger as Transactions CSV v1.1, which imports to the same ledger",
    params: PortfolioParams,
    query: NOTHING,
    response: z.string(),
    isBare: true,
    mediaType: "text/csv",
    refusals,
    async handle(input) {
      const scope = scopeOf(input, deps);
      // Once the first byte is sent nothing can be refused any more.
      await portfolios.get(scope);
      return streamed(ledger.exportTransactions(scope), {
        fileName: `transactions-${scope.portfolioId}.csv`,
        mediaType: "text/csv",
      });
    },
  });
}

function addEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { ledger } = deps;
  const answer = answererOf(deps);
  const shape = {
    method: "POST" as const,
    tag,
    params: PortfolioParams,
    query: NOTHING,
    response: Entered,
    status: 201 as const,
    refusals: [404, 409],
  };
  return [
    endpoint({
      ...shape,
      path: "/api/portfolio/{portfolio_id}/transactions",
      summary: "Add a row to the ledger",
      body: NewRow,
      async handle(input) {
        const row = await ledger.add(scopeOf(input, deps), toValues(input.body));
        return answer(enteredToWire(row), { status: 201 });
      },
    }),
    endpoint({
      ...shape,
      path: "/api/portfolio/{portfolio_id}/assets",
      summary: "Add an asset that was bought: a BUY of the ledger",
      body: NewRow.omit({ action: true, parent_id: true, lots: true }),
      async handle(input) {
        const values = { ...toValues(input.body), action: "BUY" };
        const row = await ledger.add(scopeOf(input, deps), values);
        return answer(enteredToWire(row), { status: 201 });
      },
    }),
  ];
}

function rowEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  const { ledger } = deps;
  const answer = answererOf(deps);
  const shape = {
    path: "/api/portfolio/{portfolio_id}/transactions/{transaction_id}",
    tag,
    params: RowParams,
    query: NOTHING,
    response: Entered,
    refusals,
  };
  return [
    endpoint({
      ...shape,
      summary: "A row of the ledger with its fee",
      async handle(input) {
        const { transaction_id } = input.params;
        const row = await ledger.getTransaction(scopeOf(input, deps), transaction_id);
        return answer(enteredToWire(row));
      },
    }),
    endpoint({
      ...shape,
      method: "PUT",
      summary: "Change a row and its fee",
      description: "What is left out stays as it is; null takes a value away.",
      body: ChangedRow,
      refusals: [404, 409],
      async handle(input) {
        const { transaction_id } = input.params;
        const values = toValues(input.body);
        return answer(
          enteredToWire(await ledger.edit(scopeOf(input, deps), transaction_id, values)),
        );
      },
    }),
    endpoint({
      ...shape,
      method: "DELETE",
      summary: "Remove a row and its fee, which can be restored for 30 days",
      response: LedgerChangeSchema,
      async handle(input) {
        const { transaction_id } = input.params;
        const change = await ledger.remove(scopeOf(input, deps), transaction_id);
        return answer({
          changed_from: timeOf(change.changedFrom),
          ledger_version: change.ledgerVersion,
        });
      },
    }),
  ];
}

/** What was given, as the ledger reads it. */
function toValues({ lots, ...values }: z.output<typeof ChangedRow>): EntryValues {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const picks = lots?.flatMap(({ id, quantity }) => {
    const rowId = parseUuid(id);
    return rowId === null ? [] : [{ rowId, quantity }];
  });
  return { ...Object.fromEntries(given), ...picks && { lots: formatPicks(picks) } };
}

/** Names the last row of a page, so that the next one stays the same when rows are added. */
function cursorOf({ at, id }: LedgerRow): string {
  return `${at}.${id}`;
}

function readCursor(cursor: string): { readonly at: UtcMs; readonly id: Uuid } {
  const [, at = "", rest = ""] = /^(\d{1,15})\.(.+)$/.exec(cursor) ?? [];
  const id = parseUuid(rest);
  if (at !== "" && id !== null) return { at: Number(at) as UtcMs, id };
  throw new AppError(
    "VALIDATION_FAILED",
    "Cannot read cursor: expected one from meta.next_cursor",
    {
      details: { fields: [{ name: "cursor", message: "Not a cursor of this list" }] },
    },
  );
}
