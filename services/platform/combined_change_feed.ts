import type { ChangeFeed } from "../ports/mod.ts";

/** Stored facts and values in memory as one feed: its number grows when either changes. */
export class CombinedChangeFeed implements ChangeFeed {
  readonly #store: ChangeFeed;
  readonly #memory: { version(): number };

  constructor(store: ChangeFeed, memory: { version(): number }) {
    this.#store = store;
    this.#memory = memory;
  }

  current(): number {
    return this.#store.current() + this.#memory.version();
  }

  /** Tells of stored facts only: readers of values in memory ask for the number. */
  subscribe(listener: () => void): () => void {
    return this.#store.subscribe(listener);
  }
}
