import type { ChangeFeed, Clock } from "../ports/mod.ts";

/** Another process's commit is known that much later; nobody reads two answers as fast. */
const ASK_EVERY_MS = 5;

/**
 * A change feed that asks its store now and then, since asking costs as much as a cached answer.
 * What this process changes is known at once.
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
    // Also where the clock was set back, and where nothing was asked yet.
    if (!(Math.abs(now - this.#askedAt) < ASK_EVERY_MS)) {
      this.#current = this.#feed.current();
      this.#askedAt = now;
    }
    return this.#current;
  }

  subscribe(listener: () => void): () => void {
    return this.#feed.subscribe(listener);
  }
}
