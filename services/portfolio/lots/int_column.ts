/** Whole numbers of 32 bits that are added at the end. */
export class IntColumn {
  #values = new Int32Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Makes room for so many. */
  reserve(capacity: number): void {
    if (capacity <= this.#values.length) return;
    const longer = new Int32Array(capacity);
    longer.set(this.#values);
    this.#values = longer;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.reserve(2 * this.#length + 1);
    this.#values[this.#length++] = value;
  }

  /** The value at an index; 0 beyond the end. */
  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  write(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** Forgets what stands from a place on. */
  truncate(length: number): void {
    this.#length = Math.min(length, this.#length);
  }

  /** The values with their indices. */
  entries(): ArrayIterator<[number, number]> {
    return this.#values.subarray(0, this.#length).entries();
  }
}
