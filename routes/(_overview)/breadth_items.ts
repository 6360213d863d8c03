import type { BreadthItem } from "../../components/charts/Breadth.tsx";
import type { AssetRow } from "../../components/table/asset_row.ts";

type BreadthQuote = Pick<AssetRow, "symbol" | "change24h" | "marketCapUsd" | "volume24hUsd">;
type Figure = BreadthQuote["change24h"];

/**
 * The assets with a known change, those first that a label is due to: by market value, and after
 * them those without one by volume. Dollars traded are never weighed against dollars of value.
 */
export function breadthItems(quotes: readonly BreadthQuote[]): readonly BreadthItem[] {
  return quotes
    .toSorted((a, b) =>
      largestFirst(a.marketCapUsd, b.marketCapUsd) || largestFirst(a.volume24hUsd, b.volume24hUsd)
    )
    .flatMap(({ symbol, change24h: { value } }) =>
      value === null ? [] : [{ label: symbol, change: value }]
    );
}

function largestFirst({ value: a }: Figure, { value: b }: Figure): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return b - a;
}

/** By what the labels were given, as far as anything of it is known. */
export function breadthBasis(quotes: readonly BreadthQuote[]): string {
  const shown = quotes.filter(({ change24h }) => change24h.value !== null);
  const others = shown.filter(({ marketCapUsd }) => marketCapUsd.value === null);
  const bases = [
    ...others.length < shown.length ? ["market value"] : [],
    ...others.some(({ volume24hUsd }) => volume24hUsd.value !== null) ? ["volume"] : [],
  ];
  return bases.length === 0 ? "a tick each" : `a tick each, labelled by ${bases.join(", then ")}`;
}
