import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import {
  BASE_CURRENCIES,
  type BaseCurrency,
  LOT_METHODS,
  LOT_POOLS,
  type LotList,
  type LotListName,
  type LotRows,
  type LotRule,
  type MatchedPortfolio,
  requireVersion,
  yearOf,
} from "../../services/portfolio/mod.ts";
import { rowInCurrency, schemaInCurrency } from "./amount_names.ts";
import { csvOf, type CsvRow } from "./csv_answer.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { AssetName, wholeNumber } from "./params.ts";
import {
  DisposalSchema,
  disposalToWire,
  FeeSchema,
  feeToWire,
  IncomeSchema,
  incomeToWire,
  LotSchema,
  lotToWire,
  ProblemSchema,
  problemToWire,
  RealizedSchema,
  realizedToWire,
} from "./portfolio_lots_wire.ts";
import {
  answererOf,
  PORTFOLIO_TAG as tag,
  type PortfolioDeps,
  PortfolioParams,
  scopeOf,
} from "./portfolio_scope.ts";
import { LotRuleSchema, rulesToWire } from "./portfolio_wire.ts";
import { nextLink, type Reply, streamed } from "./reply.ts";

const QUERY = z.object({
  method: z.enum(LOT_METHODS).optional()
    .describe("For all years alike; without it as the portfolio's rules say"),
  pools: z.enum(LOT_POOLS).optional(),
  currency: z.enum(BASE_CURRENCIES).optional().describe(
    "Has lots matched in it, each row by the rate of its time, and names amounts without _usd; " +
      "dollars without it",
  ),
  asset: AssetName.optional().describe("Only this asset"),
  year: z.string().regex(/^(19|20)\d\d$/).transform(Number).optional()
    .meta({ wire: { type: "integer", minimum: 1900, maximum: 2099 } })
    .describe("Only what happened in this tax year (UTC)"),
  format: z.enum(["json", "csv"]).default("json").describe("csv has all rows, in one file"),
  limit: wholeNumber({ min: 1, max: 5_000, fallback: 500 }),
  cursor: z.string().max(40).optional().describe("From meta.next_cursor"),
});

/** Rows of a file that are asked for at a time: to write them holds the event loop for moments. */
const ROWS_PER_PART = 1_000;

/** One list that follows from a ledger, and how its rows are written. */
interface BookList<Name extends LotListName> {
  readonly name: Name;
  readonly summary: string;
  readonly schema: z.ZodObject;
  readonly toWire: (row: LotRows[Name]) => CsvRow;
  /** When it counts; `null` where it is as of now. */
  readonly at: (row: LotRows[Name]) => number | null;
}

/** What follows from a ledger: lots, disposals, income, fees, and what it does not tell. */
export function lotEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  return [
    listEndpoint(deps, {
      name: "lots",
      summary: "Open lots: what is held, since when and at what cost",
      schema: LotSchema,
      toWire: lotToWire,
      at: () => null,
    }),
    listEndpoint(deps, {
      name: "disposals",
      summary: "Fractions of lots that were disposed of, with gains by year and asset",
      schema: DisposalSchema,
      toWire: disposalToWire,
      at: ({ disposed }) => disposed,
    }),
    listEndpoint(deps, {
      name: "income",
      summary: "Rewards, airdrops and other income at what they were worth when they came",
      schema: IncomeSchema,
      toWire: incomeToWire,
      at: ({ at }) => at,
    }),
    listEndpoint(deps, {
      name: "fees",
      summary: "Fees and where they went",
      schema: FeeSchema,
      toWire: feeToWire,
      at: ({ at }) => at,
    }),
    listEndpoint(deps, {
      name: "problems",
      summary: "What the ledger does not tell, with what would fix it",
      schema: ProblemSchema,
      toWire: problemToWire,
      at: ({ at }) => at,
    }),
  ];
}

function listEndpoint<Name extends LotListName>(
  deps: PortfolioDeps,
  list: BookList<Name>,
): Endpoint {
  const { work, market } = deps;
  const answer = answererOf(deps);
  const hasTotals = list.name === "disposals";
  return endpoint({
    path: `/api/portfolio/{portfolio_id}/${list.name}`,
    tag,
    summary: list.summary,
    params: PortfolioParams,
    query: QUERY,
    response: z.object({
      lot_rule: LotRuleSchema,
      lot_rules_by_year: z.record(z.string(), LotRuleSchema),
      ledger_version: z.int(),
      total: z.int().describe("Rows on all pages"),
      [list.name]: z.array(z.union([list.schema, schemaInCurrency(list.schema)])),
      ...hasTotals && {
        realized: z.array(z.union([RealizedSchema, schemaInCurrency(RealizedSchema)])),
      },
    }),
    otherMediaType: "text/csv",
    refusals: [404, 409],
    async handle(input) {
      const { query: { method, pools, currency, asset, year, limit, cursor, format }, url } = input;
      const scope = scopeOf(input, deps);
      const assetId = asset === undefined ? undefined : market.resolve(asset).id;
      const asked = { name: list.name, method, pools, currency, assetId, year };
      const named = (row: CsvRow) => currency === undefined ? row : rowInCurrency(row, currency);
      const read = (start: number, limit: number) =>
        work.listLots(scope, { ...asked, start, limit });
      if (format === "csv") {
        return csvReply(list, { first: await read(0, ROWS_PER_PART), read, currency });
      }
      const { version, start } = readCursor(cursor);
      const part = await read(start, limit);
      if (version !== null) requireVersion(version, part);
      const end = start + limit;
      const next = end < part.total ? `${part.ledgerVersion}.${end}` : null;
      return answer({
        lot_rule: { ...part.rule },
        lot_rules_by_year: rulesToWire(part.rulesByYear),
        ledger_version: part.ledgerVersion,
        total: part.total,
        [list.name]: part.rows.map((row) => named(list.toWire(row))),
        ...hasTotals && { realized: part.realized.map((one) => named(realizedToWire(one))) },
      }, {
        meta: { next_cursor: next },
        headers: next === null ? {} : nextLink(url, { cursor: next }),
      });
    },
  });
}

/** All rows, each with the rule that it was matched by. */
function csvReply<Name extends LotListName>(
  { name, schema, toWire, at }: BookList<Name>,
  parts: ListParts<Name>,
): Reply {
  const { first, currency } = parts;
  const { shape } = currency === undefined ? schema : schemaInCurrency(schema);
  const columns = [...Object.keys(shape), "method", "pools"];
  const toRow = (row: LotRows[Name]) => {
    const wire = toWire(row);
    const named = currency === undefined ? wire : rowInCurrency(wire, currency);
    return { ...named, ...ruleAt(first, at(row)) };
  };
  return streamed(csvOf(allRows(parts), { columns, toRow }), {
    fileName: `${name}-${first.portfolio.id}.csv`,
    mediaType: "text/csv",
  });
}

interface ListParts<Name extends LotListName> {
  readonly first: LotList<LotRows[Name]>;
  readonly read: (start: number, limit: number) => Promise<LotList<LotRows[Name]>>;
  /** What amounts were asked for in. */
  readonly currency: BaseCurrency | undefined;
}

/** Part after part; a ledger that changes meanwhile ends the file, which then is seen to be cut. */
async function* allRows<Name extends LotListName>(
  { first, read }: Omit<ListParts<Name>, "currency">,
): AsyncGenerator<readonly LotRows[Name][]> {
  yield first.rows;
  for (let start = ROWS_PER_PART; start < first.total; start += ROWS_PER_PART) {
    const part = await read(start, ROWS_PER_PART);
    requireVersion(first.ledgerVersion, part);
    yield part.rows;
  }
}

function ruleAt({ rule, rulesByYear }: MatchedPortfolio, at: number | null): LotRule {
  return { ...(at === null ? rule : rulesByYear[yearOf(at)] ?? rule) };
}

/** Where a page begins; its cursor holds for one version of the ledger alone. */
function readCursor(
  cursor: string | undefined,
): { readonly version: number | null; readonly start: number } {
  if (cursor === undefined) return { version: null, start: 0 };
  const [, version, start] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (version === undefined || start === undefined) {
    throw new AppError("VALIDATION_FAILED", "Cannot read cursor: expected one from next_cursor", {
      details: { fields: [{ name: "cursor", message: "Not a cursor of this list" }] },
    });
  }
  return { version: Number(version), start: Number(start) };
}
