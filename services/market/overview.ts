import { AppError } from "../kernel/errors.ts";
import { figureOf, missing } from "./quotes.ts";
import type {
  AssetQuote,
  Figure,
  MarketBreadth,
  MarketOverview,
  QuoteSort,
  SortOrder,
} from "./read_models.ts";

/** Assets in each of the lists of gainers and losers. */
const MOVERS = 5;

export interface OverviewQuery {
  /** Only assets of this theme. */
  readonly theme?: string | undefined;
  readonly sort?: QuoteSort | undefined;
  readonly order?: SortOrder | undefined;
}

/**
 * The market from its quotes: sorted, with movers, breadth and sums of what the filter leaves.
 * Throws `VALIDATION_FAILED` for a theme that no asset has.
 */
export function buildOverview(
  all: readonly AssetQuote[],
  { theme, sort = "market_cap", order = sort === "name" ? "asc" : "desc", version }:
    & OverviewQuery
    & { version: number },
): MarketOverview {
  const themes = [...new Set(all.flatMap((quote) => quote.themes))].sort();
  if (theme !== undefined && !themes.includes(theme)) {
    throw new AppError("VALIDATION_FAILED", `Cannot filter by theme "${theme}": no asset has it`, {
      details: { field: "theme", candidates: themes },
    });
  }
  const quotes = all.filter((quote) => theme === undefined || quote.themes.includes(theme));
  const byChange = sortQuotes(quotes, { sort: "change_24h", order: "desc" });
  const changeOf = (quote: AssetQuote) => quote.change24h.value ?? 0;
  const asofs = quotes.flatMap(({ provenance }) => provenance ? [provenance.asof] : []);
  const sources = quotes.flatMap(({ provenance }) => provenance ? [provenance.source] : []);
  return {
    asof: asofs.reduce<typeof asofs[number] | null>(
      (newest, asof) => newest === null || asof > newest ? asof : newest,
      null,
    ),
    quotes: sortQuotes(quotes, { sort, order }),
    gainers: byChange.filter((quote) => changeOf(quote) > 0).slice(0, MOVERS),
    losers: byChange.filter((quote) => changeOf(quote) < 0).reverse().slice(0, MOVERS),
    breadth: breadthOf(quotes),
    totalMarketCapUsd: sumOf(quotes.map((quote) => quote.marketCapUsd), "market value"),
    totalVolume24hUsd: sumOf(quotes.map((quote) => quote.volume24hUsd), "volume"),
    unpriced: quotes.filter(({ price }) => price.value === null).length,
    sources: [...new Set(sources)].sort(),
    isDemo: quotes.some(({ provenance }) => provenance?.isDemo === true),
    themes,
    version,
  };
}

/**
 * The quotes in order. Missing figures come last in either order; equal ones by market value,
 * then volume, then name, so that an order never depends on the one before.
 */
function sortQuotes(
  quotes: readonly AssetQuote[],
  { sort, order }: { sort: QuoteSort; order: SortOrder },
): readonly AssetQuote[] {
  const direction = order === "asc" ? 1 : -1;
  const byName = (a: AssetQuote, b: AssetQuote) =>
    compareText(a.name.toLowerCase(), b.name.toLowerCase()) || compareText(a.assetId, b.assetId);
  if (sort === "name") return quotes.toSorted((a, b) => direction * byName(a, b));
  return quotes.toSorted((a, b) =>
    compareFigures(SORT_FIGURE[sort](a), SORT_FIGURE[sort](b), direction) ||
    compareFigures(a.marketCapUsd, b.marketCapUsd, -1) ||
    compareFigures(a.volume24hUsd, b.volume24hUsd, -1) ||
    byName(a, b)
  );
}

const SORT_FIGURE: Readonly<Record<Exclude<QuoteSort, "name">, (quote: AssetQuote) => Figure>> = {
  price: (quote) => quote.price,
  change_24h: (quote) => quote.change24h,
  change_7d: (quote) => quote.change7d,
  change_30d: (quote) => quote.change30d,
  change_1y: (quote) => quote.change1y,
  volume_24h: (quote) => quote.volume24hUsd,
  market_cap: (quote) => quote.marketCapUsd,
};

function compareFigures(a: Figure, b: Figure, direction: number): number {
  if (a.value === null || b.value === null) {
    return Number(a.value === null) - Number(b.value === null);
  }
  return direction * (a.value - b.value);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function breadthOf(quotes: readonly AssetQuote[]): MarketBreadth {
  const changes = quotes
    .flatMap(({ change24h }) => change24h.value === null ? [] : [change24h.value]);
  return {
    advancing: changes.filter((change) => change > 0).length,
    declining: changes.filter((change) => change < 0).length,
    unchanged: changes.filter((change) => change === 0).length,
    unknown: quotes.length - changes.length,
    medianChange24h: figureOf(medianOf(changes), "No asset has a change over 24 hours"),
  };
}

function medianOf(values: readonly number[]): number | null {
  const ascending = values.toSorted((a, b) => a - b);
  const middle = ascending.length >> 1;
  const upper = ascending[middle];
  if (upper === undefined) return null;
  return ascending.length % 2 === 1 ? upper : (upper + (ascending[middle - 1] ?? upper)) / 2;
}

function sumOf(figures: readonly Figure[], what: string): Figure {
  const known = figures.flatMap(({ value }) => value === null ? [] : [value]);
  if (known.length === 0) return missing(`No asset has a known ${what}`);
  return figureOf(known.reduce((sum, value) => sum + value, 0), `The ${what} is too large`);
}
