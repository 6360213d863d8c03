import { MINUTE_MS, SECOND_MS } from "../kernel/time.ts";
import type { Clock, Timer } from "../ports/mod.ts";
import {
  ReaderGroup,
  type StreamChoice,
  StreamReader,
  type StreamSink,
  type WireFormat,
} from "./stream_reader.ts";
import { type StreamEntry, Topic } from "./topic.ts";

/** The pace at which values go out: what comes in between goes out together. */
export const BEAT_MS = 100;
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
  // Chunks of one group never meet those of another, whose format differs.
  readonly #groups = new Map<string, ReaderGroup<unknown>>();
  readonly #dirty = new Map<Topic, StreamEntry[]>();
  #seq = 0;
  #cancelBeat: (() => void) | null = null;
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
    this.#clock = clock;
    this.#timer = timer;
    this.instance = instance;
  }

  /** Sends the values with the next beat; of several with one key in a beat, the last one. */
  publish(topicName: string, values: readonly StreamValue[]): void {
    if (this.#isClosed || values.length === 0) return;
    const topic = this.#topic(topicName);
    const publishedAt = this.#clock.now();
    const fresh = new Map((this.#dirty.get(topic) ?? []).map((entry) => [entry.key, entry]));
    for (const { key, group = key, json } of values) {
      // Deleted first, so that the order is that of the latest values.
      fresh.delete(key);
      fresh.set(key, { seq: ++this.#seq, key, group, json, publishedAt });
    }
    this.#dirty.set(topic, [...fresh.values()]);
    this.#cancelBeat ??= this.#timer.after(BEAT_MS, () => this.#beat());
  }

  /**
   * Adds a reader. It is sent what it missed since `lastEventId` if that is still kept, else what
   * `onReset` makes of it and the latest values.
   */
  subscribe<Chunk>(
    { topic: name, groups }: StreamChoice,
    { sink, format, lastEventId = null, onReset = () => {} }: {
      sink: StreamSink<Chunk>;
      format: WireFormat<Chunk>;
      lastEventId?: string | null;
      onReset?: () => void;
    },
  ): Subscription {
    const topic = this.#topic(name);
    const chosen = groups && [...new Set(groups)].sort();
    const id = `${name} ${format.name} ${chosen === null ? "*" : chosen.join()}`;
    const group =
      (this.#groups.get(id) ?? new ReaderGroup({ topic, format, groups: chosen })) as ReaderGroup<
        Chunk
      >;
    this.#groups.set(id, group as ReaderGroup<unknown>);
    const reader = new StreamReader(sink);
    reader.wroteAt = this.#clock.now();
    const missed = lastEventId === null ? null : this.#missed(topic, lastEventId);
    if (lastEventId !== null && missed === null) onReset();
    group.greet(reader, missed ?? topic.latestSince(0));
    group.readers.add(reader);
    this.#cancelHeartbeat ??= this.#timer.after(HEARTBEAT_MS / 3, () => this.#heartbeat());
    return {
      close: () => {
        group.readers.delete(reader);
        if (group.readers.size === 0) this.#groups.delete(id);
      },
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
    this.#beat();
    this.#isClosed = true;
    this.#cancelBeat?.();
    this.#cancelHeartbeat?.();
    for (const group of this.#groups.values()) {
      for (const { sink } of group.readers) sink.end();
    }
    this.#groups.clear();
  }

  #beat(): void {
    this.#cancelBeat = null;
    const now = this.#clock.now();
    for (const [topic, entries] of this.#dirty) {
      const before = (entries[0]?.seq ?? 1) - 1;
      for (const entry of entries) topic.add(entry);
      this.#encoded += entries.length;
      for (const group of this.#groups.values()) {
        if (group.topic !== topic) continue;
        const { delivered, conflated } = group.send(entries, { now, before });
        this.#delivered += delivered;
        this.#conflated += conflated;
      }
      this.#measure(entries);
    }
    this.#dirty.clear();
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
      this.#delivered += group.send([], { now, before: this.#seq }).delivered;
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
