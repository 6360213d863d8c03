import { isCash } from "../cash.ts";
import { holdingsOf } from "../holdings.ts";
import { knownSum } from "../known_sum.ts";
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
export function lotSums({ realized, ...book }: LotBook): LotSums {
  return {
    gain: knownSum(realized.map(({ gain }) => gain)).sum,
    proceeds: knownSum(realized.map(({ proceeds }) => proceeds)).sum,
    incomplete: realized.reduce((count, { incomplete }) => count + incomplete, 0),
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
  return [...Map.groupBy(entries, ({ assetId }) => assetId)].map(([assetId, own]) => {
    const { sum, unknown } = knownSum(own.map(({ value }) => value));
    return { assetId, count: own.length, value: sum, unknown };
  }).sort((a, b) => Number(b.value ?? -1) - Number(a.value ?? -1));
}

/** What of a book is settled: sums over all years, and how much they leave out. */
function settledOf({ realized, ...book }: LotBook): Pick<LotHoldings, "settled" | "unvalued"> {
  const income = knownSum(book.income.map(({ value }) => value));
  const fees = knownSum(book.fees.map(({ value }) => value));
  return {
    settled: {
      realized: knownSum(realized.map(({ gain }) => gain)).sum,
      income: income.sum,
      fees: fees.sum,
    },
    unvalued: {
      disposals: realized.reduce((count, { incomplete }) => count + incomplete, 0),
      income: income.unknown,
      fees: fees.unknown,
    },
  };
}
