import { z } from "zod";
import type { Log } from "../../ports/mod.ts";
import { MemoryBus } from "./memory_bus.ts";

const Envelope = z.object({
  /** The instance that sent it. */
  from: z.string(),
  topic: z.string(),
  payload: z.string(),
});
/** A message as it travels between instances. */
export type Envelope = Readonly<z.output<typeof Envelope>>;

/**
 * A bus whose messages also go to other instances. Those of this one are delivered here at once,
 * and not again when they come back.
 */
export abstract class SharedBus extends MemoryBus {
  readonly #instance: string;

  constructor(instance: string, log: Log) {
    super(log);
    this.#instance = instance;
  }

  override publish(topic: string, payload: string): void {
    super.publish(topic, payload);
    this.send({ from: this.#instance, topic, payload });
  }

  /** Carries a message to the others; never throws, as losing one loses no data. */
  protected abstract send(envelope: Envelope): void;

  /** Takes the text of a message that came from anywhere; what is none of ours is left out. */
  protected receive(text: string): void {
    const message = readEnvelope(text);
    if (message === null || message.from === this.#instance) return;
    super.publish(message.topic, message.payload);
  }
}

/** `null` for what others wrote to the same channel. */
function readEnvelope(text: string): Envelope | null {
  try {
    return Envelope.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
