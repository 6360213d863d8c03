import { MemoryBus } from "./memory_bus.ts";

/** A message as it travels between instances. */
export interface Envelope {
  /** The instance that sent it. */
  readonly from: string;
  readonly topic: string;
  readonly payload: string;
}

/**
 * A bus whose messages also go to other instances. Those of this one are delivered here at once,
 * and not again when they come back.
 */
export abstract class SharedBus extends MemoryBus {
  readonly #instance: string;

  constructor(instance: string) {
    super();
    this.#instance = instance;
  }

  override publish(topic: string, payload: string): void {
    super.publish(topic, payload);
    this.send({ from: this.#instance, topic, payload });
  }

  /** Carries a message to the others; never throws, as losing one loses no data. */
  protected abstract send(envelope: Envelope): void;

  /** Takes a message that came from anywhere. */
  protected receive({ from, topic, payload }: Envelope): void {
    if (from !== this.#instance) super.publish(topic, payload);
  }
}
