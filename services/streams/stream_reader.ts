import type { StreamEntry, Topic } from "./topic.ts";

/** How entries become what goes over the wire of one kind of connection. */
export interface WireFormat<Chunk> {
  readonly name: string;
  /** One chunk for all the entries; made once for all readers of the same choice. */
  encode(entries: readonly StreamEntry[], topic: Topic): Chunk;
}

/** The connection of one reader. */
export interface StreamSink<Chunk> {
  /** Whether it takes more without keeping it in memory. */
  isReady(): boolean;
  write(chunk: Chunk): void;
  /** Says that between what came and what follows something is missing. */
  reset(): void;
  /** A sign of life where nothing else was written. */
  beat(): void;
  /** Ends it; the reader may come back at once. */
  end(): void;
}

/** What a reader chose: a topic, and groups of it or all of them. */
export interface StreamChoice {
  readonly topic: string;
  /** `null` is all. */
  readonly groups: readonly string[] | null;
}

/** One reader's place in a topic. It keeps no entries, only how far it was sent. */
export class StreamReader<Chunk> {
  readonly sink: StreamSink<Chunk>;
  /** The entry up to which it was sent, while it is behind. */
  cursor = 0;
  isBehind = false;
  /** Values that came while it is behind. */
  skipped = 0;
  wroteAt: number;

  constructor(sink: StreamSink<Chunk>, now: number) {
    this.sink = sink;
    this.wroteAt = now;
  }

  /** Lets it miss what comes after the entry `cursor` until it takes more. */
  fallBehind(cursor: number): void {
    this.isBehind = true;
    this.cursor = cursor;
    this.skipped = 0;
  }
}

/** Readers of the same choice over the same wire: they share every chunk. */
export class ReaderGroup<Chunk> {
  readonly id: string;
  readonly topic: Topic;
  readonly format: WireFormat<Chunk>;
  readonly readers = new Set<StreamReader<Chunk>>();
  readonly #groups: ReadonlySet<string> | null;

  constructor(
    { id, topic, format, groups }: {
      id: string;
      topic: Topic;
      format: WireFormat<Chunk>;
      groups: readonly string[] | null;
    },
  ) {
    this.id = id;
    this.topic = topic;
    this.format = format;
    this.#groups = groups && new Set(groups);
  }

  /** Tells its readers that what they were sent holds no more; a slow one hears once it is ready. */
  reset(): void {
    for (const reader of this.readers) {
      if (reader.isBehind) continue;
      if (reader.sink.isReady()) reader.sink.reset();
      else reader.fallBehind(0);
    }
  }

  chooses({ group }: StreamEntry): boolean {
    return this.#groups === null || this.#groups.has(group);
  }

  /** Sends the entries to a reader that just came; nothing where there are none. */
  greet(reader: StreamReader<Chunk>, entries: readonly StreamEntry[]): void {
    const chosen = this.#choose(entries);
    if (chosen.length === 0) return;
    if (reader.sink.isReady()) return reader.sink.write(this.format.encode(chosen, this.topic));
    // It chose something else while it is slow: once it is not, it gets the latest of everything.
    reader.fallBehind(0);
  }

  /**
   * Sends the new entries to all readers. One that is not ready stays where it is, and gets the
   * latest values once it is; how many values were sent, and how many skipped.
   */
  send(
    entries: readonly StreamEntry[],
    { now, before }: { now: number; before: number },
  ): { readonly delivered: number; readonly conflated: number } {
    const chosen = this.#choose(entries);
    let chunk: Chunk | null = null;
    let delivered = 0;
    let conflated = 0;
    for (const reader of this.readers) {
      if (!reader.isBehind && chosen.length === 0) continue;
      if (!reader.isBehind && reader.sink.isReady()) {
        chunk ??= this.format.encode(chosen, this.topic);
        reader.sink.write(chunk);
        reader.wroteAt = now;
        delivered += chosen.length;
        continue;
      }
      if (!reader.isBehind) reader.fallBehind(before);
      reader.skipped += chosen.length;
      const { skipped } = reader;
      const caughtUp = this.#catchUp(reader, now);
      delivered += caughtUp;
      if (!reader.isBehind) conflated += Math.max(0, skipped - caughtUp);
    }
    return { delivered, conflated };
  }

  #choose(entries: readonly StreamEntry[]): readonly StreamEntry[] {
    return this.#groups === null ? entries : entries.filter((entry) => this.chooses(entry));
  }

  #catchUp(reader: StreamReader<Chunk>, now: number): number {
    if (!reader.sink.isReady()) return 0;
    const latest = this.#choose(this.topic.latestSince(reader.cursor));
    reader.isBehind = false;
    if (!this.topic.hasAllSince(reader.cursor)) reader.sink.reset();
    if (latest.length === 0) return 0;
    reader.sink.write(this.format.encode(latest, this.topic));
    reader.wroteAt = now;
    return latest.length;
  }
}
