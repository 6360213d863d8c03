import { MINUTE_MS, type UtcMs } from "../../kernel/time.ts";
import type { Clock } from "../../ports/mod.ts";

/** How long a result is given again. */
export const MAX_RESULT_AGE_MS = 5 * MINUTE_MS;
/** Results kept at a time; the one that was asked for longest ago goes first. */
export const MAX_RESULTS = 200;

interface Entry<T> {
  readonly stamp: string;
  readonly until: UtcMs;
  readonly result: Promise<T>;
}

/**
 * Keeps results under their keys, `analytics:{metric}:{coin_id}:{period}`, each with the stamp of
 * the facts that it was made from: another stamp drops it. Several askers share one computation.
 */
export class ResultCache<T> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry<T>>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The kept result, or the one that `compute` makes now. A failure is not kept. */
  get(
    key: string,
    { stamp, compute }: { readonly stamp: string; readonly compute: () => Promise<T> },
  ): Promise<T> {
    const now = this.#clock.now();
    const held = this.#entries.get(key);
    // Deleted and set again, an entry is the youngest of the map's order.
    this.#entries.delete(key);
    const entry = held?.stamp === stamp && now < held.until
      ? held
      : { stamp, until: now + MAX_RESULT_AGE_MS as UtcMs, result: this.#watch(key, compute()) };
    this.#entries.set(key, entry);
    if (this.#entries.size > MAX_RESULTS) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry.result;
  }

  #watch(key: string, result: Promise<T>): Promise<T> {
    result.catch(() => {
      if (this.#entries.get(key)?.result === result) this.#entries.delete(key);
    });
    return result;
  }
}
