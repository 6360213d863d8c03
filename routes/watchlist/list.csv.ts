import { formatCsv } from "../../components/format/csv.ts";
import { isoInstant } from "../../components/format/time.ts";
import { parseUuid } from "../../services/kernel/ids.ts";
import { define } from "../page_state.ts";
import { readWatchlists } from "./(_components)/read_watchlists.ts";

/** A watchlist with its figures, every digit as kept. */
export const handler = define.handlers({
  async GET(ctx) {
    const listId = parseUuid(ctx.url.searchParams.get("list") ?? "");
    const { quotes, chosen } = await readWatchlists(ctx.state, ctx.req, { listId });
    const notes = new Map(chosen?.items.map(({ assetId, note }) => [assetId, note]));
    const header = [
      ...["asset_id", "name", "price_usd", "change_24h", "change_7d", "change_30d"],
      ...["freshness", "source", "asof", "note"],
    ];
    const rows = quotes.map((quote) => [
      quote.assetId,
      quote.name,
      quote.price.value,
      quote.change24h.value,
      quote.change7d.value,
      quote.change30d.value,
      quote.freshness,
      quote.provenance?.source ?? null,
      quote.provenance === null ? null : isoInstant(quote.provenance.asof),
      notes.get(quote.assetId) ?? null,
    ]);
    return new Response(formatCsv(header, rows), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="watchlist.csv"',
        "cache-control": "private, no-store",
      },
    });
  },
});
