import type { LotEvent } from "./asset_plan.ts";
import type { EventColumns } from "./event_columns.ts";
import { absolute, unitsAt } from "./exact.ts";
import { grown, MoneyColumn } from "./money_column.ts";
import { fitsScale, MOST_WORD, quantitiesOf, type WordScale } from "./word_scale.ts";
import { HIGH_DECIMALS, type Money, MONEY_DECIMALS, moneyOf } from "./words.ts";

const NOTHING: Money = { high: 0, low: 0 };

/** The amounts of events in machine words, by their index. */
export class WordEvents {
  readonly #scale: WordScale;
  readonly #hasPools: boolean;
  #quantity = new Float64Array(0);
  #price = new Float64Array(0);
  #sign = new Float64Array(0);
  readonly #extra = new MoneyColumn(0);

  /** `hasPools` tells of pools of average cost, which may grow as large as all events together. */
  constructor(scale: WordScale, { hasPools }: { readonly hasPools: boolean }) {
    this.#scale = scale;
    this.#hasPools = hasPools;
  }

  /** Reads events anew from one on; tells whether all are within the exact range of words. */
  load(columns: EventColumns, from: number): boolean {
    const { events } = columns;
    const { quantityDecimals } = this.#scale;
    const isFine = quantitiesOf(columns, from).every((one) => one.decimals <= quantityDecimals);
    if (!isFine) return false;
    const last = Math.max(0, events.length - 1);
    this.#quantity = grown(this.#quantity, last);
    this.#price = grown(this.#price, last);
    this.#sign = grown(this.#sign, last);
    this.#extra.reserve(last);
    for (let index = from; index < events.length; index++) {
      const event = events[index];
      if (!event || !fitsScale(event, this.#scale)) return false;
      this.#write(index, event);
    }
    return !this.#hasPools || this.#sumFits(events.length);
  }

  quantity(event: number): number {
    return this.#quantity[event] ?? 0;
  }

  price(event: number): number {
    return this.#price[event] ?? 0;
  }

  /** -1, 0 or 1: the sign of what `readExtra` reads. */
  sign(event: number): number {
    return this.#sign[event] ?? 0;
  }

  readExtra(event: number, into: Money): void {
    this.#extra.read(event, into);
  }

  #write(index: number, { quantity, price, extra }: LotEvent): void {
    const { quantityDecimals, priceDecimals } = this.#scale;
    this.#quantity[index] = Number(unitsAt(quantity, quantityDecimals));
    this.#price[index] = Number(unitsAt(price, priceDecimals));
    this.#sign[index] = extra.units === 0n ? 0 : extra.units < 0n ? -1 : 1;
    const isNone = extra.units === 0n;
    this.#extra.write(
      index,
      isNone ? NOTHING : moneyOf(unitsAt(absolute(extra), MONEY_DECIMALS)),
    );
  }

  #sumFits(length: number): boolean {
    const { quantityDecimals, priceDecimals } = this.#scale;
    const perHigh = 10 ** (quantityDecimals + priceDecimals - HIGH_DECIMALS);
    const extra: Money = { high: 0, low: 0 };
    let quantitySum = 0;
    let moneySum = 0;
    for (let index = 0; index < length; index++) {
      const quantity = this.quantity(index);
      this.#extra.read(index, extra);
      quantitySum += quantity;
      moneySum += quantity * this.price(index) / perHigh + extra.high + 10 ** HIGH_DECIMALS;
    }
    return quantitySum < MOST_WORD && moneySum < MOST_WORD;
  }
}
