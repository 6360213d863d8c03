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

/** Units of another currency for one of the book's at an instant; `null` where unknown. */
export type RateAt = (at: UtcMs) => number | null;

export interface BookRange {
  /** Converts every amount at its own time; what has no rate counts as incomplete. */
  readonly rateAt?: RateAt | undefined;
  /** What happened after this instant; all by default. */
  readonly from?: UtcMs | undefined;
  /** What happened up to this instant; all by default. */
  readonly to?: UtcMs | undefined;
}

/** What was realised, earned and paid in fees within a range. */
export function bookTotals(book: LotBook, { from, to, rateAt }: BookRange = {}): BookTotals {
  const isIn = (at: UtcMs) => at > (from ?? -Infinity) && at <= (to ?? Infinity);
  const valueOf = ({ at, value }: { readonly at: UtcMs; readonly value: DecimalText | null }) =>
    convert(value, { at, rateAt });
  const gains = book.disposals.filter(({ disposed }) => isIn(disposed)).map((disposal) => {
    if (!disposal.isComplete) return null;
    const { acquired, disposed, cost, proceeds, gain } = disposal;
    if (rateAt === undefined) return convert(gain, { at: disposed, rateAt });
    const paid = acquired === null ? null : convert(cost, { at: acquired, rateAt });
    const got = convert(proceeds, { at: disposed, rateAt });
    return paid === null || got === null ? null : got.minus(paid);
  });
  const income = book.income.filter(({ at }) => isIn(at)).map(valueOf);
  const fees = book.fees.filter(({ at }) => isIn(at)).map(valueOf);
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

/**
 * What open lots cost and are worth; `null` is an asset without a price. Prices are in the currency
 * that `rateAt` converts costs to.
 */
export function lotTotals(
  lots: readonly Lot[],
  priceOf: (assetId: AssetId) => Decimal | DecimalText | number | null,
  { rateAt }: Pick<BookRange, "rateAt"> = {},
): LotTotals {
  let [cost, value, unrealized] = [new Decimal(0), new Decimal(0), new Decimal(0)];
  const unknownCost: Lot[] = [];
  const unpriced: Lot[] = [];
  for (const lot of lots) {
    const price = priceOf(lot.assetId);
    const worth = price === null ? null : new Decimal(lot.quantity).times(price);
    const paid = lot.acquired === null ? null : convert(lot.cost, { at: lot.acquired, rateAt });
    if (paid === null) unknownCost.push(lot);
    else cost = cost.plus(paid);
    if (worth === null) unpriced.push(lot);
    else value = value.plus(worth);
    if (paid !== null && worth !== null) unrealized = unrealized.plus(worth).minus(paid);
  }
  return { cost, value, unrealized, unknownCost, unpriced };
}

function convert(
  value: DecimalText | null,
  { at, rateAt }: { readonly at: UtcMs; readonly rateAt: RateAt | undefined },
): Decimal | null {
  if (value === null || rateAt === undefined) return value === null ? null : new Decimal(value);
  const rate = rateAt(at);
  return rate === null ? null : new Decimal(value).times(rate);
}

function sumOf(values: readonly (Decimal | null)[]): Decimal {
  let sum = new Decimal(0);
  for (const value of values) if (value !== null) sum = sum.plus(value);
  return sum;
}
