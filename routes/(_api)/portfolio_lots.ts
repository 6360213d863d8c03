import { z } from "zod";
import { AppError } from "../../services/kernel/errors.ts";
import {
  LOT_METHODS,
  LOT_POOLS,
  type LotRule,
  type MatchedLots,
  ofYear,
  requireVersion,
  yearOf,
} from "../../services/portfolio/mod.ts";
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
  asset: AssetName.optional().describe("Only this asset"),
  year: z.string().regex(/^(19|20)\d\d$/).transform(Number).optional()
    .meta({ wire: { type: "integer", minimum: 1900, maximum: 2099 } })
    .describe("Only what happened in this tax year (UTC)"),
  format: z.enum(["json", "csv"]).default("json").describe("csv has all rows, in one file"),
  limit: wholeNumber({ min: 1, max: 5_000, fallback: 500 }),
  cursor: z.string().max(40).optional().describe("From meta.next_cursor"),
});
type Query = z.output<typeof QUERY>;

/** One list of a book: which rows, and how they are written. */
interface BookList<Row> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodObject;
  readonly rows: (matched: MatchedLots, year: number | null) => readonly Row[];
  readonly toWire: (row: Row) => CsvRow & { readonly asset_id: string | null };
  /** When it counts; `null` where it is as of now. */
  readonly at: (row: Row) => number | null;
}

/** What follows from a ledger: lots, disposals, income, fees, and what it does not tell. */
export function lotEndpoints(deps: PortfolioDeps): readonly Endpoint[] {
  return [
    listEndpoint(deps, {
      name: "lots",
      summary: "Open lots: what is held, since when and at what cost",
      schema: LotSchema,
      rows: ({ book }) => book.lots,
      toWire: lotToWire,
      at: () => null,
    }),
    listEndpoint(deps, {
      name: "disposals",
      summary: "Fractions of lots that were disposed of, with gains by year and asset",
      schema: DisposalSchema,
      rows: ({ book }, year) => ofYear(book, year).disposals,
      toWire: disposalToWire,
      at: ({ disposed }) => disposed,
    }),
    listEndpoint(deps, {
      name: "income",
      summary: "Rewards, airdrops and other income at what they were worth when they came",
      schema: IncomeSchema,
      rows: ({ book }, year) => ofYear(book, year).income,
      toWire: incomeToWire,
      at: ({ at }) => at,
    }),
    listEndpoint(deps, {
      name: "fees",
      summary: "Fees and where they went",
      schema: FeeSchema,
      rows: ({ book }, year) => ofYear(book, year).fees,
      toWire: feeToWire,
      at: ({ at }) => at,
    }),
    listEndpoint(deps, {
      name: "problems",
      summary: "What the ledger does not tell, with what would fix it",
      schema: ProblemSchema,
      rows: ({ book: { problems } }, year) =>
        year === null ? problems : problems.filter(({ at }) => yearOf(at) === year),
      toWire: problemToWire,
      at: ({ at }) => at,
    }),
  ];
}

function listEndpoint<Row>(deps: PortfolioDeps, list: BookList<Row>): Endpoint {
  const { lots, market } = deps;
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
      [list.name]: z.array(list.schema),
      ...hasTotals && { realized: z.array(RealizedSchema) },
    }),
    otherMediaType: "text/csv",
    refusals: [404, 409],
    async handle(input) {
      const { query, url } = input;
      const scope = scopeOf(input, deps);
      const assetId = query.asset === undefined ? null : market.resolve(query.asset).id;
      const matched = await lots.getLots(scope, query);
      const rows = rowsOf(list, { matched, assetId, year: query.year ?? null });
      if (query.format === "csv") return csvReply(list, { matched, rows });
      const { start, page, next } = pageOf(rows, { query, matched });
      return answer({
        lot_rule: { ...matched.rule },
        lot_rules_by_year: rulesToWire(matched.rulesByYear),
        ledger_version: matched.ledgerVersion,
        total: rows.length,
        [list.name]: page.map((row) => list.toWire(row)),
        ...hasTotals && { realized: start === 0 ? totalsOf(matched, { assetId, query }) : [] },
      }, {
        meta: { next_cursor: next },
        headers: next === null ? {} : nextLink(url, { cursor: next }),
      });
    },
  });
}

function rowsOf<Row>(
  { rows, toWire }: BookList<Row>,
  { matched, assetId, year }: {
    readonly matched: MatchedLots;
    readonly assetId: string | null;
    readonly year: number | null;
  },
): readonly Row[] {
  const all = rows(matched, year);
  return assetId === null ? all : all.filter((row) => toWire(row).asset_id === assetId);
}

function totalsOf(
  { book }: MatchedLots,
  { assetId, query: { year } }: { readonly assetId: string | null; readonly query: Query },
) {
  return book.realized
    .filter((one) => (assetId ?? one.assetId) === one.assetId && (year ?? one.year) === one.year)
    .map(realizedToWire);
}

/** All rows, each with the rule that it was matched by. */
function csvReply<Row>(
  { name, schema, toWire, at }: BookList<Row>,
  { matched, rows }: { readonly matched: MatchedLots; readonly rows: readonly Row[] },
): Reply {
  const columns = [...Object.keys(schema.shape), "method", "pools"];
  const toRow = (row: Row) => ({ ...toWire(row), ...ruleAt(matched, at(row)) });
  return streamed(csvOf(rows, { columns, toRow }), {
    fileName: `${name}-${matched.portfolio.id}.csv`,
    mediaType: "text/csv",
  });
}

function ruleAt({ rule, rulesByYear }: MatchedLots, at: number | null): LotRule {
  return { ...(at === null ? rule : rulesByYear[yearOf(at)] ?? rule) };
}

/** A page of what was matched; its cursor holds for this version of the ledger alone. */
function pageOf<Row>(
  rows: readonly Row[],
  { query: { limit, cursor }, matched }: {
    readonly query: Query;
    readonly matched: MatchedLots;
  },
): { readonly start: number; readonly page: readonly Row[]; readonly next: string | null } {
  const start = cursor === undefined ? 0 : readStart(cursor, matched);
  const end = start + limit;
  const next = end < rows.length ? `${matched.ledgerVersion}.${end}` : null;
  return { start, page: rows.slice(start, end), next };
}

function readStart(cursor: string, matched: MatchedLots): number {
  const [, version, start] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (version === undefined || start === undefined) {
    throw new AppError("VALIDATION_FAILED", "Cannot read cursor: expected one from next_cursor", {
      details: { fields: [{ name: "cursor", message: "Not a cursor of this list" }] },
    });
  }
  requireVersion(Number(version), matched);
  return Number(start);
}
