/** Who wants to hear of changes; one that throws does not keep the others from hearing. */
export class ChangeListeners {
  readonly #listeners = new Set<() => void>();

  get size(): number {
    return this.#listeners.size;
  }

  /** Adds a listener; the returned function removes it again. */
  add(listener: () => void): () => void {
    // Wrapped, so that the same function added twice is two listeners.
    const entry = () => listener();
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  tell(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        reportError(error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
