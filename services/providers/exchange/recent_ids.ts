const CAPACITY = 512;

/** The last ids seen, bounded, for venues whose ids have holes. */
export class RecentIds {
  readonly #ids = new Set<number>();

  /** Whether the id is new; from then on it is not. */
  admit(id: number): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    // A set keeps its order, so that the first one is the oldest.
    const [oldest] = this.#ids;
    if (this.#ids.size > CAPACITY && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}
