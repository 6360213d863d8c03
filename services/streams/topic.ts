/** One value of a topic, encoded once for all its readers. */
export interface StreamEntry {
  readonly seq: number;
  /** Of two entries with one key the later one is all that a slow reader needs. */
  readonly key: string;
  /** What readers choose by. */
  readonly group: string;
  readonly json: string;
  readonly publishedAt: number;
}

/** Entries kept for readers that come back; older ones are told by a reset. */
export const RING_ENTRIES = 8_192;

/** The latest value of each key, and the entries of the recent past in their order. */
export class Topic {
  readonly name: string;
  /** Name of its events. */
  readonly event: string;
  readonly #latest = new Map<string, StreamEntry>();
  readonly #ring: StreamEntry[] = [];
  #start = 0;
  #lost = 0;

  constructor(name: string, { event }: { event: string }) {
    this.name = name;
    this.event = event;
  }

  add(entry: StreamEntry): void {
    this.#latest.set(entry.key, entry);
    if (this.#ring.length < RING_ENTRIES) {
      this.#ring.push(entry);
      return;
    }
    this.#lost = this.#ring[this.#start]?.seq ?? this.#lost;
    this.#ring[this.#start] = entry;
    this.#start = (this.#start + 1) % RING_ENTRIES;
  }

  /** Every entry after `seq` in its order; `null` if some of them are no longer kept. */
  since(seq: number): readonly StreamEntry[] | null {
    if (seq < this.#lost) return null;
    const ordered = [...this.#ring.slice(this.#start), ...this.#ring.slice(0, this.#start)];
    return ordered.filter((entry) => entry.seq > seq);
  }

  /** The latest values that came after `seq`, oldest first: what a slow reader gets. */
  latestSince(seq: number): readonly StreamEntry[] {
    return [...this.#latest.values()].filter((entry) => entry.seq > seq)
      .sort((a, b) => a.seq - b.seq);
  }
}
