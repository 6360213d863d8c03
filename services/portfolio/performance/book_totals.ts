import { Decimal } from "../../kernel/decimal.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { Lot, LotBook } from "../lots/lot_book.ts";
import type { DecimalText } from "../transaction.ts";

/** Sums of a lot book, exact, in the currency of its prices; what is unknown is counted instead. */
export interface BookTotals {
  /** Gains of disposals whose cost and proceeds are known. */
  readonly realized: Decimal;
  readonly income: Decimal;
  readonly fees: Decimal;
  /** Disposals, income and fees without a known value. */
  readonly incomplete: number;
}

export interface BookRange {
  /** What happened after this instant; all by default. */
  readonly from?: UtcMs | undefined;
  /** What happened up to this instant; all by default. */
  readonly to?: UtcMs | undefined;
}

/** What was realised, earned and paid in fees within a range. */
export function bookTotals(book: LotBook, { from, to }: BookRange = {}): BookTotals {
  const isIn = (at: UtcMs) => at > (from ?? -Infinity) && at <= (to ?? Infinity);
  const gains = book.disposals.filter(({ disposed }) => isIn(disposed))
    .map(({ gain, isComplete }) => isComplete ? gain : null);
  const income = book.income.filter(({ at }) => isIn(at)).map(({ value }) => value);
  const fees = book.fees.filter(({ at }) => isIn(at)).map(({ value }) => value);
  return {
    realized: sumOf(gains),
    income: sumOf(income),
    fees: sumOf(fees),
    incomplete: [...gains, ...income, ...fees].filter((value) => value === null).length,
  };
}

/** Open lots against prices. */
export interface LotTotals {
  /** Cost of all lots whose cost is known. */
  readonly cost: Decimal;
  /** Value of all lots whose price is known. */
  readonly value: Decimal;
  /** Value less cost of the lots of which both are known. */
  readonly unrealized: Decimal;
  readonly unknownCost: readonly Lot[];
  readonly unpriced: readonly Lot[];
}

/** What open lots cost and are worth; `null` is an asset without a price. */
export function lotTotals(
  lots: readonly Lot[],
  priceOf: (assetId: AssetId) => Decimal | DecimalText | null,
): LotTotals {
  let [cost, value, unrealized] = [new Decimal(0), new Decimal(0), new Decimal(0)];
  const unknownCost: Lot[] = [];
  const unpriced: Lot[] = [];
  for (const lot of lots) {
    const price = priceOf(lot.assetId);
    const worth = price === null ? null : new Decimal(lot.quantity).times(price);
    if (lot.cost === null) unknownCost.push(lot);
    else cost = cost.plus(lot.cost);
    if (worth === null) unpriced.push(lot);
    else value = value.plus(worth);
    if (lot.cost !== null && worth !== null) unrealized = unrealized.plus(worth).minus(lot.cost);
  }
  return { cost, value, unrealized, unknownCost, unpriced };
}

function sumOf(values: readonly (DecimalText | null)[]): Decimal {
  let sum = new Decimal(0);
  for (const value of values) if (value !== null) sum = sum.plus(value);
  return sum;
}
