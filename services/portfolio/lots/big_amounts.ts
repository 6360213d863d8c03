import type { LotEvent } from "./asset_plan.ts";
import { type Exact, powerOfTen, unitsAt } from "./exact.ts";
import { DUST_PARTS, type FractionAmounts, type LotAmounts, NO_POOL } from "./lot_amounts.ts";
import type { Split } from "./lot_book.ts";
import { MONEY_DECIMALS } from "./words.ts";
import { mostDecimals } from "./word_scale.ts";

interface BigLot {
  quantity: bigint;
  price: bigint;
  extra: bigint;
}

/** Amounts as big integers: any number of digits, any way to split. */
export class BigAmounts implements LotAmounts {
  readonly quantityDecimals: number;
  readonly costDecimals: number;
  readonly #rounding: Split["rounding"];
  /** Units of cost in the unit of a split, and in one of quantity × price. */
  readonly #perSplit: bigint;
  readonly #perProduct: bigint;
  readonly #events: readonly BigLot[];
  readonly #picks: readonly bigint[];
  readonly #pools: { quantity: bigint; cost: bigint }[];
  readonly #lots: BigLot[] = [];
  readonly #fractions: { quantity: bigint; cost: bigint; proceeds: bigint }[] = [];
  /** What the event at hand had, and still has. */
  #event: BigLot = { quantity: 0n, price: 0n, extra: 0n };
  #rest: BigLot = { quantity: 0n, price: 0n, extra: 0n };

  constructor(
    events: readonly LotEvent[],
    { split, picks, pools }: {
      readonly split: Split;
      readonly picks: readonly Exact[];
      readonly pools: number;
    },
  ) {
    const quantities = [...events.map(({ quantity }) => quantity), ...picks];
    const quantityDecimals = mostDecimals(quantities);
    const priceDecimals = mostDecimals(events.map(({ price }) => price));
    const extraDecimals = mostDecimals(events.map(({ extra }) => extra));
    const productDecimals = quantityDecimals + priceDecimals;
    this.quantityDecimals = quantityDecimals;
    this.costDecimals = Math.max(MONEY_DECIMALS, split.decimals, productDecimals, extraDecimals);
    this.#rounding = split.rounding;
    this.#perSplit = powerOfTen(this.costDecimals - split.decimals);
    this.#perProduct = powerOfTen(this.costDecimals - productDecimals);
    this.#events = events.map(({ quantity, price, extra }) => ({
      quantity: unitsAt(quantity, quantityDecimals),
      price: unitsAt(price, priceDecimals),
      extra: unitsAt(extra, this.costDecimals),
    }));
    this.#picks = picks.map((pick) => unitsAt(pick, quantityDecimals));
    this.#pools = Array.from({ length: pools }, () => ({ quantity: 0n, cost: 0n }));
  }

  openLot(event: number): number {
    return this.#lots.push({ ...itemAt(this.#events, event) }) - 1;
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
    itemAt(this.#fractions, this.#fractions.length - 1).proceeds += this.#takeProceeds(
      this.#rest.quantity,
    );
  }

  move(lot: number, pool: number): number {
    const quantity = least(this.#rest.quantity, itemAt(this.#lots, lot).quantity);
    this.#rest.quantity -= quantity;
    return this.#split(lot, { quantity, pool });
  }

  moveMissing(): number {
    const { quantity } = this.#rest;
    this.#rest.quantity = 0n;
    return this.#lots.push({ quantity, price: 0n, extra: 0n }) - 1;
  }

  splitOff(lot: number, quantity: bigint): number {
    return this.#split(lot, { quantity, pool: NO_POOL });
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

  pickQuantity(pick: number): bigint {
    return itemAt(this.#picks, pick);
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

  #split(lot: number, { quantity, pool }: { quantity: bigint; pool: number }): number {
    const from = itemAt(this.#lots, lot);
    const price = pool === NO_POOL ? from.price : 0n;
    const extra = pool === NO_POOL
      ? this.#shareOf(from.extra, { part: quantity, whole: from.quantity })
      : this.#takeFromPool(pool, quantity);
    if (pool === NO_POOL) from.extra -= extra;
    from.quantity -= quantity;
    return this.#lots.push({ quantity, price, extra }) - 1;
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
