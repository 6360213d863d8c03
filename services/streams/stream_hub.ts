import { MINUTE_MS, SECOND_MS } from "../kernel/time.ts";
import type { Clock, Timer } from "../ports/mod.ts";
import { Beat } from "./beat.ts";
import {
  ReaderGroup,
  type StreamChoice,
  StreamReader,
  type StreamSink,
  type WireFormat,
} from "./stream_reader.ts";
import { type StreamEntry, Topic } from "./topic.ts";

/** A reader that was sent nothing for this long gets a sign of life. */
export const HEARTBEAT_MS = 15 * SECOND_MS;
/** Lags remembered to tell their 99th percentile. */
const MAX_LAGS = 4_096;

/** A value to publish. */
export interface StreamValue {
  readonly key: string;
  /** What readers choose by; the key if left out. */
  readonly group?: string;
  readonly json: string;
}

/** A reader's subscription. */
export interface Subscription {
  /** Chooses other groups from now on; the latest values of those that are new are sent. */
  choose(groups: readonly string[]): void;
  close(): void;
}

export interface HubCounts {
  readonly readers: number;
  readonly encoded: number;
  readonly delivered: number;
  readonly conflated: number;
  /** Milliseconds from publishing to writing, 99th percentile of the last minute. */
  readonly lagP99Ms: number | null;
}

/**
 * Sends the latest values of topics to readers, at its own pace. It keeps one value for each key
 * and a ring of the recent past; a reader costs the same whether it is fast or stalled.
 */
export class StreamHub {
  /** Tells this hub's event ids from those of others and of earlier runs. */
  readonly instance: string;
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #topics: ReadonlyMap<string, Topic>;
  readonly #beats: ReadonlyMap<Topic, Beat>;
  // Chunks of one group never meet those of another, whose format differs.
  readonly #groups = new Map<string, ReaderGroup<unknown>>();
  #seq = 0;
  #cancelHeartbeat: (() => void) | null = null;
  #isClosed = false;
  #encoded = 0;
  #delivered = 0;
  #conflated = 0;
  #lags: { readonly at: number; readonly ms: number }[] = [];

  constructor(
    topics: Readonly<Record<string, { readonly event: string }>>,
    { clock, timer, instance }: { clock: Clock; timer: Timer; instance: string },
  ) {
    this.#topics = new Map(
      Object.entries(topics).map(([name, { event }]) => [name, new Topic(name, { event })]),
    );
    this.#beats = new Map(
      [...this.#topics.values()].map((topic) => [
        topic,
        new Beat({ clock, timer, send: () => this.#send(topic) }),
      ]),
    );
    this.#clock = clock;
    this.#timer = timer;
    this.instance = instance;
  }

  /** Whether it takes no more values and readers. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends the values with the next beat; of several with one key in a beat, the last one. */
  publish(topicName: string, values: readonly StreamValue[]): void {
    if (this.#isClosed || values.length === 0) return;
    const topic = this.#topic(topicName);
    const publishedAt = this.#clock.now();
    for (const { key, group = key, json } of values) {
      topic.pend({ seq: ++this.#seq, key, group, json, publishedAt });
    }
    this.#beats.get(topic)?.ask();
  }

  /**
   * Forgets all values of the topic, those still to be sent too, as they hold no more. New readers
   * get none of them, and every present one is told that it starts anew.
   */
  forget(topicName: string): void {
    const topic = this.#topic(topicName);
    topic.forget(this.#seq);
    for (const group of this.#groups.values()) if (group.topic === topic) group.reset();
  }

  /**
   * Adds a reader. It is sent what it missed since `lastEventId` if that is still kept, else a reset
   * and the latest values. Once the hub is closed it is ended at once.
   */
  subscribe<Chunk>(
    choice: StreamChoice,
    { sink, format, lastEventId = null }: {
      sink: StreamSink<Chunk>;
      format: WireFormat<Chunk>;
      lastEventId?: string | null;
    },
  ): Subscription {
    const topic = this.#topic(choice.topic);
    if (this.#isClosed) {
      sink.end();
      return { choose: () => {}, close: () => {} };
    }
    const reader = new StreamReader(sink, this.#clock.now());
    const missed = lastEventId === null ? null : this.#missed(topic, lastEventId);
    if (lastEventId !== null && missed === null) sink.reset();
    let group = this.#group(choice, format);
    group.greet(reader, missed ?? topic.latest());
    group.readers.add(reader);
    this.#cancelHeartbeat ??= this.#timer.after(HEARTBEAT_MS / 3, () => this.#heartbeat());
    return {
      choose: (groups) => {
        const old = group;
        this.#leave(old, reader);
        group = this.#group({ topic: topic.name, groups }, format);
        group.greet(reader, topic.latest().filter((entry) => !old.chooses(entry)));
        group.readers.add(reader);
      },
      close: () => this.#leave(group, reader),
    };
  }

  counts(): HubCounts {
    let readers = 0;
    for (const group of this.#groups.values()) readers += group.readers.size;
    const now = this.#clock.now();
    const lags = this.#lags.filter(({ at }) => now - at <= MINUTE_MS).map(({ ms }) => ms)
      .sort((a, b) => a - b);
    return {
      readers,
      encoded: this.#encoded,
      delivered: this.#delivered,
      conflated: this.#conflated,
      lagP99Ms: lags[Math.ceil(lags.length * 0.99) - 1] ?? null,
    };
  }

  /** Sends what is due, ends every reader and takes no more values. */
  close(): void {
    for (const beat of this.#beats.values()) beat.finish();
    this.#isClosed = true;
    this.#cancelHeartbeat?.();
    const groups = [...this.#groups.values()];
    this.#groups.clear();
    for (const { readers } of groups) {
      for (const { sink } of readers) sink.end();
    }
  }

  #group<Chunk>({ topic: name, groups }: StreamChoice, format: WireFormat<Chunk>) {
    const chosen = groups && [...new Set(groups)].sort();
    const id = `${name} ${format.name} ${chosen === null ? "*" : JSON.stringify(chosen)}`;
    const known = this.#groups.get(id);
    // Of the same format, whose name is part of the id.
    if (known) return known as ReaderGroup<Chunk>;
    const group = new ReaderGroup({ id, topic: this.#topic(name), format, groups: chosen });
    this.#groups.set(id, group as ReaderGroup<unknown>);
    return group;
  }

  #leave<Chunk>(group: ReaderGroup<Chunk>, reader: StreamReader<Chunk>): void {
    const hasLeft = group.readers.delete(reader);
    if (hasLeft && group.readers.size === 0) this.#groups.delete(group.id);
  }

  #send(topic: Topic): void {
    const entries = topic.take();
    const now = this.#clock.now();
    const before = (entries[0]?.seq ?? 1) - 1;
    this.#encoded += entries.length;
    let delivered = 0;
    for (const group of this.#groups.values()) {
      if (group.topic !== topic) continue;
      const sent = group.send(entries, { now, before });
      delivered += sent.delivered;
      this.#count(sent);
    }
    // What nobody was sent came late for nobody.
    if (delivered > 0) this.#measure(entries);
  }

  #count({ delivered, conflated }: { delivered: number; conflated: number }): void {
    this.#delivered += delivered;
    this.#conflated += conflated;
  }

  /** Taken after the last write, so that the time all the writing takes is part of it. */
  #measure(entries: readonly StreamEntry[]): void {
    const at = this.#clock.now();
    const oldest = Math.min(...entries.map(({ publishedAt }) => publishedAt));
    this.#lags.push({ at, ms: at - oldest });
    if (this.#lags.length > MAX_LAGS) this.#lags = this.#lags.slice(-MAX_LAGS / 2);
  }

  #heartbeat(): void {
    this.#cancelHeartbeat = this.#groups.size === 0
      ? null
      : this.#timer.after(HEARTBEAT_MS / 3, () => this.#heartbeat());
    const now = this.#clock.now();
    for (const group of this.#groups.values()) {
      // Also what nothing new came for: a reader that caught up late would wait for the next value.
      this.#count(group.send([], { now, before: this.#seq }));
      for (const reader of group.readers) {
        if (now - reader.wroteAt < HEARTBEAT_MS || !reader.sink.isReady()) continue;
        reader.sink.beat();
        reader.wroteAt = now;
      }
    }
  }

  #missed(topic: Topic, lastEventId: string): readonly StreamEntry[] | null {
    const [, instance, seq] = /^(.+)-(\d{1,15})$/.exec(lastEventId) ?? [];
    if (instance !== this.instance || seq === undefined || Number(seq) > this.#seq) return null;
    return topic.since(Number(seq));
  }

  #topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (!topic) throw new RangeError(`Cannot stream "${name}": there is no such topic`);
    return topic;
  }
}
