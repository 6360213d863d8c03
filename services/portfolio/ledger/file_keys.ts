import { fingerprintInto } from "../../kernel/fingerprint.ts";

/** What a file said under a key. */
export interface SaidBefore {
  /** `contentFingerprint` of what it said. */
  readonly content: number;
  readonly line: number;
}

const FIRST_SLOTS = 1_024;
/** Beyond this share of taken slots looking for a free one takes long. */
const MAX_LOAD = 0.6;

/**
 * The keys that a file has named so far, in 20 bytes of typed columns each and never as text: three
 * million of them, which a million rows with fees have, take some 170 MB. A key is known by 64 bits
 * of its text: that two keys of such a file share them has a chance of one to four million, and
 * the second row is then set aside as contradicting the first.
 */
export class FileKeys {
  #lows = new Uint32Array(FIRST_SLOTS);
  #highs = new Uint32Array(FIRST_SLOTS);
  #contents = new Float64Array(FIRST_SLOTS);
  /** One more than the line, as 0 is a free slot. */
  #lines = new Uint32Array(FIRST_SLOTS);
  #count = 0;
  readonly #word = new Uint32Array(2);

  /** How many keys there are. */
  get size(): number {
    return this.#count;
  }

  /** What stands under a key; `null` if the file did not name it yet. */
  find(key: string): SaidBefore | null {
    const slot = this.#slotOf(key);
    const line = this.#lines[slot] ?? 0;
    return line === 0 ? null : { content: this.#contents[slot] ?? 0, line: line - 1 };
  }

  /** Puts what is said under a key, in place of what was. */
  set(key: string, { content, line }: SaidBefore): void {
    if (this.#count >= MAX_LOAD * this.#lines.length) this.#grow();
    const slot = this.#slotOf(key);
    if (this.#lines[slot] === 0) this.#count++;
    this.#lows[slot] = this.#word[0] ?? 0;
    this.#highs[slot] = this.#word[1] ?? 0;
    this.#contents[slot] = content;
    this.#lines[slot] = line + 1;
  }

  /** The slot of a key, or the free one that would be its own. */
  #slotOf(key: string): number {
    fingerprintInto(this.#word, key);
    return this.#slotOfWord(this.#word[0] ?? 0, this.#word[1] ?? 0);
  }

  #slotOfWord(low: number, high: number): number {
    const last = this.#lines.length - 1;
    let slot = low & last;
    while (this.#lines[slot] !== 0 && (this.#lows[slot] !== low || this.#highs[slot] !== high)) {
      slot = slot + 1 & last;
    }
    return slot;
  }

  #grow(): void {
    const [lows, highs, contents, lines] = [this.#lows, this.#highs, this.#contents, this.#lines];
    const slots = 2 * lines.length;
    this.#lows = new Uint32Array(slots);
    this.#highs = new Uint32Array(slots);
    this.#contents = new Float64Array(slots);
    this.#lines = new Uint32Array(slots);
    for (let from = 0; from < lines.length; from++) {
      const line = lines[from] ?? 0;
      if (line === 0) continue;
      const [low, high] = [lows[from] ?? 0, highs[from] ?? 0];
      const slot = this.#slotOfWord(low, high);
      this.#lows[slot] = low;
      this.#highs[slot] = high;
      this.#contents[slot] = contents[from] ?? 0;
      this.#lines[slot] = line;
    }
  }
}
