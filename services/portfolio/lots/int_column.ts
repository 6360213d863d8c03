/** Whole numbers of 32 bits that are added at the end. */
export class IntColumn {
  #values: Int32Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity: number) {
    this.#values = new Int32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const longer = new Int32Array(2 * this.#length + 1);
      longer.set(this.#values);
      this.#values = longer;
    }
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
