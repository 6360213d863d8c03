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
  wroteAt = -Infinity;

  constructor(sink: StreamSink<Chunk>) {
    this.sink = sink;
  }
}

/** Readers of the same choice over the same wire: they share every chunk. */
export class ReaderGroup<Chunk> {
  readonly topic: Topic;
  readonly format: WireFormat<Chunk>;
  readonly readers = new Set<StreamReader<Chunk>>();
  readonly #groups: ReadonlySet<string> | null;

  constructor(
    { topic, format, groups }: {
      topic: Topic;
      format: WireFormat<Chunk>;
      groups: readonly string[] | null;
    },
  ) {
    this.topic = topic;
    this.format = format;
    this.#groups = groups && new Set(groups);
  }

  /** The entries that these readers chose. */
  choose(entries: readonly StreamEntry[]): readonly StreamEntry[] {
    const groups = this.#groups;
    return groups === null ? entries : entries.filter(({ group }) => groups.has(group));
  }

  /** Sends the entries to a reader that just came; nothing where there are none. */
  greet(reader: StreamReader<Chunk>, entries: readonly StreamEntry[]): void {
    const chosen = this.choose(entries);
    if (chosen.length > 0) reader.sink.write(this.format.encode(chosen, this.topic));
  }

  /**
   * Sends the new entries to all readers. One that is not ready stays where it is, and gets the
   * latest values once it is; how many values were sent, and how many skipped.
   */
  send(
    entries: readonly StreamEntry[],
    { now, before }: { now: number; before: number },
  ): { readonly delivered: number; readonly conflated: number } {
    const chosen = this.choose(entries);
    let chunk: Chunk | null = null;
    let delivered = 0;
    let conflated = 0;
    for (const reader of this.readers) {
      if (reader.isBehind) {
        const caughtUp = this.#catchUp(reader, now);
        delivered += caughtUp;
        if (caughtUp === 0) conflated += chosen.length;
        continue;
      }
      if (chosen.length === 0) continue;
      if (!reader.sink.isReady()) {
        reader.isBehind = true;
        reader.cursor = before;
        continue;
      }
      chunk ??= this.format.encode(chosen, this.topic);
      reader.sink.write(chunk);
      reader.wroteAt = now;
      delivered += chosen.length;
    }
    return { delivered, conflated };
  }

  #catchUp(reader: StreamReader<Chunk>, now: number): number {
    if (!reader.sink.isReady()) return 0;
    const latest = this.choose(this.topic.latestSince(reader.cursor));
    reader.isBehind = false;
    if (latest.length === 0) return 0;
    reader.sink.write(this.format.encode(latest, this.topic));
    reader.wroteAt = now;
    return latest.length;
  }
}
