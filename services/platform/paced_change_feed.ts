import type { ChangeFeed, Clock } from "../ports/mod.ts";

/**
 * A change feed that asks its store once a millisecond, since asking costs as much as a cached
 * answer. What this process changes is known at once; another process's commit a millisecond later.
 */
export class PacedChangeFeed implements ChangeFeed {
  readonly #feed: ChangeFeed;
  readonly #clock: Clock;
  #askedAt = NaN;
  #current = NaN;

  constructor(feed: ChangeFeed, clock: Clock) {
    this.#feed = feed;
    this.#clock = clock;
    feed.subscribe(() => this.#askedAt = NaN);
  }

  current(): number {
    const now = this.#clock.now();
    if (now !== this.#askedAt) {
      this.#current = this.#feed.current();
      this.#askedAt = now;
    }
    return this.#current;
  }

  subscribe(listener: () => void): () => void {
    return this.#feed.subscribe(listener);
  }
}
