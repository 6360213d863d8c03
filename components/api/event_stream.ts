import { ClientError } from "./client.ts";

/** One event of a stream. */
export interface StreamEvent {
  /** `message` where the server gave none. */
  readonly name: string;
  readonly data: string;
  /** The last id that the stream gave; empty before the first. */
  readonly id: string;
}

export interface EventParserOptions {
  readonly onEvent: (event: StreamEvent) => void;
  /** The server's hint of how long to wait before asking again. */
  readonly onRetry?: (retryMs: number) => void;
}

/** A line longer than this is no event of ours, and would be held in memory for ever. */
const MAX_LINE_CHARACTERS = 1_000_000;

/**
 * Reads `text/event-stream` piece by piece, wherever the pieces are cut. Unlike `EventSource`, its
 * caller sees every byte: heartbeats are comments, and silence is the only sign of a dead link.
 */
export class EventParser {
  readonly #options: EventParserOptions;
  #rest = "";
  #name = "";
  #data: string[] = [];
  #id = "";

  constructor(options: EventParserOptions) {
    this.#options = options;
  }

  push(text: string): void {
    // The end may be the first half of a line's `\r\n`: it waits for the next piece.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > MAX_LINE_CHARACTERS) {
      throw new ClientError(`Cannot read the stream: a line has ${this.#rest.length} characters`);
    }
    for (const line of lines) this.#readLine(line);
  }

  #readLine(line: string): void {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#name = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.#options.onRetry?.(Number(value));
  }

  #dispatch(): void {
    const event = { name: this.#name || "message", data: this.#data.join("\n"), id: this.#id };
    const isEvent = this.#data.length > 0;
    this.#name = "";
    this.#data = [];
    if (isEvent) this.#options.onEvent(event);
  }
}

export interface ReadStreamOptions extends EventParserOptions {
  /** Where to go on; empty for a fresh stream. */
  readonly lastEventId: string;
  readonly signal: AbortSignal;
  /** The server took the request; its time, UTC milliseconds, where it says so. */
  readonly onOpen: (serverNow: number | null) => void;
  /** Something came, be it a heartbeat. */
  readonly onBytes: () => void;
}

/** The server took no stream; says how long it asks to wait, if it does. */
export class StreamRefused extends ClientError {
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Reads a stream until the server ends it; rejects if it can't be had or breaks off. */
export async function readEventStream(path: string, options: ReadStreamOptions): Promise<void> {
  const { lastEventId, signal } = options;
  const response = await fetch(path, {
    headers: {
      accept: "text/event-stream",
      ...(lastEventId === "" ? {} : { "last-event-id": lastEventId }),
    },
    cache: "no-store",
    signal,
  });
  const type = response.headers.get("content-type") ?? "";
  if (!response.ok || !type.startsWith("text/event-stream") || response.body === null) {
    await response.body?.cancel();
    throw new StreamRefused(`The server answered ${response.status}`, retryAfterOf(response));
  }
  const serverNow = Date.parse(response.headers.get("date") ?? "");
  options.onOpen(Number.isNaN(serverNow) ? null : serverNow);
  const parser = new EventParser(options);
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    options.onBytes();
    parser.push(decoder.decode(part.value, { stream: true }));
  }
}

function retryAfterOf({ headers }: Response): number | null {
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
