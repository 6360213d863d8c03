import type { AssetId } from "../../market/mod.ts";
import { whyUnknown } from "../known_sum.ts";
import type { LotBook } from "../lots.ts";
import type { DecimalText } from "../transaction.ts";
import { type BookTotals, lotTotals } from "./book_totals.ts";

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
  /** Why a sum is `null`, of each that is. */
  readonly reasons: Readonly<Partial<Record<LotSumName, string>>>;
}

type SettledName = "realizedUsd" | "incomeUsd" | "feesUsd";
type LotSumName = SettledName | "costUsd" | "unrealizedUsd";

/** What of the figures is of the lots that are open at the end. */
export type OpenFigures = Pick<
  LotFigures,
  "costUsd" | "unrealizedUsd" | "uncostedLots" | "unpricedLots" | "reasons"
>;

/** Why nothing is known of what was settled. */
export const NOT_SETTLED: Readonly<Record<SettledName, string>> = {
  realizedUsd: "Of no disposal are both cost and proceeds known",
  incomeUsd: "No income had a known value when it came",
  feesUsd: "No fee had a known value when it was paid",
};

/** What of the figures is settled in a range, by what a book sums up to in it. */
export function settledFigures(
  { realized, income, fees }: BookTotals,
): Omit<LotFigures, Exclude<keyof OpenFigures, "reasons">> {
  const sums = { realizedUsd: realized.sum, incomeUsd: income.sum, feesUsd: fees.sum };
  return {
    ...sums,
    incomplete: realized.unknown + income.unknown + fees.unknown,
    reasons: whyUnknown(sums, NOT_SETTLED),
  };
}

/** Of the open lots of a book, by what a unit is worth; `null` is a price that is not known. */
export function openFigures(
  lots: LotBook["lots"],
  priceOf: (assetId: AssetId) => number | null,
): OpenFigures {
  // What left and arrived nowhere was taken out, as the range's flows have it.
  const held = lots.filter(({ isInTransit }) => !isInTransit);
  const open = lotTotals(held, priceOf);
  const sums = {
    costUsd: open.cost?.toFixed() ?? null,
    unrealizedUsd: open.unrealized?.toFixed() ?? null,
  };
  return {
    ...sums,
    uncostedLots: open.unknownCost.length,
    unpricedLots: open.unpriced.length,
    reasons: whyUnknown(sums, {
      costUsd: "The cost of no open lot is known",
      unrealizedUsd: open.unpriced.length === held.length
        ? "No open lot has a price at the end"
        : "The cost of no open lot that has a price is known",
    }),
  };
}
