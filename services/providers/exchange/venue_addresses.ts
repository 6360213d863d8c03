/** A venue's base addresses in their order, and which of them serve this place. */
export class VenueAddresses {
  readonly #urls: readonly string[];
  readonly #refused = new Set<string>();
  #at = 0;

  constructor(urls: readonly string[]) {
    if (urls.length === 0) throw new RangeError("Cannot stream: expected at least one address");
    this.#urls = urls;
  }

  get current(): string {
    return this.#urls[this.#at] ?? "";
  }

  /** Goes on to the next address that did not refuse; stays where there is no other. */
  next(): void {
    for (let step = 1; step <= this.#urls.length; step++) {
      const at = (this.#at + step) % this.#urls.length;
      if (this.#refused.has(this.#urls[at] ?? "")) continue;
      this.#at = at;
      return;
    }
  }

  /** The current one does not serve this place. Whether another might. */
  refuse(): boolean {
    this.#refused.add(this.current);
    this.next();
    return this.#refused.size < this.#urls.length;
  }

  /** Begins again with the first. */
  forgive(): void {
    this.#refused.clear();
    this.#at = 0;
  }
}
