import { Redis } from "@upstash/redis";
import type { Secret } from "../../kernel/secret.ts";
import type { Timer } from "../../ports/mod.ts";
import type { RedisCommands } from "../../ports/redis.ts";

/** Budgets are asked before every call, so a Redis that takes longer is as good as gone. */
const ANSWER_WITHIN_MS = 1_000;

export interface UpstashRedisOptions {
  readonly url: Secret;
  readonly token: Secret;
  readonly timer: Timer;
  readonly timeoutMs?: number;
}

/** Redis over the REST protocol of Upstash. Never tries twice: the caller knows better when. */
export class UpstashRedis implements RedisCommands {
  readonly #redis: Redis;
  readonly #timer: Timer;
  readonly #timeoutMs: number;

  constructor({ url, token, timer, timeoutMs = ANSWER_WITHIN_MS }: UpstashRedisOptions) {
    this.#timer = timer;
    this.#timeoutMs = timeoutMs;
    this.#redis = new Redis({
      url: url.reveal(),
      token: token.reveal(),
      // Without this, texts that look like numbers come back as numbers.
      automaticDeserialization: false,
      enableTelemetry: false,
      retry: false,
    });
  }

  async send(command: readonly [string, ...(string | number)[]]): Promise<unknown> {
    const [name, ...rest] = command;
    let cancel = () => {};
    const timeout = new Promise<never>((_resolve, reject) => {
      cancel = this.#timer.after(this.#timeoutMs, () => {
        reject(new Error(`Cannot ask Redis: no answer to ${name} in ${this.#timeoutMs} ms`));
      });
    });
    try {
      return await Promise.race([this.#redis.exec<unknown>([name, ...rest]), timeout]);
    } finally {
      cancel();
    }
  }
}
