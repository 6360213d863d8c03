import { Decimal } from "../../kernel/decimal.ts";
import type { UtcMs } from "../../kernel/time.ts";
import type { AssetId } from "../../market/mod.ts";
import type { KnownSum } from "../known_sum.ts";
import { add, type Exact, formatExact, multiply, parseExact, ZERO } from "../lots/exact.ts";
import type { Lot, LotBook } from "../lots/lot_book.ts";
import type { DecimalText } from "../transaction.ts";
import { type DatedAmount, RunningSums } from "./running_sums.ts";

/** Sums of a lot book, exact, in the currency of its prices; what is unknown is counted beside. */
export interface BookTotals {
  /** Gains of disposals. */
  readonly realized: KnownSum;
  readonly income: KnownSum;
  readonly fees: KnownSum;
}

export interface BookRange {
  /** What happened after this instant; all by default. */
  readonly from?: UtcMs | undefined;
  /** What happened up to this instant; all by default. */
  readonly to?: UtcMs | undefined;
}

/** The amounts of a book by when they happened. */
export type DatedBook = Readonly<Record<keyof BookTotals, readonly DatedAmount[]>>;

/** What a book sums up to, over any range by a few look-ups. */
export class BookSums {
  readonly #realized: RunningSums;
  readonly #income: RunningSums;
  readonly #fees: RunningSums;

  constructor({ realized, income, fees }: DatedBook) {
    this.#realized = new RunningSums(realized);
    this.#income = new RunningSums(income);
    this.#fees = new RunningSums(fees);
  }

  /** What was realised, earned and paid in fees within a range. */
  within({ from, to }: BookRange): BookTotals {
    const range = [from ?? -Infinity, to ?? Infinity] as const;
    return {
      realized: this.#realized.between(...range),
      income: this.#income.between(...range),
      fees: this.#fees.between(...range),
    };
  }

  /** How many amounts it has. */
  get size(): number {
    return this.#realized.size + this.#income.size + this.#fees.size;
  }
}

/** Of books that were asked for; the same book is asked for many ranges. */
const sums = new WeakMap<LotBook, BookSums>();

/** What was realised, earned and paid in fees by a book within a range. */
export function bookTotals(book: LotBook, range: BookRange = {}): BookTotals {
  const known = sums.get(book) ?? new BookSums(datedBook(book));
  sums.set(book, known);
  return known.within(range);
}

/** What of a book adds up, and when it happened. */
export function datedBook({ disposals, income, fees }: LotBook): DatedBook {
  const valued = (entries: LotBook["income"] | LotBook["fees"]) =>
    entries.map(({ at, value }) => ({ at, amount: value }));
  return {
    realized: disposals.map(({ disposed, gain }) => ({ at: disposed, amount: gain })),
    income: valued(income),
    fees: valued(fees),
  };
}

/** Open lots against prices; a sum over lots of which it is known of none is `null`. */
export interface LotTotals {
  /** Cost of all lots whose cost is known. */
  readonly cost: Decimal | null;
  /** Value of all lots whose price is known. */
  readonly value: Decimal | null;
  /** Value less cost of the lots of which both are known. */
  readonly unrealized: Decimal | null;
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
  let both = 0;
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
    both++;
  }
  const sumOf = (count: number, sum: Decimal) => count === 0 && lots.length > 0 ? null : sum;
  return {
    cost: sumOf(lots.length - unknownCost.length, cost.total),
    value: sumOf(lots.length - unpriced.length, value.total),
    unrealized: sumOf(both, valueOfCosted.total.minus(costOfPriced.total)),
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

  add(value: Exact | number): void {
    if (typeof value === "number") this.#valued += value;
    else this.#exact = add(this.#exact, value);
  }

  get total(): Decimal {
    return new Decimal(formatExact(this.#exact)).plus(this.#valued);
  }
}
