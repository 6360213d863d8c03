import type { z } from "zod";
import { fingerprint } from "../../services/kernel/fingerprint.ts";
import { formatUtcMs } from "../../services/kernel/time.ts";
import type { AssetQuote, Figure, VenuePrice } from "../../services/market/mod.ts";
import type { Quote } from "./schemas.ts";

/** A quote as clients read it; without its sparkline, which is most of its length. */
export function quoteToWire(quote: AssetQuote): z.output<typeof Quote> {
  const { provenance, freshness } = quote;
  const figures = {
    price: quote.price,
    change_24h: quote.change24h,
    change_7d: quote.change7d,
    change_30d: quote.change30d,
    change_1y: quote.change1y,
    volume_24h: quote.volume24hUsd,
    market_cap: quote.marketCapUsd,
  };
  return {
    asset_id: quote.assetId,
    coin_id: quote.assetId,
    symbol: quote.symbol,
    name: quote.name,
    price: figures.price.value,
    change_24h: figures.change_24h.value,
    change_7d: figures.change_7d.value,
    change_30d: figures.change_30d.value,
    change_1y: figures.change_1y.value,
    volume_24h: figures.volume_24h.value,
    volume_estimated: quote.isVolumeEstimated,
    market_cap: figures.market_cap.value,
    ...venuesToWire(quote),
    source: provenance?.source ?? null,
    resolution: provenance?.resolution ?? null,
    asof: provenance ? formatUtcMs(provenance.asof) : null,
    freshness,
    stale: freshness === "stale" || freshness === "missing",
    state: quote.state,
    demo: provenance?.isDemo ?? false,
    reasons: reasonsOf(figures),
  };
}

/** The sources of a price: the exchanges of a live one, with their trades, else the candles'. */
function venuesToWire({ live, provenance }: AssetQuote) {
  if (live === null || live.venues.length === 0) {
    return { venues: provenance ? [provenance.source] : [] };
  }
  const tradeToWire = ({ venue, priceUsd, at }: VenuePrice) => ({
    venue,
    price: priceUsd,
    at: formatUtcMs(at),
  });
  return {
    venues: live.venues.map(({ venue }) => venue),
    venue_prices: live.venues.map(tradeToWire),
    excluded: live.excluded.map((one) => ({ ...tradeToWire(one), reason: one.reason })),
  };
}

/** A quote as JSON text, and what tells it from the asset's other ones. */
export interface QuoteText {
  readonly json: string;
  readonly tag: string;
}

const written = new WeakMap<AssetQuote, QuoteText>();

/** A quote as text, written once for as long as the service holds the quote. */
export function quoteToText(quote: AssetQuote): QuoteText {
  const known = written.get(quote);
  if (known !== undefined) return known;
  const json = JSON.stringify(quoteToWire(quote));
  const text = { json, tag: fingerprint(json).toString(36) };
  written.set(quote, text);
  return text;
}

function reasonsOf(figures: Readonly<Record<string, Figure>>): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const [name, { reason }] of Object.entries(figures)) {
    if (reason !== null) reasons[name] = reason;
  }
  return reasons;
}
