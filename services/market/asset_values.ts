import { type UtcMs, YEAR_MS } from "../kernel/time.ts";
import type { AssetId } from "./assets.ts";
import type { AssetLabel, AssetQuote } from "./read_models.ts";

/** What a source said the whole of an asset is worth. */
export interface MarketValue {
  readonly valueUsd: number;
  readonly source: string;
  readonly asof: UtcMs;
}

/** An asset with a price, and what it is put in order by. */
export interface ValuedAsset {
  readonly asset: AssetLabel;
  /** As-of of its price. */
  readonly pricedAt: UtcMs;
  /** In dollars; `null` where no source gives one, or only one from too long ago. */
  readonly marketValueUsd: number | null;
  /** Where the market value is from when it is not part of the asset's quote. */
  readonly borrowed: MarketValue | null;
  /** Dollars traded in the last 24 hours, which order those without a market value. */
  readonly volume24hUsd: number | null;
}

/** Market values older than the newest one by more than this say nothing of the order. */
const MAX_BEHIND_MS = YEAR_MS;

/**
 * The assets with a price, the most valuable first: by the market value of their quote, or else
 * one of `others` no more than a year older than the newest one known; then by dollars traded;
 * then by name. The order is for choosing; figures of several sources make no sum.
 */
export function rankByValue(
  quotes: readonly AssetQuote[],
  others: ReadonlyMap<AssetId, MarketValue>,
): readonly ValuedAsset[] {
  const priced = quotes.flatMap((quote) =>
    quote.price.value === null || quote.provenance === null
      ? []
      : [{ ...quote, asof: quote.provenance.asof }]
  );
  const newest = Math.max(
    ...priced.map(({ assetId, asof, marketCapUsd }) =>
      marketCapUsd.value === null ? others.get(assetId)?.asof ?? -Infinity : asof
    ),
  );
  return priced
    .map(({ assetId, symbol, name, themes, asof, marketCapUsd, volume24hUsd }): ValuedAsset => {
      const other = marketCapUsd.value === null ? others.get(assetId) : undefined;
      const borrowed = other && newest - other.asof <= MAX_BEHIND_MS ? other : null;
      return {
        asset: { assetId, symbol, name, themes },
        pricedAt: asof,
        marketValueUsd: marketCapUsd.value ?? borrowed?.valueUsd ?? null,
        borrowed,
        volume24hUsd: volume24hUsd.value,
      };
    })
    .toSorted((a, b) =>
      descending(a.marketValueUsd, b.marketValueUsd) ||
      descending(a.volume24hUsd, b.volume24hUsd) ||
      (a.asset.name < b.asset.name ? -1 : 1)
    );
}

/** Larger first, unknown last. */
function descending(a: number | null, b: number | null): number {
  return (b ?? -1) - (a ?? -1);
}
