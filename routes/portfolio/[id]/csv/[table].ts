import { HttpError } from "fresh";
import { type CsvValue, formatCsv } from "../../../../components/format/csv.ts";
import { isoInstant } from "../../../../components/format/time.ts";
import { finiteOrNull } from "../../../../services/kernel/numbers.ts";
import { define } from "../../../page_state.ts";
import {
  inCurrency,
  type PortfolioPageData,
  readPortfolio,
} from "../../(_components)/read_portfolio.ts";

interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvValue[])[];
}

const TABLES: Readonly<Record<string, (data: PortfolioPageData) => CsvTable>> = {
  positions: ({ value, currency, rate }) => ({
    header: [
      ...["asset_id", "quantity", "price_usd", "price_source", "price_resolution", "price_asof"],
      ...["value_usd", "cost_usd", "uncosted", "unrealized_usd", "share", "unpriced"],
      ...["currency", "value", "cost", "unrealized"],
    ],
    rows: value.positions.map((one) => [
      one.assetId,
      number(one.quantity),
      one.price?.priceUsd ?? null,
      one.price?.provenance.source ?? null,
      one.price?.provenance.resolution ?? null,
      one.price === null ? null : isoInstant(one.price.provenance.asof),
      number(one.valueUsd),
      number(one.costUsd),
      number(one.uncosted),
      number(one.unrealizedUsd),
      one.share,
      one.unpriced,
      currency,
      inCurrency(one.valueUsd, rate),
      number(one.own.cost),
      number(one.own.unrealized),
    ]),
  }),
  contribution: ({ measured: { performance } }) => ({
    header: ["asset_id", "gain", "to_return"],
    rows: (performance?.contributions ?? [])
      .map(({ assetId, gain, toReturn }) => [assetId, finiteOrNull(gain), finiteOrNull(toReturn)]),
  }),
  months: ({ measured: { performance } }) => ({
    header: ["year", "month", "time_weighted_return", "is_partial"],
    rows: (performance?.months ?? []).map((one) => [
      one.year,
      one.month,
      one.timeWeightedReturn,
      String(one.isPartial),
    ]),
  }),
  history: ({ measured: { performance } }) => ({
    header: ["timestamp", "nav", "net_flow", "time_weighted_return", "drawdown"],
    rows: performance === null ? [] : Array.from(performance.series.t, (at, row) => [
      isoInstant(at),
      finiteOrNull(performance.series.nav[row]),
      finiteOrNull(performance.series.netFlow[row]),
      finiteOrNull(performance.series.cumulative[row]),
      finiteOrNull(performance.series.drawdown[row]),
    ]),
  }),
};

/** All digits of what is never negative; a text that starts with a minus would be neutralised. */
function number(text: string | null): CsvValue {
  return text === null || !text.startsWith("-") ? text : Number(text);
}

/** A table of the page with the same query, every digit as computed. */
export const handler = define.handlers({
  async GET(ctx) {
    const { id = "", table = "" } = ctx.params;
    const build = Object.hasOwn(TABLES, table) ? TABLES[table] : undefined;
    if (build === undefined) {
      throw new HttpError(404, `There is no such table: ${Object.keys(TABLES).join(", ")}`);
    }
    const { header, rows } = build(await readPortfolio(ctx.state, ctx.req, { id }));
    return new Response(formatCsv(header, rows), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="portfolio-${table}.csv"`,
        "cache-control": "private, no-store",
      },
    });
  },
});
