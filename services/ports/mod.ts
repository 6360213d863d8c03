import type { UtcMs } from "../kernel/time.ts";

/** The time, as the composition root has it. */
export interface Clock {
  now(): UtcMs;
}

/** Waiting, as the composition root has it; tests give one that they move by hand. */
export interface Timer {
  /** Calls back once after `delayMs`; the result cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** A number from 0 to before 1, anew with each call. */
export type Random = () => number;

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log: one line per event, secrets redacted by the adapter. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with fields on every line. */
  with(fields: LogFields): Log;
}

export interface HttpRequest {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes beyond which the answer is refused. */
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Outgoing HTTP. A reply of any status is a reply; only a failed exchange throws. */
export interface HttpClient {
  send(url: URL, request?: HttpRequest): Promise<HttpReply>;
}

/**
 * Says when stored facts changed, also by another process. `current` is cheap enough to be asked
 * on every request; equal numbers mean equal facts.
 */
export interface ChangeFeed {
  current(): number;
  subscribe(listener: () => void): () => void;
}
