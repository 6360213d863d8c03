/** A trade of the local exchange. */
export interface ExchangeTrade {
  readonly market: string;
  readonly id: number;
  readonly price: number;
  readonly quantity: number;
  readonly at: number;
}

interface Walker {
  id: number;
  price: number;
}

const FIRST_PRICE = 100;

/** Trades of a seeded random walk: the same seed gives the same prices. */
export class TradeWalk {
  readonly #walkers = new Map<string, Walker>();
  readonly #firstPrice: number;
  /** Whether trades are made at the price of the one before. */
  isStill = false;
  #state: number;

  constructor(seed: number, { firstPrice = FIRST_PRICE } = {}) {
    this.#state = seed >>> 0;
    this.#firstPrice = firstPrice;
  }

  next(market: string, at: number): ExchangeTrade {
    const walker = this.#walkers.get(market) ?? { id: 1_000, price: this.#firstPrice };
    this.#walkers.set(market, walker);
    walker.id++;
    // A tenth of a thousandth per step; kept in cents and above one.
    const step = 1 + (this.#random() - 0.5) / 5_000;
    if (!this.isStill) walker.price = Math.max(1, walker.price * step);
    const price = Math.round(walker.price * 100) / 100;
    const quantity = (1 + Math.floor(this.#random() * 1_000)) / 1_000;
    return { market, id: walker.id, price, quantity, at };
  }

  lastId(market: string): number {
    return this.#walkers.get(market)?.id ?? 0;
  }

  /** Mulberry32: small, fast and good enough for prices. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
