import type { Clock } from "../../ports/mod.ts";

interface Kept<T> {
  readonly value: T;
  readonly cost: number;
  readonly at: number;
}

export interface RecentOptions<T> {
  readonly clock: Clock;
  /** What all that is kept may cost together. */
  readonly maxCost: number;
  /** 1 by default. */
  readonly costOf?: (value: T) => number;
  /** How long a value is taken for known; for ever by default. */
  readonly freshMs?: number;
}

/**
 * What was read or computed last; what was asked for the longest ago is forgotten. Those who ask at
 * once wait for one computation. `null` and failures are nobody's to keep.
 */
export class Recent<T> {
  readonly #options: RecentOptions<T>;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #running = new Map<string, Promise<T | null>>();

  constructor(options: RecentOptions<T>) {
    this.#options = options;
  }

  async get(key: string, compute: () => Promise<T | null>): Promise<T | null> {
    const { clock, freshMs = Infinity } = this.#options;
    const known = this.#kept.get(key);
    if (known !== undefined && clock.now() - known.at < freshMs) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.value;
    }
    const running = this.#running.get(key) ?? compute();
    this.#running.set(key, running);
    try {
      const value = await running;
      if (value !== null) this.#keep(key, value);
      return value;
    } finally {
      this.#running.delete(key);
    }
  }

  #keep(key: string, value: T): void {
    const { clock, maxCost, costOf = () => 1 } = this.#options;
    this.#kept.delete(key);
    this.#kept.set(key, { value, cost: costOf(value), at: clock.now() });
    let cost = 0;
    for (const kept of this.#kept.values()) cost += kept.cost;
    for (const [oldest, kept] of this.#kept) {
      if (cost <= maxCost || oldest === key) return;
      cost -= kept.cost;
      this.#kept.delete(oldest);
    }
  }
}
