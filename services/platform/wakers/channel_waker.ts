import { errorMessage } from "../../kernel/errors.ts";
import type { Uuid } from "../../kernel/ids.ts";
import type { Log } from "../../ports/mod.ts";
import type { Waker } from "../../ports/wakers.ts";

/** What carries wake-ups between processes. */
export interface WakeChannel {
  readonly name: string;
  send(jobId: Uuid): Promise<void>;
  close(): Promise<void>;
}

/** A waker over a channel. Whoever reads the channel calls `tell` for each wake-up. */
export class ChannelWaker implements Waker {
  readonly name: string;
  readonly #channel: WakeChannel;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #sending: Promise<void> = Promise.resolve();
  #isWaiting = false;
  #isFailing = false;

  constructor(channel: WakeChannel, log: Log) {
    this.name = channel.name;
    this.#channel = channel;
    this.#log = log;
  }

  wake(jobId: Uuid): void {
    // One wake-up behind the one under way says all that many would.
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#sending = this.#sending.then(() => this.#send(jobId));
  }

  listen(onWake: () => void): () => void {
    // Wrapped, so that the same function added twice is two listeners.
    const entry = () => onWake();
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Passes a wake-up on that arrived. */
  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    await this.#sending;
    await this.#channel.close();
  }

  async #send(jobId: Uuid): Promise<void> {
    this.#isWaiting = false;
    try {
      await this.#channel.send(jobId);
      this.#isFailing = false;
    } catch (error) {
      // Said once for all that fail in a row.
      if (this.#isFailing) return;
      this.#isFailing = true;
      const fields = { waker: this.name, reason: errorMessage(error) };
      this.#log.warn("Cannot wake other processes: they see jobs when they look", fields);
    }
  }
}
