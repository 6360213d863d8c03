import type { UtcMs } from "../../../services/kernel/time.ts";
import type { ChangeFeed, Clock } from "../../../services/ports/mod.ts";
import type { Reply } from "../reply.ts";

interface Entry {
  readonly reply: Reply;
  readonly sizeBytes: number;
  readonly change: number;
  readonly until: UtcMs;
  /** Made at the first replay: cloning it is ten times cheaper than checking headers again. */
  prototype: Response | null;
}

/** How long an answer is replayed: what it says of its own age may be that much off. */
const MAX_AGE_MS = 1_000;

/**
 * Replays public answers by their whole URL, without routing, validating or serialising again.
 * An entry falls when any stored fact changes, after a second, or when newer ones need the room.
 */
export class FrontCache {
  readonly #changes: ChangeFeed;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  /** In order of writing: the first is the oldest. */
  readonly #entries = new Map<string, Entry>();
  #sizeBytes = 0;

  constructor(
    { changes, clock, maxBytes = 32 * 1024 * 1024 }: {
      readonly changes: ChangeFeed;
      readonly clock: Clock;
      readonly maxBytes?: number;
    },
  ) {
    this.#changes = changes;
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  /** Bytes that the kept answers take, roughly. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The kept answer and a `Response` of its own to send, or `null`. */
  replay(
    key: string,
    build: (reply: Reply) => Response,
  ): { reply: Reply; response: Response } | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.change !== this.#changes.current() || this.#clock.now() >= entry.until) {
      this.#drop(key, entry);
      return null;
    }
    entry.prototype ??= build(entry.reply);
    return { reply: entry.reply, response: entry.prototype.clone() };
  }

  /** The state of the facts, to be taken before an answer is made from them. */
  mark(): number {
    return this.#changes.current();
  }

  /** Keeps an answer that says of itself that it is public, unless it is too large. */
  keep(key: string, { reply, change }: { reply: Reply; change: number }): void {
    if (reply.status !== 200 || !reply.headers["cache-control"]?.startsWith("public")) return;
    // Two bytes for each character of key and body, and as much again for the prototype.
    const sizeBytes = 4 * (reply.body.length + key.length);
    if (sizeBytes > this.#maxBytes / 8) return;
    const old = this.#entries.get(key);
    if (old) this.#drop(key, old);
    const until = this.#clock.now() + MAX_AGE_MS as UtcMs;
    this.#entries.set(key, { reply, sizeBytes, change, until, prototype: null });
    this.#sizeBytes += sizeBytes;
    for (const [oldestKey, oldest] of this.#entries) {
      if (this.#sizeBytes <= this.#maxBytes) break;
      this.#drop(oldestKey, oldest);
    }
  }

  #drop(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#sizeBytes -= entry.sizeBytes;
  }
}
