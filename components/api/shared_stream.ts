import type { StreamEvent } from "./event_stream.ts";
import type { LiveState } from "./live_state.ts";
import { LiveStream, type LiveStreamDeps } from "./live_stream.ts";

export interface SharedStreamOptions<Tick> {
  readonly path: string;
  /** Name of its events; others are left out. */
  readonly event: string;
  /** Reads one value of an event; throws for what is none. */
  readonly parse: (value: unknown) => Tick;
  readonly onTicks: (ticks: readonly Tick[]) => void;
  readonly onState?: (state: LiveState) => void;
  /** All there is, by request, for where no stream holds; without it nothing is asked for. */
  readonly fetchAll?: () => Promise<readonly Tick[]>;
}

/** One stream for all pages that show what it tells: open for as long as any of them does. */
export class SharedStream<Tick> {
  readonly #deps: LiveStreamDeps;
  readonly #options: SharedStreamOptions<Tick>;
  #stream: LiveStream | null = null;

  constructor(deps: LiveStreamDeps, options: SharedStreamOptions<Tick>) {
    this.#deps = deps;
    this.#options = options;
  }

  /** The stream while it is open. */
  get stream(): LiveStream | null {
    return this.#stream;
  }

  update(isWanted: boolean): void {
    if (!isWanted) {
      this.#stream?.stop();
      this.#stream = null;
    } else if (this.#stream === null) {
      this.#stream = this.#open();
      this.#stream.start();
    }
  }

  #open(): LiveStream {
    const { path, onState = () => {}, fetchAll } = this.#options;
    return new LiveStream(this.#deps, {
      path,
      onEvent: (event) => this.#onEvent(event),
      // A new stream begins with the latest of each.
      onFresh: () => {},
      onState,
      poll: async () => {
        if (fetchAll) this.#tell(await fetchAll());
      },
    });
  }

  #onEvent({ name, data }: StreamEvent): void {
    const { event, parse } = this.#options;
    if (name === event) this.#tell(readEach(data, parse));
  }

  #tell(ticks: readonly Tick[]): void {
    if (ticks.length > 0) this.#options.onTicks(ticks);
  }
}

/** The values of an event, one or a list; what can't be read is left out, and ends no stream. */
export function readEach<T>(data: string, parse: (value: unknown) => T): readonly T[] {
  const value = readJson(data);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((one) => {
    try {
      return [parse(one)];
    } catch {
      return [];
    }
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
