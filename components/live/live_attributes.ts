import { isoInstant } from "../format/time.ts";

/** What a quote has to tell so that a page can keep it live. */
export interface LiveQuote {
  readonly assetId: string;
  readonly price: { readonly value: number | null };
  /** Fraction. */
  readonly change24h: { readonly value: number | null };
  readonly provenance: { readonly asof: number } | null;
  /** The trade that the price is, `null` for a close; absent where nothing keeps it live. */
  readonly live?: { readonly source: string } | null;
}

/**
 * The attributes by which scripts find a price and know what it was when the page was made. None
 * for an asset without a price, and for a sample.
 */
export function liveAttributes(
  { assetId, price, change24h, provenance, live }: LiveQuote,
): Readonly<Record<`data-${string}`, string | number>> {
  if (price.value === null || provenance === null || live === undefined) return {};
  return {
    "data-live": assetId,
    "data-price": price.value,
    "data-at": isoInstant(provenance.asof),
    ...change24h.value !== null && { "data-change": change24h.value },
    ...live !== null && { "data-source": live.source },
  };
}
