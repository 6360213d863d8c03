import type { ReadStreamOptions } from "@/components/api/event_stream.ts";

/** One stream as the client asked for it. */
export interface FakeStream {
  readonly path: string;
  readonly options: ReadStreamOptions;
  /** The server takes it. */
  open(serverNow?: number): void;
  send(event: { name?: string; data?: unknown; id?: string }): void;
  /** The server ends it, or it can't be had. */
  end(error?: unknown): void;
}

/** A server of streams that a test plays by hand. */
export class FakeStreams {
  readonly asked: FakeStream[] = [];

  readonly read = (path: string, options: ReadStreamOptions): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.asked.push({
      path,
      options,
      open: (serverNow) => options.onOpen(serverNow ?? null),
      send: ({ name = "message", data = null, id = "" }) => {
        options.onBytes();
        options.onEvent({ name, data: JSON.stringify(data), id });
      },
      end: (error) => error === undefined ? resolve() : reject(error),
    });
    return promise;
  };

  /** Those that the client has not given up. */
  get open(): readonly FakeStream[] {
    return this.asked.filter(({ options }) => !options.signal.aborted);
  }

  get last(): FakeStream {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error("Expected the client to ask for a stream");
    return last;
  }
}
