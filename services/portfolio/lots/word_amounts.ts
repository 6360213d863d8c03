import type { EventColumns } from "./event_columns.ts";
import { type Exact, unitsAt } from "./exact.ts";
import { DUST_PARTS, type FractionAmounts, type LotAmounts, NO_POOL } from "./lot_amounts.ts";
import { grown, MoneyColumn, picked, put } from "./money_column.ts";
import { WordEvents } from "./word_events.ts";
import type { WordScale } from "./word_scale.ts";
import {
  HIGH_DECIMALS,
  type Money,
  MONEY_DECIMALS,
  multiplyWords,
  type ProductScale,
  takeShare,
} from "./words.ts";

/** Amounts as whole numbers in floating-point words: exact within the range that `load` checks. */
export class WordAmounts implements LotAmounts {
  readonly quantityDecimals: number;
  readonly costDecimals = MONEY_DECIMALS;
  readonly #scale: ProductScale;
  readonly #events: WordEvents;

  #lots = 0;
  #quantity = new Float64Array(0);
  #price = new Float64Array(0);
  readonly #extra = new MoneyColumn(0);

  #pools = 0;
  #poolQuantity = new Float64Array(0);
  readonly #poolCost = new MoneyColumn(0);

  #fractions = 0;
  #taken = new Float64Array(0);
  readonly #cost = new MoneyColumn(0);
  readonly #proceeds = new MoneyColumn(0);

  /** The event at hand: what it still takes, and what is left of its extra proceeds. */
  #event = 0;
  #need = 0;
  readonly #extraRest: Money = { high: 0, low: 0 };
  /** Scratch of one operation, kept so that none allocates. */
  readonly #part: Money = { high: 0, low: 0 };
  readonly #rest: Money = { high: 0, low: 0 };

  constructor(scale: WordScale, { hasPools }: { readonly hasPools: boolean }) {
    const { quantityDecimals, priceDecimals } = scale;
    this.quantityDecimals = quantityDecimals;
    this.#scale = {
      perHigh: 10 ** (quantityDecimals + priceDecimals - HIGH_DECIMALS),
      perUnit: 10 ** (MONEY_DECIMALS - quantityDecimals - priceDecimals),
    };
    this.#events = new WordEvents(scale, { hasPools });
  }

  load(columns: EventColumns, from: number): boolean {
    if (!this.#events.load(columns, from)) return false;
    // Most events make one lot or one fraction; columns grow where they make more.
    const lastLot = Math.max(0, columns.opens - 1);
    const lastFraction = Math.max(0, columns.takes - 1);
    this.#quantity = grown(this.#quantity, lastLot);
    this.#price = grown(this.#price, lastLot);
    this.#extra.reserve(lastLot);
    this.#taken = grown(this.#taken, lastFraction);
    this.#cost.reserve(lastFraction);
    this.#proceeds.reserve(lastFraction);
    this.#pools = columns.accounts.length;
    this.#poolQuantity = grown(this.#poolQuantity, this.#pools);
    this.#poolCost.reserve(this.#pools);
    return true;
  }

  save(open: Int32Array): () => void {
    const [lots, fractions] = [this.#lots, this.#fractions];
    const quantity = picked(this.#quantity, open);
    const price = picked(this.#price, open);
    const extra = this.#extra.pick(open);
    const poolQuantity = this.#poolQuantity.slice(0, this.#pools);
    const pools = Int32Array.from(poolQuantity.keys());
    const poolCost = this.#poolCost.pick(pools);
    return () => {
      this.#lots = lots;
      this.#fractions = fractions;
      put(this.#quantity, { places: open, values: quantity });
      put(this.#price, { places: open, values: price });
      this.#extra.put(open, extra);
      this.#poolQuantity.fill(0);
      this.#poolQuantity.set(poolQuantity);
      this.#poolCost.clear();
      this.#poolCost.put(pools, poolCost);
    };
  }

  clear(): void {
    this.#lots = 0;
    this.#fractions = 0;
    this.#poolQuantity.fill(0);
    this.#poolCost.clear();
  }

  openLot(event: number): void {
    const lot = this.#newLot(this.#events.quantity(event));
    this.#price[lot] = this.#events.price(event);
    this.#events.readExtra(event, this.#part);
    this.#extra.write(lot, this.#part);
  }

  begin(event: number): void {
    this.#event = event;
    this.#need = this.#events.quantity(event);
    this.#events.readExtra(event, this.#extraRest);
  }

  hasNeed(): boolean {
    return this.#need > 0;
  }

  need(): bigint {
    return BigInt(this.#need);
  }

  isNeedDust(): boolean {
    return this.#need * DUST_PARTS <= this.#events.quantity(this.#event);
  }

  isOpen(lot: number): boolean {
    return (this.#quantity[lot] ?? 0) > 0;
  }

  take(lot: number, pool: number): void {
    const quantity = Math.min(this.#need, this.#quantity[lot] ?? 0);
    this.#takeCost(lot, quantity, pool);
    this.#addFraction(quantity);
  }

  takeUpTo(lot: number, most: bigint): bigint {
    const quantity = Math.min(this.#need, Number(most), this.#quantity[lot] ?? 0);
    this.#takeCost(lot, quantity, NO_POOL);
    this.#addFraction(quantity);
    return BigInt(quantity);
  }

  takeMissing(): void {
    this.#part.high = 0;
    this.#part.low = 0;
    this.#cost.reserve(this.#fractions);
    this.#cost.write(this.#fractions, this.#part);
    this.#addFraction(this.#need);
  }

  absorbDust(): void {
    const last = this.#fractions - 1;
    this.#addProceeds(last, this.#need);
    this.#need = 0;
  }

  move(lot: number, pool: number): void {
    const quantity = Math.min(this.#need, this.#quantity[lot] ?? 0);
    this.#need -= quantity;
    this.#split(lot, quantity, pool);
  }

  moveMissing(): void {
    this.#newLot(this.#need);
    this.#need = 0;
  }

  splitOff(lot: number, quantity: bigint): void {
    this.#split(lot, Number(quantity), NO_POOL);
  }

  joinPool(lot: number, pool: number): void {
    const quantity = this.#quantity[lot] ?? 0;
    this.#multiply(this.#price[lot] ?? 0, quantity);
    this.#poolCost.add(pool, this.#part);
    this.#extra.read(lot, this.#part);
    this.#poolCost.add(pool, this.#part);
    this.#poolQuantity[pool] = (this.#poolQuantity[pool] ?? 0) + quantity;
    this.#clearCost(lot);
  }

  leavePool(lot: number, pool: number): void {
    this.#takeFromPool(pool, this.#quantity[lot] ?? 0);
    this.#extra.write(lot, this.#part);
  }

  unitsOf(quantity: Exact): bigint {
    return unitsAt(quantity, this.quantityDecimals);
  }

  lotQuantity(lot: number): bigint {
    return BigInt(this.#quantity[lot] ?? 0);
  }

  lotCost(lot: number): bigint {
    const units = this.lotQuantity(lot) * BigInt(this.#price[lot] ?? 0);
    return units * BigInt(this.#scale.perUnit) + this.#extra.unitsAt(lot);
  }

  fraction(index: number): FractionAmounts {
    return {
      quantity: BigInt(this.#taken[index] ?? 0),
      cost: this.#cost.unitsAt(index),
      proceeds: this.#proceeds.unitsAt(index),
    };
  }

  #newLot(quantity: number): number {
    const lot = this.#lots++;
    this.#quantity = grown(this.#quantity, lot);
    this.#price = grown(this.#price, lot);
    this.#extra.reserve(lot);
    this.#quantity[lot] = quantity;
    this.#clearCost(lot);
    return lot;
  }

  #clearCost(lot: number): void {
    this.#price[lot] = 0;
    this.#part.high = 0;
    this.#part.low = 0;
    this.#extra.write(lot, this.#part);
  }

  #split(lot: number, quantity: number, pool: number): void {
    const part = this.#newLot(quantity);
    const whole = this.#quantity[lot] ?? 0;
    if (pool === NO_POOL) {
      this.#price[part] = this.#price[lot] ?? 0;
      this.#takeExtra(lot, quantity, whole);
    } else {
      this.#takeFromPool(pool, quantity);
    }
    this.#quantity[lot] = whole - quantity;
    this.#extra.write(part, this.#part);
  }

  /** Takes the cost of a part of a lot into `#part`, and the part from the lot. */
  #takeCost(lot: number, quantity: number, pool: number): void {
    const whole = this.#quantity[lot] ?? 0;
    this.#quantity[lot] = whole - quantity;
    this.#cost.reserve(this.#fractions);
    if (pool === NO_POOL) {
      this.#takeExtra(lot, quantity, whole);
      this.#cost.write(this.#fractions, this.#part);
      this.#multiply(this.#price[lot] ?? 0, quantity);
      this.#cost.add(this.#fractions, this.#part);
    } else {
      this.#takeFromPool(pool, quantity);
      this.#cost.write(this.#fractions, this.#part);
    }
  }

  #takeExtra(lot: number, quantity: number, whole: number): void {
    this.#extra.read(lot, this.#rest);
    if (this.#rest.high === 0 && this.#rest.low === 0) {
      this.#part.high = 0;
      this.#part.low = 0;
      return;
    }
    takeShare(this.#rest, { part: quantity, whole, share: this.#part });
    this.#extra.write(lot, this.#rest);
  }

  #takeFromPool(pool: number, quantity: number): void {
    const whole = this.#poolQuantity[pool] ?? 0;
    this.#poolCost.read(pool, this.#rest);
    takeShare(this.#rest, { part: quantity, whole, share: this.#part });
    this.#poolCost.write(pool, this.#rest);
    this.#poolQuantity[pool] = whole - quantity;
  }

  /** Adds a fraction, whose cost is written already, with its proceeds. */
  #addFraction(quantity: number): void {
    const index = this.#fractions++;
    this.#taken = grown(this.#taken, index);
    this.#taken[index] = quantity;
    this.#proceeds.reserve(index);
    this.#part.high = 0;
    this.#part.low = 0;
    this.#proceeds.write(index, this.#part);
    this.#addProceeds(index, quantity);
    this.#need -= quantity;
  }

  #addProceeds(index: number, quantity: number): void {
    this.#multiply(this.#events.price(this.#event), quantity);
    this.#proceeds.add(index, this.#part);
    const sign = this.#events.sign(this.#event);
    if (sign === 0) return;
    takeShare(this.#extraRest, { part: quantity, whole: this.#need, share: this.#part });
    if (sign > 0) this.#proceeds.add(index, this.#part);
    else this.#proceeds.subtract(index, this.#part);
  }

  /** Writes price × quantity to `#part`. */
  #multiply(price: number, quantity: number): void {
    multiplyWords(price, quantity, { scale: this.#scale, product: this.#part });
  }
}
