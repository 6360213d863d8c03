/** Lots in the order in which they are taken; those that are used up meanwhile stay in it. */
export interface LotOrder {
  /** Adds a lot by what it is ordered by: its time of acquisition, or its unit cost. */
  push(lot: number, key: number): void;
  /** The lot that is next, or -1. */
  first(): number;
  removeFirst(): void;
  /** Remembers the lots that are still open; the answer makes the same order of them by their keys. */
  save(isOpen: (lot: number) => boolean): (keyOf: (lot: number) => number) => LotOrder;
}

/** Oldest or newest first; mostly appended to, so a sorted list with two ends is enough. */
export class TimeOrder implements LotOrder {
  readonly #isNewestFirst: boolean;
  readonly #lots: number[] = [];
  readonly #times: number[] = [];
  /** What comes before was taken from the old end. */
  #start = 0;

  constructor({ isNewestFirst }: { readonly isNewestFirst: boolean }) {
    this.#isNewestFirst = isNewestFirst;
  }

  push(lot: number, time: number): void {
    const end = this.#times.length;
    if (end === this.#start || time >= (this.#times[end - 1] ?? 0)) {
      this.#lots.push(lot);
      this.#times.push(time);
      return;
    }
    // A lot that comes by transfer keeps its old date.
    let low = this.#start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    this.#lots.splice(low, 0, lot);
    this.#times.splice(low, 0, time);
  }

  first(): number {
    if (this.#start >= this.#lots.length) return -1;
    return this.#lots[this.#isNewestFirst ? this.#lots.length - 1 : this.#start] ?? -1;
  }

  removeFirst(): void {
    if (this.#isNewestFirst) {
      this.#lots.pop();
      this.#times.pop();
    } else {
      this.#start++;
    }
  }

  save(isOpen: (lot: number) => boolean): (keyOf: (lot: number) => number) => LotOrder {
    const lots = openOnes(this.#lots, { from: this.#start, isOpen });
    return (keyOf) => {
      const order = new TimeOrder({ isNewestFirst: this.#isNewestFirst });
      for (const lot of lots) order.push(lot, keyOf(lot));
      return order;
    };
  }
}

/** Highest or lowest unit cost first, as a binary heap; the older of two that are equal. */
export class CostOrder implements LotOrder {
  readonly #sign: number;
  readonly #compareExactly: (a: number, b: number) => number;
  readonly #lots: number[] = [];
  readonly #keys: number[] = [];

  /** `compareExactly` tells lots apart whose keys are too close for a float. */
  constructor(
    compareExactly: (a: number, b: number) => number,
    { isHighestFirst }: { readonly isHighestFirst: boolean },
  ) {
    this.#sign = isHighestFirst ? -1 : 1;
    this.#compareExactly = compareExactly;
  }

  push(lot: number, key: number): void {
    let place = this.#lots.length;
    this.#lots.push(lot);
    this.#keys.push(key);
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (!this.#isBefore(place, parent)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  first(): number {
    return this.#lots[0] ?? -1;
  }

  removeFirst(): void {
    const last = this.#lots.length - 1;
    this.#swap(0, last);
    this.#lots.pop();
    this.#keys.pop();
    let place = 0;
    while (true) {
      const left = 2 * place + 1;
      if (left >= last) return;
      const right = left + 1;
      const child = right < last && this.#isBefore(right, left) ? right : left;
      if (!this.#isBefore(child, place)) return;
      this.#swap(place, child);
      place = child;
    }
  }

  save(isOpen: (lot: number) => boolean): (keyOf: (lot: number) => number) => LotOrder {
    const lots = openOnes(this.#lots, { from: 0, isOpen });
    return (keyOf) => {
      const isHighestFirst = this.#sign < 0;
      const order = new CostOrder(this.#compareExactly, { isHighestFirst });
      for (const lot of lots) order.push(lot, keyOf(lot));
      return order;
    };
  }

  #isBefore(a: number, b: number): boolean {
    const aKey = this.#keys[a] ?? 0;
    const bKey = this.#keys[b] ?? 0;
    const difference = aKey - bKey;
    if (Math.abs(difference) > 1e-12 * Math.abs(aKey)) return this.#sign * difference < 0;
    const aLot = this.#lots[a] ?? 0;
    const bLot = this.#lots[b] ?? 0;
    const order = this.#sign * this.#compareExactly(aLot, bLot);
    return order === 0 ? aLot < bLot : order < 0;
  }

  #swap(a: number, b: number): void {
    const lot = this.#lots[a] ?? 0;
    const key = this.#keys[a] ?? 0;
    this.#lots[a] = this.#lots[b] ?? 0;
    this.#keys[a] = this.#keys[b] ?? 0;
    this.#lots[b] = lot;
    this.#keys[b] = key;
  }
}

/** The lots that are open, from a place on. */
function openOnes(
  lots: readonly number[],
  { from, isOpen }: { readonly from: number; readonly isOpen: (lot: number) => boolean },
): Int32Array {
  const open = new Int32Array(lots.length - from);
  let count = 0;
  for (let place = from; place < lots.length; place++) {
    const lot = lots[place] ?? -1;
    if (isOpen(lot)) open[count++] = lot;
  }
  return open.slice(0, count);
}
