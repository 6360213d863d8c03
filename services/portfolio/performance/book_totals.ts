import { Decimal } from "../../kernel/decimal.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import { add, type Exact, formatExact, multiply, parseExact, ZERO } from "../lots/exact.ts";
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
    .map(({ isComplete, gain }) => isComplete ? gain : null);
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
  priceOf: (assetId: AssetId) => Decimal | DecimalText | number | null,
): LotTotals {
  const [cost, costOfPriced, value, valueOfCosted] = [new Sum(), new Sum(), new Sum(), new Sum()];
  const unknownCost: Lot[] = [];
  const unpriced: Lot[] = [];
  const prices = new Map<AssetId, Exact | number | null>();
  for (const lot of lots) {
    const { assetId } = lot;
    if (!prices.has(assetId)) prices.set(assetId, exactOrNumber(priceOf(assetId)));
    const worth = times(lot.quantity, prices.get(assetId) ?? null);
    const paid = lot.cost === null ? null : parseExact(lot.cost);
    if (paid === null) unknownCost.push(lot);
    else cost.add(paid);
    if (worth === null) unpriced.push(lot);
    else value.add(worth);
    if (paid === null || worth === null) continue;
    costOfPriced.add(paid);
    valueOfCosted.add(worth);
  }
  return {
    cost: cost.total,
    value: value.total,
    unrealized: valueOfCosted.total.minus(costOfPriced.total),
    unknownCost,
    unpriced,
  };
}

function exactOrNumber(price: Decimal | DecimalText | number | null): Exact | number | null {
  return price === null || typeof price === "number" ? price : parseExact(price.toString());
}

function times(quantity: DecimalText, price: Exact | number | null): Exact | number | null {
  if (price === null) return null;
  return typeof price === "number"
    ? Number(quantity) * price
    : multiply(parseExact(quantity), price);
}

/** Exact, but for values by prices that are not. */
class Sum {
  #exact = ZERO;
  #valued = 0;

  add(value: Exact | number | null): void {
    if (typeof value === "number") this.#valued += value;
    else if (value !== null) this.#exact = add(this.#exact, value);
  }

  get total(): Decimal {
    return new Decimal(formatExact(this.#exact)).plus(this.#valued);
  }
}

function sumOf(values: readonly (DecimalText | null)[]): Decimal {
  const sum = new Sum();
  for (const value of values) sum.add(value === null ? null : parseExact(value));
  return sum.total;
}
