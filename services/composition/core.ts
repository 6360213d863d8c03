import type { Config } from "../config.ts";
import { UpstashRedis } from "../platform/redis/upstash_redis.ts";
import { systemTimer } from "../platform/timer.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Clock, Log } from "../ports/mod.ts";
import type { RedisCommands } from "../ports/redis.ts";
import type { Database } from "../storage/mod.ts";

/** What every part is made of. */
export interface Core {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
  readonly metrics: Metrics;
  /** A name that no other process has. */
  readonly owner: string;
}

/** Redis of the settings, `null` without. */
export function openRedis({ redis }: Config): RedisCommands | null {
  return redis && new UpstashRedis({ ...redis, timer: systemTimer });
}

/** The text of a file of the registry. */
export async function readRegistryFile(name: string): Promise<string> {
  return await Deno.readTextFile(new URL(`../../registry/${name}`, import.meta.url));
}
