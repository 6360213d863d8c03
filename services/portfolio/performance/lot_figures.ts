import type { AssetId } from "../../market/mod.ts";
import type { LotBook } from "../lots.ts";
import type { DecimalText } from "../transaction.ts";
import { type BookRange, bookTotals, lotTotals } from "./book_totals.ts";

/**
 * What follows from lots, in dollars and exact, by the portfolio's rules: sums of what was settled
 * in a range, and what was open at its end. A sum is `null` where it is known of nothing it counts.
 */
export interface LotFigures {
  readonly realizedUsd: DecimalText | null;
  readonly incomeUsd: DecimalText | null;
  readonly feesUsd: DecimalText | null;
  /** Disposals, income and fees without a known value, which are in no sum. */
  readonly incomplete: number;
  /** Of open lots whose cost is known. */
  readonly costUsd: DecimalText | null;
  /** Value at the end less cost, of open lots of which both are known. */
  readonly unrealizedUsd: DecimalText | null;
  /** Open lots whose cost is not known, and those without a price at the end. */
  readonly uncostedLots: number;
  readonly unpricedLots: number;
}

/** What of the figures is of the lots that are open at the end. */
export type OpenFigures = Pick<
  LotFigures,
  "costUsd" | "unrealizedUsd" | "uncostedLots" | "unpricedLots"
>;

/** What of the figures is settled in a range. */
export function settledFigures(
  book: LotBook,
  range: BookRange,
): Omit<LotFigures, keyof OpenFigures> {
  const { realized, income, fees } = bookTotals(book, range);
  return {
    realizedUsd: realized.sum,
    incomeUsd: income.sum,
    feesUsd: fees.sum,
    incomplete: realized.unknown + income.unknown + fees.unknown,
  };
}

/** Of the open lots of a book, by what a unit is worth; `null` is a price that is not known. */
export function openFigures(
  { lots }: LotBook,
  priceOf: (assetId: AssetId) => number | null,
): OpenFigures {
  // What left and arrived nowhere was taken out, as the range's flows have it.
  const open = lotTotals(lots.filter(({ isInTransit }) => !isInTransit), priceOf);
  return {
    costUsd: open.cost?.toFixed() ?? null,
    unrealizedUsd: open.unrealized?.toFixed() ?? null,
    uncostedLots: open.unknownCost.length,
    unpricedLots: open.unpriced.length,
  };
}
