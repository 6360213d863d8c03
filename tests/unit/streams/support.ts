import { utcMsOf } from "@/services/kernel/time.ts";
import type { Clock } from "@/services/ports/mod.ts";
import {
  type StreamEntry,
  StreamHub,
  type StreamSink,
  type StreamValue,
  type Subscription,
  type WireFormat,
} from "@/services/streams/mod.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { FakeTimer } from "@/tests/fakes/timer.ts";

/** A connection whose other side reads or stalls as the test wants, and keeps all it was sent. */
export class TestSink implements StreamSink<readonly StreamEntry[]> {
  readonly chunks: (readonly StreamEntry[])[] = [];
  isStalled = false;
  beats = 0;
  resets = 0;
  ends = 0;

  /** Values in the order in which they came, as `key=json`. */
  get values(): readonly string[] {
    return this.entries.map(({ key, json }) => `${key}=${json}`);
  }

  get entries(): readonly StreamEntry[] {
    return this.chunks.flat();
  }

  isReady(): boolean {
    return !this.isStalled;
  }

  write(chunk: readonly StreamEntry[]): void {
    this.chunks.push(chunk);
  }

  reset(): void {
    this.resets++;
  }

  beat(): void {
    this.beats++;
  }

  end(): void {
    this.ends++;
  }
}

/** A hub with a timer moved by hand, and readers that keep what they get. */
export class HubBench {
  readonly timer: FakeTimer;
  readonly clock: Clock;
  readonly hub: StreamHub;
  /** How often entries were turned into a chunk. */
  encodings = 0;
  /** How long the clock says that each such turn takes. */
  encodingMs = 0;
  /** How far the clock is ahead of the timer. */
  #aheadMs = 0;

  readonly format: WireFormat<readonly StreamEntry[]> = {
    name: "entries",
    encode: (entries) => {
      this.encodings++;
      this.#aheadMs += this.encodingMs;
      return entries;
    },
  };

  constructor() {
    this.timer = new FakeTimer(new FakeClock(1_000_000));
    this.clock = { now: () => utcMsOf(this.timer.now() + this.#aheadMs) };
    this.hub = new StreamHub(
      { prices: { event: "price_update" }, candles: { event: "candle" } },
      { clock: this.clock, timer: this.timer, instance: "one" },
    );
  }

  /** Sets the clock back, but not the timer. */
  setBack(ms: number): void {
    this.#aheadMs -= ms;
  }

  /** Lets a reader in; of all groups unless some are chosen. */
  join(
    { groups = null, lastEventId = null, topic = "prices" }: {
      readonly topic?: string;
      readonly groups?: readonly string[] | null;
      readonly lastEventId?: string | null;
    } = {},
  ): { readonly sink: TestSink; readonly subscription: Subscription } {
    const sink = new TestSink();
    const { format } = this;
    const subscription = this.hub.subscribe({ topic, groups }, {
      sink,
      format,
      lastEventId,
    });
    return { sink, subscription };
  }

  /** Publishes prices, `{ btc: 1 }` as the value 1 of the key btc. */
  prices(values: Readonly<Record<string, number>>): void {
    this.hub.publish("prices", valuesOf(values));
  }
}

export function valuesOf(values: Readonly<Record<string, number>>): readonly StreamValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, json: String(value) }));
}

/** The id under which a reader of the hub of these tests remembers an entry. */
export function idOf({ seq }: StreamEntry): string {
  return `one-${seq}`;
}
