import { formatCsv } from "../components/format/csv.ts";
import { isoInstant } from "../components/format/time.ts";
import type { AssetQuote } from "../services/market/mod.ts";
import { matchQuotes } from "./(_overview)/overview_view.ts";
import { readOverview } from "./(_overview)/read_overview.ts";
import { define } from "./page_state.ts";

const HEADER = [
  "asset_id",
  "symbol",
  "name",
  "price_usd",
  "change_24h",
  "change_7d",
  "change_30d",
  "change_1y",
  "volume_24h_usd",
  "volume_is_estimated",
  "market_cap_usd",
  "freshness",
  "source",
  "resolution",
  "asof",
] as const;

function csvRow(quote: AssetQuote) {
  const { provenance } = quote;
  return [
    quote.assetId,
    quote.symbol,
    quote.name,
    quote.price.value,
    quote.change24h.value,
    quote.change7d.value,
    quote.change30d.value,
    quote.change1y.value,
    quote.volume24hUsd.value,
    String(quote.isVolumeEstimated),
    quote.marketCapUsd.value,
    quote.freshness,
    provenance?.source ?? null,
    provenance?.resolution ?? null,
    provenance === null ? null : isoInstant(provenance.asof),
  ];
}

/** The overview's table as CSV, filtered and sorted like the page of the same query. */
export const handler = define.handlers({
  async GET(ctx) {
    const { overview, view } = await readOverview(ctx.state.market, ctx.url);
    const rows = matchQuotes(overview.quotes, view.query);
    return new Response(formatCsv(HEADER, rows.map(csvRow)), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="tokenlysis-overview.csv"',
        "cache-control": "no-cache",
      },
    });
  },
});
