import { errorMessage } from "../../kernel/errors.ts";
import type { Log, Timer } from "../../ports/mod.ts";
import type { RedisCommands } from "../../ports/redis.ts";
import { type Envelope, SharedBus } from "./shared_bus.ts";

const STREAM = "tokenlysis:bus";
/** Messages that Redis keeps, roughly; instances read them within a second. */
const KEPT = 10_000;
/** Messages of one reading. */
const PAGE = 500;
/** How soon the stream is read again: at once while something comes, ever later while not. */
const BUSY_MS = 50;
const IDLE_MS = 500;
/** Messages that wait to be sent; while Redis is away newer ones take the place of older. */
const MAX_WAITING = 1_000;

export interface RedisBusOptions {
  readonly redis: RedisCommands;
  readonly timer: Timer;
  readonly log: Log;
  /** Names this instance among others. */
  readonly instance: string;
}

/** A bus over a Redis stream, which this instance reads from its own start on. */
export class RedisBus extends SharedBus {
  override readonly name = "redis";
  readonly #redis: RedisCommands;
  readonly #timer: Timer;
  #waiting: Envelope[] = [];
  #sending: Promise<void> | null = null;
  #reading: Promise<void> = Promise.resolve();
  #cancel = () => {};
  #lastId = "$";
  #isClosed = false;
  #isAway = false;

  private constructor({ redis, timer, log, instance }: RedisBusOptions) {
    super(instance, log);
    this.#redis = redis;
    this.#timer = timer;
  }

  /** Opens the bus; from then on the messages of other instances come. */
  static async open(options: RedisBusOptions): Promise<RedisBus> {
    const bus = new RedisBus(options);
    await bus.#guard(() => bus.#findEnd());
    bus.#plan(BUSY_MS);
    return bus;
  }

  protected override send(envelope: Envelope): void {
    this.#waiting.push(envelope);
    if (this.#waiting.length > MAX_WAITING) this.#waiting = this.#waiting.slice(-MAX_WAITING);
    this.#sending ??= this.#sendAll().finally(() => this.#sending = null);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await Promise.all([this.#sending, this.#reading]);
    await super[Symbol.asyncDispose]();
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const text = JSON.stringify(next);
      await this.#guard(() =>
        this.#redis.send(["XADD", STREAM, "MAXLEN", "~", KEPT, "*", "message", text])
      );
    }
  }

  #plan(delayMs: number): void {
    if (this.#isClosed) return;
    this.#cancel = this.#timer.after(delayMs, () => {
      this.#reading = this.#read().then((count) => this.#plan(count > 0 ? BUSY_MS : IDLE_MS));
    });
  }

  /** How many messages came. */
  async #read(): Promise<number> {
    const reply = await this.#guard(async () => {
      if (this.#lastId === "$") await this.#findEnd();
      return await this.#redis.send(["XREAD", "COUNT", PAGE, "STREAMS", STREAM, this.#lastId]);
    });
    const entries = entriesOf(reply);
    for (const { id, message } of entries) {
      this.#lastId = id;
      this.receive(message);
    }
    return entries.length;
  }

  /** A read from the end would miss what comes between two reads: the end needs its name. */
  async #findEnd(): Promise<void> {
    const reply = await this.#redis.send(["XREVRANGE", STREAM, "+", "-", "COUNT", 1]);
    const id: unknown = Array.isArray(reply) ? reply[0]?.[0] : undefined;
    this.#lastId = typeof id === "string" ? id : "0-0";
  }

  async #guard<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const result = await work();
      if (this.#isAway) this.log.info("Redis answers again: instances hear of each other");
      this.#isAway = false;
      return result;
    } catch (error) {
      if (!this.#isAway) {
        this.log.warn("Redis is away: other instances can't be told or heard", {
          reason: errorMessage(error),
        });
      }
      this.#isAway = true;
      return null;
    }
  }
}

/** The entries of one stream in the reply to `XREAD`, oldest first. */
function entriesOf(reply: unknown): readonly { readonly id: string; readonly message: string }[] {
  const rows: unknown = Array.isArray(reply) ? reply[0]?.[1] : null;
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    const [id, fields] = Array.isArray(row) ? row : [];
    const message: unknown = Array.isArray(fields) ? fields[1] : undefined;
    return typeof id === "string" && typeof message === "string" ? [{ id, message }] : [];
  });
}
