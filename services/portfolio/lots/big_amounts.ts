import type { LotEvent } from "./lot_event.ts";
import type { EventColumns } from "./event_columns.ts";
import { type Exact, powerOfTen, unitsAt } from "./exact.ts";
import { DUST_PARTS, type FractionAmounts, type LotAmounts, NO_POOL } from "./lot_amounts.ts";
import type { Split } from "./lot_book.ts";
import { MONEY_DECIMALS } from "./words.ts";
import { mostDecimals, quantityDecimalsOf } from "./word_scale.ts";

interface BigLot {
  quantity: bigint;
  price: bigint;
  extra: bigint;
}

interface BigPool {
  quantity: bigint;
  cost: bigint;
}

/** Amounts as big integers: any number of digits, any way to split. */
export class BigAmounts implements LotAmounts {
  readonly quantityDecimals: number;
  readonly costDecimals: number;
  readonly #priceDecimals: number;
  readonly #rounding: Split["rounding"];
  /** Units of cost in the unit of a split, and in one of quantity × price. */
  readonly #perSplit: bigint;
  readonly #perProduct: bigint;
  readonly #events: BigLot[] = [];
  #pools: BigPool[] = [];
  readonly #lots: BigLot[] = [];
  readonly #fractions: FractionAmounts[] = [];
  /** What the event at hand had, and still has. */
  #event: BigLot = { quantity: 0n, price: 0n, extra: 0n };
  #rest: BigLot = { quantity: 0n, price: 0n, extra: 0n };

  /** Takes the decimals that hold these events, and what can be made of them. */
  constructor(columns: EventColumns, { split }: { readonly split: Split }) {
    const { events } = columns;
    const extraDecimals = mostDecimals(events, ({ extra }) => extra);
    this.quantityDecimals = quantityDecimalsOf(columns);
    this.#priceDecimals = mostDecimals(events, ({ price }) => price);
    const productDecimals = this.quantityDecimals + this.#priceDecimals;
    this.costDecimals = Math.max(MONEY_DECIMALS, split.decimals, productDecimals, extraDecimals);
    this.#rounding = split.rounding;
    this.#perSplit = powerOfTen(this.costDecimals - split.decimals);
    this.#perProduct = powerOfTen(this.costDecimals - productDecimals);
  }

  load(columns: EventColumns, from: number): boolean {
    const { events } = columns;
    const changed = events.slice(from);
    if (quantityDecimalsOf(columns, from) > this.quantityDecimals) return false;
    if (!changed.every((event) => this.#holds(event))) return false;
    this.#events.length = from;
    for (const { quantity, price, extra } of changed) {
      this.#events.push({
        quantity: unitsAt(quantity, this.quantityDecimals),
        price: unitsAt(price, this.#priceDecimals),
        extra: unitsAt(extra, this.costDecimals),
      });
    }
    while (this.#pools.length < columns.accounts.length) {
      this.#pools.push({ quantity: 0n, cost: 0n });
    }
    return true;
  }

  save(open: Int32Array): () => void {
    const [lots, fractions] = [this.#lots.length, this.#fractions.length];
    const amounts = Array.from(open, (lot) => ({ ...itemAt(this.#lots, lot) }));
    const pools = this.#pools.map((pool) => ({ ...pool }));
    return () => {
      this.#lots.length = lots;
      this.#fractions.length = fractions;
      for (const [place, lot] of open.entries()) this.#lots[lot] = { ...itemAt(amounts, place) };
      this.#pools = this.#pools.map((_, place) => ({ ...pools[place] ?? NO_AMOUNT }));
    };
  }

  clear(): void {
    this.#lots.length = 0;
    this.#fractions.length = 0;
    this.#pools = this.#pools.map(() => ({ ...NO_AMOUNT }));
  }

  openLot(event: number): void {
    this.#lots.push({ ...itemAt(this.#events, event) });
  }

  begin(event: number): void {
    this.#event = itemAt(this.#events, event);
    this.#rest = { ...this.#event };
  }

  hasNeed(): boolean {
    return this.#rest.quantity > 0n;
  }

  need(): bigint {
    return this.#rest.quantity;
  }

  isNeedDust(): boolean {
    return this.#rest.quantity * BigInt(DUST_PARTS) <= this.#event.quantity;
  }

  isOpen(lot: number): boolean {
    return itemAt(this.#lots, lot).quantity > 0n;
  }

  take(lot: number, pool: number): void {
    const quantity = least(this.#rest.quantity, itemAt(this.#lots, lot).quantity);
    this.#addFraction(quantity, this.#takeCost(lot, { quantity, pool }));
  }

  takeUpTo(lot: number, most: bigint): bigint {
    const wanted = least(this.#rest.quantity, most);
    const quantity = least(wanted, itemAt(this.#lots, lot).quantity);
    this.#addFraction(quantity, this.#takeCost(lot, { quantity, pool: NO_POOL }));
    return quantity;
  }

  takeMissing(): void {
    this.#addFraction(this.#rest.quantity, 0n);
  }

  absorbDust(): void {
    const last = this.#fractions.length - 1;
    const { quantity, cost, proceeds } = itemAt(this.#fractions, last);
    const rest = this.#takeProceeds(this.#rest.quantity);
    this.#fractions[last] = { quantity, cost, proceeds: proceeds + rest };
  }

  move(lot: number, pool: number): void {
    const quantity = least(this.#rest.quantity, itemAt(this.#lots, lot).quantity);
    this.#rest.quantity -= quantity;
    this.#split(lot, { quantity, pool });
  }

  moveMissing(): void {
    const { quantity } = this.#rest;
    this.#rest.quantity = 0n;
    this.#lots.push({ quantity, price: 0n, extra: 0n });
  }

  splitOff(lot: number, quantity: bigint): void {
    this.#split(lot, { quantity, pool: NO_POOL });
  }

  joinPool(lot: number, pool: number): void {
    const joining = itemAt(this.#lots, lot);
    const into = itemAt(this.#pools, pool);
    into.quantity += joining.quantity;
    into.cost += this.lotCost(lot);
    joining.price = 0n;
    joining.extra = 0n;
  }

  leavePool(lot: number, pool: number): void {
    const leaving = itemAt(this.#lots, lot);
    leaving.extra = this.#takeFromPool(pool, leaving.quantity);
  }

  unitsOf(quantity: Exact): bigint {
    return unitsAt(quantity, this.quantityDecimals);
  }

  lotQuantity(lot: number): bigint {
    return itemAt(this.#lots, lot).quantity;
  }

  lotCost(lot: number): bigint {
    const { quantity, price, extra } = itemAt(this.#lots, lot);
    return quantity * price * this.#perProduct + extra;
  }

  fraction(index: number): FractionAmounts {
    return itemAt(this.#fractions, index);
  }

  #holds({ price, extra }: LotEvent): boolean {
    return price.decimals <= this.#priceDecimals && extra.decimals <= this.costDecimals;
  }

  #split(lot: number, { quantity, pool }: { quantity: bigint; pool: number }): void {
    const from = itemAt(this.#lots, lot);
    const price = pool === NO_POOL ? from.price : 0n;
    const extra = pool === NO_POOL
      ? this.#shareOf(from.extra, { part: quantity, whole: from.quantity })
      : this.#takeFromPool(pool, quantity);
    if (pool === NO_POOL) from.extra -= extra;
    from.quantity -= quantity;
    this.#lots.push({ quantity, price, extra });
  }

  #takeCost(lot: number, { quantity, pool }: { quantity: bigint; pool: number }): bigint {
    const from = itemAt(this.#lots, lot);
    const whole = from.quantity;
    from.quantity -= quantity;
    if (pool !== NO_POOL) return this.#takeFromPool(pool, quantity);
    const extra = this.#shareOf(from.extra, { part: quantity, whole });
    from.extra -= extra;
    return quantity * from.price * this.#perProduct + extra;
  }

  #takeFromPool(pool: number, quantity: bigint): bigint {
    const from = itemAt(this.#pools, pool);
    const cost = this.#shareOf(from.cost, { part: quantity, whole: from.quantity });
    from.quantity -= quantity;
    from.cost -= cost;
    return cost;
  }

  #addFraction(quantity: bigint, cost: bigint): void {
    this.#fractions.push({ quantity, cost, proceeds: this.#takeProceeds(quantity) });
  }

  #takeProceeds(quantity: bigint): bigint {
    const { price, extra, quantity: whole } = this.#rest;
    const share = this.#shareOf(extra, { part: quantity, whole });
    this.#rest = { price, quantity: whole - quantity, extra: extra - share };
    return quantity * price * this.#perProduct + share;
  }

  #shareOf(amount: bigint, { part, whole }: { part: bigint; whole: bigint }): bigint {
    if (part >= whole) return amount;
    const size = amount < 0n ? -amount : amount;
    const divisor = whole * this.#perSplit;
    const half = this.#rounding === "half_up" ? divisor / 2n : 0n;
    // Rounding up must not take more than there is.
    const share = least((size * part + half) / divisor * this.#perSplit, size);
    return amount < 0n ? -share : share;
  }
}

const NO_AMOUNT: BigPool = { quantity: 0n, cost: 0n };

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function itemAt<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) {
    throw new RangeError(`Cannot find amounts ${index}: ${items.length} exist`);
  }
  return item;
}
