import { errorMessage } from "../../kernel/errors.ts";
import type { Log } from "../../ports/mod.ts";
import type { Notices } from "../../ports/notices.ts";
import { type Envelope, SharedBus } from "./shared_bus.ts";

const CHANNEL = "tokenlysis_bus";
/** A notice takes 7,999 bytes. */
const MAX_BYTES = 7_900;
/** Notices that wait to be sent; while PostgreSQL is away newer ones take the place of older. */
const MAX_WAITING = 1_000;

const encoder = new TextEncoder();

/**
 * A bus over PostgreSQL's `NOTIFY`. Payloads that are lists are cut into lists that fit a notice;
 * what does not fit at all stays in this instance, where the others find it in the store.
 */
export class PostgresBus extends SharedBus {
  override readonly name = "postgres";
  readonly #notices: Notices;
  #waiting: string[] = [];
  #sending: Promise<void> | null = null;
  #unlisten: () => Promise<void> = () => Promise.resolve();
  #isAway = false;

  private constructor({ notices, log, instance }: PostgresBusOptions) {
    super(instance, log);
    this.#notices = notices;
  }

  /** Opens the bus; from then on the messages of other instances come. */
  static async open(options: PostgresBusOptions): Promise<PostgresBus> {
    const bus = new PostgresBus(options);
    bus.#unlisten = await options.notices.listen(CHANNEL, (text) => bus.receive(text));
    return bus;
  }

  protected override send(envelope: Envelope): void {
    this.#waiting.push(...noticesOf(envelope));
    if (this.#waiting.length > MAX_WAITING) this.#waiting = this.#waiting.slice(-MAX_WAITING);
    this.#sending ??= this.#sendAll().finally(() => this.#sending = null);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#sending;
    await this.#unlisten();
    await super[Symbol.asyncDispose]();
  }

  async #sendAll(): Promise<void> {
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      try {
        await this.#notices.send(CHANNEL, text);
        if (this.#isAway) this.log.info("Other instances hear of prices again");
        this.#isAway = false;
      } catch (error) {
        // Told once: each message that is lost meanwhile is followed by newer ones.
        if (!this.#isAway) {
          this.log.warn("Other instances can't be told", { reason: errorMessage(error) });
        }
        this.#isAway = true;
      }
    }
  }
}

export interface PostgresBusOptions {
  readonly notices: Notices;
  readonly log: Log;
  /** Names this instance among others. */
  readonly instance: string;
}

/** The texts to send, each small enough; none of an item that is too large by itself. */
export function noticesOf(envelope: Envelope): readonly string[] {
  const text = JSON.stringify(envelope);
  if (encoder.encode(text).length <= MAX_BYTES) return [text];
  const items = listOf(envelope.payload);
  if (items.length < 2) return [];
  const half = items.length >> 1;
  return [items.slice(0, half), items.slice(half)].flatMap((part) =>
    noticesOf({ ...envelope, payload: JSON.stringify(part) })
  );
}

/** The items of a payload that is a list; none of any other. */
function listOf(payload: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(payload);
    return Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
