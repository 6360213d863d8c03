import type { LotEvent } from "./lot_event.ts";
import type { EventColumns } from "./event_columns.ts";
import { absolute, type Exact, unitsAt } from "./exact.ts";
import { grown, MoneyColumn } from "./money_column.ts";
import { quantityDecimalsOf, type WordScale } from "./word_scale.ts";
import { HIGH_DECIMALS, type Money, MONEY_DECIMALS, moneyOf, MOST_WORD } from "./words.ts";

const NOTHING: Money = { high: 0, low: 0 };
const POWERS = Array.from({ length: MONEY_DECIMALS + 1 }, (_, power) => 10 ** power);
/** A dollar in millionths, for what rounding adds. */
const DOLLAR = 10 ** HIGH_DECIMALS;

/** The amounts of events in machine words, by their index. */
export class WordEvents {
  readonly #scale: WordScale;
  readonly #hasPools: boolean;
  /** Units of quantity × price in a millionth. */
  readonly #perHigh: number;
  #quantity = new Float64Array(0);
  #price = new Float64Array(0);
  #sign = new Float64Array(0);
  readonly #extra = new MoneyColumn(0);

  /** `hasPools` tells of pools of average cost, which may grow as large as all events together. */
  constructor(scale: WordScale, { hasPools }: { readonly hasPools: boolean }) {
    this.#scale = scale;
    this.#hasPools = hasPools;
    this.#perHigh = 10 ** (scale.quantityDecimals + scale.priceDecimals - HIGH_DECIMALS);
  }

  /** Reads events anew from one on; tells whether all are within the exact range of words. */
  load(columns: EventColumns, from: number): boolean {
    const { events } = columns;
    if (quantityDecimalsOf(columns, from) > this.#scale.quantityDecimals) return false;
    const last = Math.max(0, events.length - 1);
    this.#quantity = grown(this.#quantity, last);
    this.#price = grown(this.#price, last);
    this.#sign = grown(this.#sign, last);
    this.#extra.reserve(last);
    for (let index = from; index < events.length; index++) {
      const event = events[index];
      if (!event || !this.#write(index, event)) return false;
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

  /** Writes an event; tells whether nothing that can be made of it leaves the range. */
  #write(index: number, { kind, quantity, price, extra }: LotEvent): boolean {
    const { quantityDecimals, priceDecimals } = this.#scale;
    if (price.decimals > priceDecimals || extra.decimals > MONEY_DECIMALS) return false;
    // Costs are divided as they are; only proceeds have a sign of their own.
    if (price.units < 0n || kind === "open" && extra.units < 0n) return false;
    const isNone = extra.units === 0n;
    const money = isNone ? NOTHING : moneyOf(unitsAt(absolute(extra), MONEY_DECIMALS));
    this.#quantity[index] = wordOf(quantity, quantityDecimals);
    this.#price[index] = wordOf(price, priceDecimals);
    this.#sign[index] = isNone ? 0 : extra.units < 0n ? -1 : 1;
    this.#extra.write(index, money);
    return this.quantity(index) < MOST_WORD && this.price(index) < MOST_WORD &&
      this.#worth(index, money) < MOST_WORD;
  }

  /** At most what an event is worth, in millionths. */
  #worth(index: number, { high }: Money): number {
    return this.quantity(index) * this.price(index) / this.#perHigh + high + DOLLAR;
  }

  #sumFits(length: number): boolean {
    const extra: Money = { high: 0, low: 0 };
    let quantitySum = 0;
    let moneySum = 0;
    for (let index = 0; index < length; index++) {
      this.#extra.read(index, extra);
      quantitySum += this.quantity(index);
      moneySum += this.#worth(index, extra);
    }
    return quantitySum < MOST_WORD && moneySum < MOST_WORD;
  }
}

/** An amount in units of 10^-`decimals`: exact below 2^53, and about right above. */
function wordOf({ units, decimals: own }: Exact, decimals: number): number {
  return Number(units) * (POWERS[decimals - own] ?? NaN);
}
