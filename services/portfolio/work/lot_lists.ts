import { isCash } from "../cash.ts";
import { holdingsOf, settledOf, sumOf } from "../holdings.ts";
import { type MatchedLots, ofYear, yearOf } from "../lot_service.ts";
import type { FeeEntry, IncomeEntry, LotBook } from "../lots/lot_book.ts";
import type {
  AssetSum,
  LotHoldings,
  LotList,
  LotListName,
  LotListQuery,
  LotOverview,
  LotRows,
  LotSums,
  MatchedPortfolio,
  OverviewQuery,
} from "./portfolio_work.ts";

/** What is held by a book, and what is settled. */
export function lotHoldings(matched: MatchedLots): LotHoldings {
  const { book } = matched;
  return {
    ...rulesOf(matched),
    ...settledOf(book),
    holdings: holdingsOf(book.lots.filter(({ assetId }) => !isCash(assetId))),
    problems: book.problems.length,
  };
}

/** A part of one list of a book. */
export function lotList<Name extends LotListName>(
  matched: MatchedLots,
  { name, assetId, year, start = 0, limit }: Omit<LotListQuery<Name>, "method" | "pools">,
): LotList<LotRows[Name]> {
  const { book } = matched;
  const all = rowsOf(book, { name, year: year ?? null });
  const rows = assetId === undefined ? all : all.filter((row) => row.assetId === assetId);
  const hasTotals = name === "disposals" && start === 0;
  return {
    ...rulesOf(matched),
    total: rows.length,
    rows: rows.slice(start, start + limit),
    realized: !hasTotals
      ? []
      : book.realized.filter((one) =>
        (assetId ?? one.assetId) === one.assetId && (year ?? one.year) === one.year
      ),
  };
}

function rowsOf<Name extends LotListName>(
  book: LotBook,
  { name, year }: { readonly name: Name; readonly year: number | null },
): readonly LotRows[Name][] {
  const lists: { readonly [List in LotListName]: () => readonly LotRows[List][] } = {
    lots: () => book.lots,
    disposals: () => ofYear(book, year).disposals,
    income: () => ofYear(book, year).income,
    fees: () => ofYear(book, year).fees,
    problems: () =>
      year === null ? book.problems : book.problems.filter(({ at }) => yearOf(at) === year),
  };
  return lists[name]();
}

/** What a page lists of a book. */
export function lotOverview(
  matched: MatchedLots,
  { lots, disposals, problems }: Omit<OverviewQuery, "method" | "pools">,
): Omit<LotOverview, keyof LotSums> {
  const { book } = matched;
  return {
    ...rulesOf(matched),
    counts: {
      lots: book.lots.length,
      disposals: book.disposals.length,
      income: book.income.length,
      fees: book.fees.length,
      problems: book.problems.length,
    },
    lots: book.lots.slice(0, lots),
    disposals: book.disposals.slice(-disposals).reverse(),
    problems: book.problems.slice(0, problems),
  };
}

/** Sums over all that a book lists. */
export function lotSums(book: LotBook): LotSums {
  return {
    gainUsd: sumOf(book.realized.map(({ gain }) => gain)),
    proceedsUsd: sumOf(book.realized.map(({ proceeds }) => proceeds)),
    income: sumsByAsset(book.income),
    fees: sumsByAsset(book.fees),
  };
}

/** A portfolio as it is now, with the rules that its lots were matched by. */
export function rulesOf(
  { portfolio, rule, rulesByYear, ledgerVersion }: MatchedLots,
): MatchedPortfolio {
  return { portfolio, rule, rulesByYear, ledgerVersion };
}

function sumsByAsset(entries: readonly (IncomeEntry | FeeEntry)[]): readonly AssetSum[] {
  return [...Map.groupBy(entries, ({ assetId }) => assetId)].map(([assetId, own]) => ({
    assetId,
    count: own.length,
    valueUsd: sumOf(own.flatMap(({ value }) => value ?? [])),
    unknown: own.filter(({ value }) => value === null).length,
  })).sort((a, b) => Number(b.valueUsd) - Number(a.valueUsd));
}
