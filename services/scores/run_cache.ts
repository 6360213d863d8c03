/** Keeps the results that were asked for last; askers of one key share its computation. */
export class RunCache<Value> {
  readonly #limit: number;
  readonly #held = new Map<string, Promise<Value>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What is kept under the key, or what `compute` makes; a failure is not kept. */
  get(key: string, compute: () => Promise<Value>): Promise<Value> {
    const held = this.#held.get(key);
    const value = held ?? this.#compute(key, compute);
    // Set anew, so that the order is that of the last use.
    this.#held.delete(key);
    this.#held.set(key, value);
    const [oldest] = this.#held.keys();
    if (this.#held.size > this.#limit && oldest !== undefined) this.#held.delete(oldest);
    return value;
  }

  #compute(key: string, compute: () => Promise<Value>): Promise<Value> {
    return compute().catch((error: unknown) => {
      this.#held.delete(key);
      throw error;
    });
  }
}
