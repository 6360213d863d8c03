import type {
  StreamChoice,
  StreamHub,
  StreamSink,
  Subscription,
  WireFormat,
} from "../../services/streams/mod.ts";

/** How soon an `EventSource` comes back after its stream ended. */
export const RETRY_MS = 2_000;

const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(": still here\n\n");
const RETRY = encoder.encode(`retry: ${RETRY_MS}\n\n`);
const RESET = encoder.encode("event: reset\ndata: {}\n\n");

type Chunk = Uint8Array<ArrayBuffer>;

export interface EventStreamDeps {
  readonly hub: StreamHub;
  readonly format: WireFormat<Chunk>;
  readonly onStart: () => void;
  readonly onEnd: () => void;
}

/** One client's stream of events: what its body reads from and what the hub writes to. */
export class EventStream implements UnderlyingDefaultSource<Chunk>, StreamSink<Chunk> {
  readonly #deps: EventStreamDeps;
  readonly #choice: StreamChoice;
  readonly #lastEventId: string | null;
  #controller: ReadableStreamDefaultController<Chunk> | null = null;
  #subscription: Subscription | null = null;

  constructor(
    { deps, choice, lastEventId }: {
      deps: EventStreamDeps;
      choice: StreamChoice;
      lastEventId: string | null;
    },
  ) {
    this.#deps = deps;
    this.#choice = choice;
    this.#lastEventId = lastEventId;
  }

  start(controller: ReadableStreamDefaultController<Chunk>): void {
    const { hub, format, onStart } = this.#deps;
    this.#controller = controller;
    this.write(RETRY);
    onStart();
    this.#subscription = hub.subscribe(this.#choice, {
      sink: this,
      format,
      lastEventId: this.#lastEventId,
    });
  }

  cancel(): void {
    if (this.#subscription === null) return;
    this.#subscription.close();
    this.#subscription = null;
    this.#deps.onEnd();
  }

  isReady(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  write(chunk: Chunk): void {
    this.#controller?.enqueue(chunk);
  }

  reset(): void {
    this.write(RESET);
  }

  beat(): void {
    this.write(HEARTBEAT);
  }

  end(): void {
    this.write(RETRY);
    this.#controller?.close();
    this.cancel();
  }
}
