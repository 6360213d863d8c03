import type { Bus } from "../../ports/bus.ts";
import type { Log, Timer } from "../../ports/mod.ts";
import type { Notices } from "../../ports/notices.ts";
import type { RedisCommands } from "../../ports/redis.ts";
import { MemoryBus } from "./memory_bus.ts";
import { PostgresBus } from "./postgres_bus.ts";
import { RedisBus } from "./redis_bus.ts";

/** The bus of what there is: PostgreSQL before Redis, and this process alone without both. */
export async function openBus({ notices, redis, ...options }: {
  readonly notices: Notices | null;
  readonly redis: RedisCommands | null;
  readonly timer: Timer;
  readonly log: Log;
  /** Names this instance among others. */
  readonly instance: string;
}): Promise<Bus> {
  if (notices) return await PostgresBus.open({ notices, ...options });
  return redis ? await RedisBus.open({ redis, ...options }) : new MemoryBus(options.log);
}
