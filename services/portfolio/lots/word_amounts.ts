import type { LotEvent } from "./asset_plan.ts";
import { absolute, type Exact, unitsAt } from "./exact.ts";
import { DUST_PARTS, type FractionAmounts, type LotAmounts, NO_POOL } from "./lot_amounts.ts";
import { grown, MoneyColumn } from "./money_column.ts";
import type { WordScale } from "./word_scale.ts";
import {
  HIGH_DECIMALS,
  type Money,
  MONEY_DECIMALS,
  moneyOf,
  multiplyWords,
  type ProductScale,
  takeShare,
} from "./words.ts";

/** Amounts as whole numbers in floating-point words: exact within the range of `wordScaleOf`. */
export class WordAmounts implements LotAmounts {
  readonly quantityDecimals: number;
  readonly costDecimals = MONEY_DECIMALS;
  readonly #scale: ProductScale;

  readonly #eventQuantity: Float64Array;
  readonly #eventPrice: Float64Array;
  readonly #eventExtra: MoneyColumn;
  readonly #eventSign: Int8Array;
  readonly #picks: Float64Array;

  #lots = 0;
  #quantity: Float64Array<ArrayBuffer>;
  #price: Float64Array<ArrayBuffer>;
  readonly #extra: MoneyColumn;

  readonly #poolQuantity: Float64Array;
  readonly #poolCost: MoneyColumn;

  #fractions = 0;
  #taken: Float64Array<ArrayBuffer>;
  readonly #cost: MoneyColumn;
  readonly #proceeds: MoneyColumn;

  /** The event at hand: what it still takes, and what is left of its extra proceeds. */
  #event = 0;
  #need = 0;
  readonly #extraRest: Money = { high: 0, low: 0 };
  /** Scratch of one operation, kept so that none allocates. */
  readonly #part: Money = { high: 0, low: 0 };
  readonly #rest: Money = { high: 0, low: 0 };

  constructor(
    events: readonly LotEvent[],
    { scale, picks, pools }: {
      readonly scale: WordScale;
      readonly picks: readonly Exact[];
      readonly pools: number;
    },
  ) {
    const { quantityDecimals, priceDecimals } = scale;
    this.quantityDecimals = quantityDecimals;
    this.#scale = {
      perHigh: 10 ** (quantityDecimals + priceDecimals - HIGH_DECIMALS),
      perUnit: 10 ** (MONEY_DECIMALS - quantityDecimals - priceDecimals),
    };
    this.#eventQuantity = new Float64Array(events.length);
    this.#eventPrice = new Float64Array(events.length);
    this.#eventExtra = new MoneyColumn(events.length);
    this.#eventSign = new Int8Array(events.length);
    // Most events make one lot or one fraction; columns grow where they make more.
    this.#quantity = new Float64Array(events.length);
    this.#price = new Float64Array(events.length);
    this.#extra = new MoneyColumn(events.length);
    this.#taken = new Float64Array(events.length);
    this.#cost = new MoneyColumn(events.length);
    this.#proceeds = new MoneyColumn(events.length);
    for (const [index, { quantity, price, extra }] of events.entries()) {
      this.#eventQuantity[index] = Number(unitsAt(quantity, quantityDecimals));
      this.#eventPrice[index] = Number(unitsAt(price, priceDecimals));
      if (extra.units === 0n) continue;
      this.#eventExtra.write(index, moneyOf(unitsAt(absolute(extra), MONEY_DECIMALS)));
      this.#eventSign[index] = extra.units < 0n ? -1 : 1;
    }
    this.#picks = Float64Array.from(picks, (pick) => Number(unitsAt(pick, quantityDecimals)));
    this.#poolQuantity = new Float64Array(pools);
    this.#poolCost = new MoneyColumn(pools);
  }

  openLot(event: number): number {
    const lot = this.#newLot(this.#eventQuantity[event] ?? 0);
    this.#price[lot] = this.#eventPrice[event] ?? 0;
    this.#eventExtra.read(event, this.#part);
    this.#extra.write(lot, this.#part);
    return lot;
  }

  begin(event: number): void {
    this.#event = event;
    this.#need = this.#eventQuantity[event] ?? 0;
    this.#eventExtra.read(event, this.#extraRest);
  }

  hasNeed(): boolean {
    return this.#need > 0;
  }

  need(): bigint {
    return BigInt(this.#need);
  }

  isNeedDust(): boolean {
    return this.#need * DUST_PARTS <= (this.#eventQuantity[this.#event] ?? 0);
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

  move(lot: number, pool: number): number {
    const quantity = Math.min(this.#need, this.#quantity[lot] ?? 0);
    this.#need -= quantity;
    return this.#split(lot, quantity, pool);
  }

  moveMissing(): number {
    const lot = this.#newLot(this.#need);
    this.#need = 0;
    return lot;
  }

  splitOff(lot: number, quantity: bigint): number {
    return this.#split(lot, Number(quantity), NO_POOL);
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

  pickQuantity(pick: number): bigint {
    return BigInt(this.#picks[pick] ?? 0);
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

  #split(lot: number, quantity: number, pool: number): number {
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
    return part;
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
    this.#multiply(this.#eventPrice[this.#event] ?? 0, quantity);
    this.#proceeds.add(index, this.#part);
    const sign = this.#eventSign[this.#event] ?? 0;
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
