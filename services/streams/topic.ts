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
/** Keys of one group whose latest value is kept: bars of a chart go on, and get new keys. */
export const KEYS_PER_GROUP = 16;

/** The latest value of each key, the entries of the recent past, and those still to be sent. */
export class Topic {
  readonly name: string;
  /** Name of its events. */
  readonly event: string;
  /** By group and key, each group in the order of its last changes. */
  readonly #latest = new Map<string, Map<string, StreamEntry>>();
  readonly #ring: StreamEntry[] = [];
  #pending = new Map<string, StreamEntry>();
  #start = 0;
  /** Entries up to this one may be missing in the ring, and values of keys in what is kept. */
  #lost = 0;
  #forgotten = 0;

  constructor(name: string, { event }: { event: string }) {
    this.name = name;
    this.event = event;
  }

  /** Keeps an entry to be sent, in the place of one with its key that was not sent yet. */
  pend(entry: StreamEntry): void {
    // Deleted first, so that the order is that of the latest values.
    this.#pending.delete(entry.key);
    this.#pending.set(entry.key, entry);
  }

  /** What is to be sent, in its order; from now on it counts as sent. */
  take(): readonly StreamEntry[] {
    const entries = [...this.#pending.values()];
    this.#pending = new Map();
    for (const entry of entries) this.#add(entry);
    return entries;
  }

  /** Lets go of every value up to `seq`, sent or not: who comes back from before has missed them. */
  forget(seq: number): void {
    this.#latest.clear();
    this.#ring.length = 0;
    this.#pending.clear();
    this.#start = 0;
    this.#lost = seq;
    this.#forgotten = seq;
  }

  /** Every entry after `seq` in its order; `null` if some of them are no longer kept. */
  since(seq: number): readonly StreamEntry[] | null {
    if (seq < this.#lost) return null;
    const entries: StreamEntry[] = [];
    const size = this.#ring.length;
    for (let back = 1; back <= size; back++) {
      const entry = this.#ring[(this.#start - back + size) % size];
      if (!entry || entry.seq <= seq) break;
      entries.push(entry);
    }
    return entries.reverse();
  }

  /** The latest values, oldest first: what a new reader gets. */
  latest(): readonly StreamEntry[] {
    return this.#keptSince(0);
  }

  /** Whether `latestSince` knows every key that changed after `seq`. */
  hasAllSince(seq: number): boolean {
    return seq >= Math.min(this.#lost, this.#forgotten);
  }

  /**
   * The latest value of every key that changed after `seq`, oldest first: what a slow reader gets.
   * One that is slower than the ring gets what is kept of each group.
   */
  latestSince(seq: number): readonly StreamEntry[] {
    const recent = seq < this.#forgotten ? this.since(seq) : null;
    if (recent === null) return this.#keptSince(seq);
    return inOrder(new Map(recent.map((entry) => [entry.key, entry])).values());
  }

  #keptSince(seq: number): readonly StreamEntry[] {
    const kept: StreamEntry[] = [];
    for (const group of this.#latest.values()) {
      for (const entry of group.values()) if (entry.seq > seq) kept.push(entry);
    }
    return inOrder(kept);
  }

  #add(entry: StreamEntry): void {
    this.#keep(entry);
    if (this.#ring.length < RING_ENTRIES) {
      this.#ring.push(entry);
      return;
    }
    this.#lost = this.#ring[this.#start]?.seq ?? this.#lost;
    this.#ring[this.#start] = entry;
    this.#start = (this.#start + 1) % RING_ENTRIES;
  }

  #keep(entry: StreamEntry): void {
    const group = this.#latest.get(entry.group) ?? new Map<string, StreamEntry>();
    this.#latest.set(entry.group, group);
    group.delete(entry.key);
    group.set(entry.key, entry);
    if (group.size <= KEYS_PER_GROUP) return;
    for (const [key, { seq }] of group) {
      group.delete(key);
      this.#forgotten = Math.max(this.#forgotten, seq);
      break;
    }
  }
}

function inOrder(entries: Iterable<StreamEntry>): readonly StreamEntry[] {
  return [...entries].sort((a, b) => a.seq - b.seq);
}
