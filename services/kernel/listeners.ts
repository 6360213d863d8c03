/** Who wants to hear of something; one that throws does not keep the others from hearing. */
export class Listeners<Message = void> {
  readonly #listeners = new Set<(message: Message) => void>();
  readonly #onError: (error: unknown) => void;

  /** `onError` is told what a listener threw. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** Adds a listener; the returned function removes it again. */
  add(listener: (message: Message) => void): () => void {
    // Wrapped, so that the same function added twice is two listeners.
    const entry = (message: Message) => listener(message);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Tells everybody, in the order in which they came; who comes meanwhile hears the next time. */
  tell(message: Message): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(message);
      } catch (error) {
        const report = this.#onError;
        report(error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
