import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { LotBook } from "../lots.ts";
import type { DecimalText } from "../transaction.ts";
import { bookTotals, lotTotals } from "./book_totals.ts";

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

/** The figures of a book that ends with the range; `null` is a price that is not known. */
export function lotFigures(
  book: LotBook,
  { from, to, priceOf }: {
    readonly from: UtcMs | undefined;
    readonly to: UtcMs | undefined;
    /** Dollars for a unit at the end. */
    readonly priceOf: (assetId: AssetId) => number | null;
  },
): LotFigures {
  const { realized, income, fees } = bookTotals(book, { from, to });
  // What left and arrived nowhere was taken out, as the range's flows have it.
  const open = lotTotals(book.lots.filter(({ isInTransit }) => !isInTransit), priceOf);
  return {
    realizedUsd: realized.sum,
    incomeUsd: income.sum,
    feesUsd: fees.sum,
    incomplete: realized.unknown + income.unknown + fees.unknown,
    costUsd: open.cost?.toFixed() ?? null,
    unrealizedUsd: open.unrealized?.toFixed() ?? null,
    uncostedLots: open.unknownCost.length,
    unpricedLots: open.unpriced.length,
  };
}
