import { errorMessage } from "../../kernel/errors.ts";
import { Listeners } from "../../kernel/listeners.ts";
import type { Bus } from "../../ports/bus.ts";
import type { Log } from "../../ports/mod.ts";

/** The bus of a single instance. */
export class MemoryBus implements Bus {
  readonly name: string = "memory";
  protected readonly log: Log;
  readonly #topics = new Map<string, Listeners<string>>();

  constructor(log: Log) {
    this.log = log;
  }

  publish(topic: string, payload: string): void {
    this.#topics.get(topic)?.tell(payload);
  }

  subscribe(topic: string, listener: (payload: string) => void): () => void {
    const known = this.#topics.get(topic);
    const listeners = known ?? new Listeners<string>((error) => {
      this.log.error("A listener of the bus failed", { topic, reason: errorMessage(error), error });
    });
    if (!known) this.#topics.set(topic, listeners);
    return listeners.add(listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#topics.clear();
    return Promise.resolve();
  }
}
