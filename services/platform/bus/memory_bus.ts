import type { Bus } from "../../ports/bus.ts";

type Listener = (payload: string) => void;

/** The bus of a single instance. */
export class MemoryBus implements Bus {
  readonly name: string = "memory";
  readonly #listeners = new Map<string, Set<Listener>>();

  publish(topic: string, payload: string): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener(payload);
  }

  subscribe(topic: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }
}
